/**
 * The words of a WAC text, one at a time, as bytecodealliance/wac reads them: the longest match wins, so `a:b` is one
 * package name and `a: b` a name, a colon and a name; block comments nest.
 *
 * A composition is shown to people before they agree to it. So what would show another text than the one that runs is
 * refused anywhere, comments included: controls of the writing direction, control characters, a carriage return alone.
 * Other invisible characters can stand in comments and strings only, and no name of a component has them.
 */
import { type ErrorDetails, VerificationError } from '../../errors/error.js'
import { printableLine } from '../../errors/printable.js'
import type { Position } from './document.js'

/** `name` without its `%`, `string` without its quotes, `package` with the version that it carries. */
export type TokenKind = 'name' | 'keyword' | 'string' | 'package' | 'path' | 'symbol' | 'end'

export interface Token {
  readonly kind: TokenKind
  readonly text: string
  readonly at: Position
}

/** A place in a text. Moves forward only. */
export interface TextCursor {
  readonly text: string
  offset: number
  line: number
  /** Offset of the first character of the line. */
  lineStart: number
}

/** Longer texts are refused unread. In UTF-16 units: no text is longer than its bytes. */
export const maxCompositionLength = 1_048_576

/** Refuses a composition at a place in it. The problem is one line and quotes no more than {@link quoted} does. */
export function compositionError(problem: string, { line, column }: Position): VerificationError {
  const details: ErrorDetails = { line, column, problem }
  const where = `composition, line ${String(line)}, column ${String(column)}`
  return new VerificationError('MANIFEST_COMPOSITION', `${where}: ${problem}`, details)
}

/** Names of others as messages show them: as JSON, at most 64 characters, and nothing that a terminal would obey. */
export function quoted(text: string): string {
  return printableLine(JSON.stringify(text.length > 64 ? `${text.slice(0, 63)}…` : text))
}

/**
 * Opens a text.
 *
 * @throws VerificationError `MANIFEST_COMPOSITION` if it is too long or holds characters that no composition may hold.
 */
export function openText(text: string): TextCursor {
  const cursor: TextCursor = { text, offset: 0, line: 1, lineStart: 0 }
  if (text.length > maxCompositionLength) {
    throw compositionError(`longer than ${String(maxCompositionLength)} characters`, positionOf(cursor))
  }
  const found = forbidden.exec(text)
  if (found === null) return cursor
  stepTo(cursor, found.index)
  const [char] = found
  const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  throw compositionError(`${whyForbidden(char)} (U+${code}) is not allowed`, positionOf(cursor))
}

// CVE-2021-42574 for the writing direction; the last group is what wac refuses as discouraged by Unicode.
const forbidden =
  /\p{Bidi_Control}|(?![\t\n\r])\p{Cc}|\r(?!\n)|\p{Cs}|[\u0149\u0673\u17a3\u17a4]|\u0f77|\u0f79|\u17b4|\u17b5/u

function whyForbidden(char: string): string {
  if (/\p{Bidi_Control}/u.test(char)) return 'a control of the writing direction'
  if (char === '\r') return 'a carriage return without a line feed'
  if (/\p{Cc}/u.test(char)) return 'a control character'
  return /\p{Cs}/u.test(char) ? 'a lone surrogate' : 'a character that Unicode discourages'
}

/** Reads the next word and steps over it, and over white space and comments before it. */
export function nextToken(cursor: TextCursor): Token {
  skipSpace(cursor)
  const { text, offset } = cursor
  const at = positionOf(cursor)
  const char = text[offset]
  if (char === undefined) return { kind: 'end', text: '', at }
  if (char === '"') return stringToken(cursor, at)
  if (startsName(text, offset)) return nameToken(cursor, at)
  const symbol = text.startsWith('...', offset) ? '...' : char
  if (!symbols.has(symbol)) {
    throw compositionError(`unexpected character ${quoted(codePointAt(text, offset))}`, at)
  }
  cursor.offset += symbol.length
  return { kind: 'symbol', text: symbol, at }
}

const symbols = new Set([';', '{', '}', ':', '=', '(', ')', '[', ']', '.', '...', ','])

/** The words that wac keeps for itself; `%` before one makes it a name. */
const keywords = new Set(
  (
    'import with type tuple list option result borrow resource variant record flags enum func static constructor ' +
    'u8 s8 u16 s16 u32 s32 u64 s64 f32 f64 char bool string interface world export new let use include as package targets'
  ).split(' '),
)

function skipSpace(cursor: TextCursor): void {
  const { text } = cursor
  for (;;) {
    const char = text[cursor.offset]
    if (char === ' ' || char === '\t' || char === '\r' || char === '\n') stepTo(cursor, cursor.offset + 1)
    else if (text.startsWith('//', cursor.offset)) {
      const end = text.indexOf('\n', cursor.offset)
      stepTo(cursor, end === -1 ? text.length : end)
    } else if (text.startsWith('/*', cursor.offset)) skipBlockComment(cursor)
    else return
  }
}

/** Steps over a block comment and those inside it. They are counted, not stacked, so depth costs nothing. */
function skipBlockComment(cursor: TextCursor): void {
  const at = positionOf(cursor)
  const marks = /\/\*|\*\//g
  marks.lastIndex = cursor.offset
  let depth = 0
  do {
    const mark = marks.exec(cursor.text)
    if (mark === null) throw compositionError('a comment does not end', at)
    depth += mark[0] === '/*' ? 1 : -1
  } while (depth > 0)
  stepTo(cursor, marks.lastIndex)
}

function stringToken(cursor: TextCursor, at: Position): Token {
  const end = cursor.text.indexOf('"', cursor.offset + 1)
  if (end === -1) throw compositionError('a string does not end', at)
  const text = cursor.text.slice(cursor.offset + 1, end)
  // No name that WAC knows holds a line feed, and a string over two lines is mostly a missing quote.
  if (text.includes('\n')) throw compositionError('a string goes over the end of its line', at)
  cursor.offset = end + 1
  return { kind: 'string', text, at }
}

/** A name, a keyword, a package or a path in one. */
function nameToken(cursor: TextCursor, at: Position): Token {
  const { text } = cursor
  const start = cursor.offset
  stepOverName(cursor)
  let kind: TokenKind = 'name'
  while (text[cursor.offset] === ':' && startsName(text, cursor.offset + 1)) {
    kind = 'package'
    cursor.offset += 1
    stepOverName(cursor)
  }
  while (kind !== 'name' && text[cursor.offset] === '/' && startsName(text, cursor.offset + 1)) {
    kind = 'path'
    cursor.offset += 1
    stepOverName(cursor)
  }
  if (kind !== 'name' && text[cursor.offset] === '@') {
    cursor.offset += 1
    while (isVersionChar(text[cursor.offset])) cursor.offset += 1
  }
  const found = text.slice(start, cursor.offset)
  // wac would begin another word here; nothing in its grammar has two words without a space between them.
  if (/^[\w%-]/.test(text.slice(cursor.offset, cursor.offset + 1))) {
    throw compositionError(
      `a name goes on with ${quoted(text[cursor.offset] ?? '')} after ${quoted(found)}`,
      {
        line: at.line,
        column: at.column + found.length,
      },
    )
  }
  if (kind !== 'name') return { kind, text: found, at }
  if (found.startsWith('%')) return { kind, text: found.slice(1), at }
  return { kind: keywords.has(found) ? 'keyword' : 'name', text: found, at }
}

/** Steps over one name in kebab case: words of one case that begin with a letter, joined by `-`. */
function stepOverName(cursor: TextCursor): void {
  const { text } = cursor
  if (text[cursor.offset] === '%') cursor.offset += 1
  for (;;) {
    const isWordChar = isLower(text[cursor.offset]) ? isLower : isUpper
    while (isWordChar(text[cursor.offset]) || isDigit(text[cursor.offset])) cursor.offset += 1
    if (text[cursor.offset] !== '-' || !isLetter(text[cursor.offset + 1])) return
    cursor.offset += 1
  }
}

function startsName(text: string, offset: number): boolean {
  return isLetter(text[offset]) || (text[offset] === '%' && isLetter(text[offset + 1]))
}

const isLower = (char = ''): boolean => char >= 'a' && char <= 'z'
const isUpper = (char = ''): boolean => char >= 'A' && char <= 'Z'
const isDigit = (char = ''): boolean => char >= '0' && char <= '9'
const isLetter = (char: string | undefined): boolean => isLower(char) || isUpper(char)
const isVersionChar = (char: string | undefined): boolean =>
  isLetter(char) || isDigit(char) || char === '.' || char === '+' || char === '-'

const codePointAt = (text: string, offset: number): string =>
  String.fromCodePoint(text.codePointAt(offset) ?? 0)

function positionOf({ offset, line, lineStart }: TextCursor): Position {
  return { line, column: offset - lineStart + 1 }
}

/** Moves on, and counts the lines on the way. */
function stepTo(cursor: TextCursor, offset: number): void {
  for (; cursor.offset < offset; cursor.offset += 1) {
    if (cursor.text[cursor.offset] !== '\n') continue
    cursor.line += 1
    cursor.lineStart = cursor.offset + 1
  }
}
