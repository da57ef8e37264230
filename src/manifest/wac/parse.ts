/**
 * A strict reader of the part of WAC that only wires declared components together (LANGUAGE.md of bytecodealliance/wac).
 *
 * Everything that reaches beyond the texts that are shown is left out: imports of the composition's own, `targets`,
 * packages with a version (they would come from a registry), types, interfaces and worlds. What is read is read as
 * `wac` reads it; what `wac` takes and this reader does not is refused, never skipped.
 *
 * Not checked, because it needs the components themselves: that an export exists, that types fit, that the names after
 * `as` are valid and that no two exports have one name. `wac compose` stops on these, and nothing runs.
 */
import type {
  Position,
  WacAccess,
  WacArgument,
  WacDocument,
  WacExport,
  WacExpression,
  WacLet,
  WacNew,
  WacStatement,
} from './document.js'
import { type TextCursor, type Token, compositionError, nextToken, openText, quoted } from './token.js'

/** How deep `new` and parentheses may nest. */
const maxDepth = 64
/** How many instances a text may make, those without a name included. */
const maxInstances = 4096

/** Where the reader stands; `token` is the next word, read but not used. */
interface Reader {
  readonly cursor: TextCursor
  readonly names: Set<string>
  /** The package that the text itself makes. */
  self: string
  instances: number
  token: Token
}

/**
 * Reads a composition.
 *
 * Structure only: the result says what the text wires, not that any of its packages is one of the manifest's.
 *
 * @param text - At most 1 MiB, `new` and parentheses nested at most 64 deep, at most 4096 instances.
 * @throws VerificationError `MANIFEST_COMPOSITION` with `line` and `column` (from 1, in UTF-16 units) in its details.
 * @throws TypeError if it is not a string.
 */
export function parseWac(text: string): WacDocument {
  if (typeof text !== 'string') throw new TypeError('a composition must be a string')
  const cursor = openText(text)
  const reader: Reader = { cursor, names: new Set(), self: '', instances: 0, token: nextToken(cursor) }
  expectKeyword(reader, 'package')
  const [name, version] = packageName(reader)
  expectSymbol(reader, ';')
  reader.self = name
  const statements: WacStatement[] = []
  while (reader.token.kind !== 'end') statements.push(statement(reader))
  return { package: name, version, statements }
}

function statement(reader: Reader): WacStatement {
  const { token } = reader
  if (isKeyword(token, 'let')) return letStatement(reader)
  if (isKeyword(token, 'export')) return exportStatement(reader)
  throw unexpected(reader, 'a "let" or "export" statement')
}

function letStatement(reader: Reader): WacLet {
  const { at } = take(reader)
  const { text: name, at: nameAt } = expectName(reader, 'a name')
  expectSymbol(reader, '=')
  const value = expression(reader, 0)
  expectSymbol(reader, ';')
  // Only now: a value cannot use the name that it is given.
  if (reader.names.has(name)) throw compositionError(`${quoted(name)} is declared twice`, nameAt)
  reader.names.add(name)
  return { kind: 'let', name, value, at }
}

function exportStatement(reader: Reader): WacExport {
  const { at } = take(reader)
  const value = expression(reader, 0)
  const spread = takeSymbol(reader, '...')
  const name = !spread && isKeyword(reader.token, 'as') ? externName(reader) : null
  expectSymbol(reader, ';')
  return { kind: 'export', value, name, spread, at }
}

/** `as` and the name after it. */
function externName(reader: Reader): string {
  take(reader)
  return reader.token.kind === 'string' ? take(reader).text : expectName(reader, 'a name or a string').text
}

/** An expression that accesses can still be added to. */
interface OpenExpression extends WacExpression {
  readonly accesses: WacAccess[]
}

/** @param depth - How many `new` and parentheses are open around it. */
function expression(reader: Reader, depth: number): OpenExpression {
  const value = primaryExpression(reader, depth)
  for (;;) {
    if (takeSymbol(reader, '.')) {
      value.accesses.push({ name: expectName(reader, 'a name').text, exact: false })
    } else if (takeSymbol(reader, '[')) {
      value.accesses.push({ name: expectString(reader).text, exact: true })
      expectSymbol(reader, ']')
    } else return value
  }
}

function primaryExpression(reader: Reader, depth: number): OpenExpression {
  const { token } = reader
  const isNew = isKeyword(token, 'new')
  if (depth === maxDepth && (isNew || isSymbol(token, '('))) {
    throw compositionError(`nested deeper than ${String(maxDepth)}`, token.at)
  }
  if (takeSymbol(reader, '(')) {
    const inner = expression(reader, depth + 1)
    expectSymbol(reader, ')')
    return inner
  }
  if (isNew) return { primary: newExpression(reader, depth + 1), accesses: [] }
  if (token.kind !== 'name') throw unexpected(reader, 'a name, "new" or "("')
  return { primary: { kind: 'local', name: localName(reader), at: token.at }, accesses: [] }
}

function newExpression(reader: Reader, depth: number): WacNew {
  const { at } = take(reader)
  const { at: nameAt } = reader.token
  const [name, version] = packageName(reader)
  if (version !== null) {
    throw compositionError(`${quoted(name)} has a version, so it would come from a registry`, nameAt)
  }
  if (name === reader.self) throw compositionError(`${quoted(name)} is this composition itself`, nameAt)
  reader.instances += 1
  if (reader.instances > maxInstances)
    throw compositionError(`more than ${String(maxInstances)} instances`, at)
  expectSymbol(reader, '{')
  const items: WacArgument[] = []
  const written = new Set<string>()
  let fill = false
  while (!fill && !isSymbol(reader.token, '}')) {
    const item = argument(reader, depth)
    if (item === null) fill = true
    else {
      // A spread is no name: `{ ...a, a: b }` gives `a` once.
      const key = item.kind === 'spread' ? `...${item.name}` : item.name
      if (written.has(key)) throw compositionError(`the argument ${quoted(key)} is given twice`, item.at)
      written.add(key)
      items.push(item)
    }
    if (!takeSymbol(reader, ',')) break
  }
  expectSymbol(reader, '}', fill ? '"}", as "..." ends the arguments' : undefined)
  return { kind: 'new', package: name, arguments: items, fill, at }
}

/** One argument, or `null` for `...` alone. */
function argument(reader: Reader, depth: number): WacArgument | null {
  const { token } = reader
  if (takeSymbol(reader, '...')) {
    if (reader.token.kind !== 'name') return null
    const { at } = reader.token
    return { kind: 'spread', name: localName(reader), at }
  }
  if (token.kind !== 'name' && token.kind !== 'string') throw unexpected(reader, 'an argument or "}"')
  take(reader)
  const { text: name, at } = token
  if (takeSymbol(reader, ':')) {
    return { kind: 'named', name, exact: token.kind === 'string', value: expression(reader, depth), at }
  }
  if (token.kind === 'string') throw unexpected(reader, '":"')
  requireDeclared(reader, token)
  return { kind: 'inferred', name, at }
}

function localName(reader: Reader): string {
  requireDeclared(reader, reader.token)
  return take(reader).text
}

function requireDeclared({ names }: Reader, { text, at }: Token): void {
  if (!names.has(text)) throw compositionError(`${quoted(text)} is not declared before it is used`, at)
}

const packagePattern = /^([^:@%]+:[^:@%]+)(?:@(.*))?$/
const versionPattern = /^(?:0|[1-9][0-9]{0,8})(?:\.(?:0|[1-9][0-9]{0,8})){2}$/

/** `ns:pkg` and the version, of three plain numbers. WAC takes longer names too; no component here has one. */
function packageName(reader: Reader): readonly [name: string, version: string | null] {
  const { token } = reader
  if (token.kind !== 'package') throw unexpected(reader, 'a package name')
  const [, name, version = null] = packagePattern.exec(token.text) ?? []
  if (name === undefined || (version !== null && !versionPattern.test(version))) {
    throw compositionError(
      `${quoted(token.text)} is no package name: ns:pkg, and a version is three plain numbers`,
      token.at,
    )
  }
  take(reader)
  return [name, version]
}

/** Steps over the next word and returns it. */
function take(reader: Reader): Token {
  const { token } = reader
  reader.token = nextToken(reader.cursor)
  return token
}

const isKeyword = ({ kind, text }: Token, word: string): boolean => kind === 'keyword' && text === word
const isSymbol = ({ kind, text }: Token, symbol: string): boolean => kind === 'symbol' && text === symbol

function takeSymbol(reader: Reader, symbol: string): boolean {
  if (!isSymbol(reader.token, symbol)) return false
  take(reader)
  return true
}

function expectSymbol(reader: Reader, symbol: string, what = quoted(symbol)): void {
  if (!takeSymbol(reader, symbol)) throw unexpected(reader, what)
}

function expectKeyword(reader: Reader, word: string): void {
  if (!isKeyword(reader.token, word)) throw unexpected(reader, quoted(word))
  take(reader)
}

function expectString(reader: Reader): Token {
  if (reader.token.kind !== 'string') throw unexpected(reader, 'a string')
  return take(reader)
}

function expectName(reader: Reader, what: string): Token {
  if (reader.token.kind !== 'name') throw unexpected(reader, what)
  return take(reader)
}

function unexpected({ token }: Reader, expected: string): Error {
  const found = token.kind === 'end' ? 'the text ends' : `found ${describe(token)}`
  const at: Position = token.at
  return compositionError(`expected ${expected}, ${found}`, at)
}

function describe({ kind, text }: Token): string {
  return kind === 'symbol' ? quoted(text) : `the ${kind} ${quoted(text)}`
}
