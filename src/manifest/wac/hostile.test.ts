// Texts that nobody wrote in good faith: a refusal with its code or a result, never another error, and soon.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { VerificationError } from '../../errors/error.js'
import { channelsOfComposition, compositionFindings } from '../composition.js'
import type { ManifestModel } from '../model.js'
import { parseWac } from './parse.js'
import { maxCompositionLength as mebi } from './token.js'
import { wiringOf } from './wiring.js'

const head = 'package demo:flow;'

/** In ms. A second on a quiet machine; what is not linear takes minutes. */
const soon = 15_000

/** A manifest with this composition, whose components import `imports` each. */
function modelOf(text: string, names: readonly string[], imports: readonly string[]): ManifestModel {
  const path = '/p'
  const listed = imports.map((name) => ({ name, path }))
  return {
    schema: '2cvm-agent/1',
    participants: [],
    components: names.map((name) => ({ name, participant: 'p', digest: null, path })),
    data: [],
    permissions: names.map((component) => ({ component, reads: [], imports: listed, path })),
    outputs: [],
    channels: [],
    composition: { path, text },
    references: null,
  }
}

/** The problem in a refusal, or `accepted`. Any error but a refusal with the right place fails. */
function outcomeOf(text: string): string {
  try {
    const document = parseWac(text)
    const { instances, exports } = wiringOf(document)
    const known = instances.every(({ arguments: items, spreads }, index) =>
      [...items.map(({ from }) => from), ...spreads].every(({ instance }) => instance < index),
    )
    expect(known && exports.every(({ from }) => from.instance < instances.length)).toBe(true)
    return 'accepted'
  } catch (error) {
    if (!(error instanceof VerificationError)) throw error
    expect(error.code).toBe('MANIFEST_COMPOSITION')
    expect(error.message.length).toBeLessThan(400)
    expect(error.message).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
    const lines = text.split('\n')
    const { line, column, problem } = error.details
    expect(line).toBeGreaterThanOrEqual(1)
    expect(line).toBeLessThanOrEqual(lines.length)
    expect(column).toBeGreaterThanOrEqual(1)
    expect(column).toBeLessThanOrEqual((lines[Number(line) - 1] ?? '').length + 1)
    return problem as string
  }
}

describe('random texts', () => {
  const words = [
    ...[
      'package',
      'let',
      'new',
      'export',
      'as',
      'import',
      'targets',
      'use',
      'a',
      'b',
      'c',
      '%let',
      'A',
      'p:a',
      'p:b',
    ],
    ...[
      'p:a@1.0.0',
      'p:b/i@1.0.0',
      '"a"',
      '"p:b/i@1.0.0"',
      '""',
      '"',
      '//',
      '/*',
      '*/',
      '\n',
      '\r',
      ' ',
      '\t',
      '-',
    ],
    ...[
      ';',
      '{',
      '}',
      ':',
      '=',
      '(',
      ')',
      '[',
      ']',
      '.',
      '...',
      ',',
      '@',
      '/',
      '%',
      '_',
      '1',
      'é',
      '\u202e',
      '\ud800',
    ],
  ]

  it('of words of WAC', () => {
    const soup = fc.array(fc.constantFrom(...words), { maxLength: 40 }).map((items) => items.join(' '))
    fc.assert(
      fc.property(soup, (text) => void outcomeOf(`${head} ${text}`)),
      { numRuns: 200 },
    )
    const dense = fc.array(fc.constantFrom(...words), { maxLength: 30 }).map((items) => items.join(''))
    fc.assert(
      fc.property(dense, (text) => void outcomeOf(text)),
      { numRuns: 200 },
    )
  })

  it('of any characters', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0x10ffff)), (codes) => void outcomeOf(String.fromCodePoint(...codes))),
      { numRuns: 150 },
    )
  })

  // Statements that all parse, so that what comes after the parser is reached too.
  it('of statements that parse', () => {
    const name = fc.constantFrom('a', 'b', 'c')
    const imports = ['p:a/i@1.0.0', 'p:b/i@1.0.0', 'p:b/k@1.0.0', 'wasi:io/streams@0.2.0']
    const label = fc.constantFrom('i', 'k', 'streams', ...imports.map((item) => `"${item}"`))
    const value = fc.oneof(
      name,
      fc.tuple(name, label).map(([of, key]) => (key[0] === '"' ? `${of}[${key}]` : `${of}.${key}`)),
    )
    const item = fc.oneof(
      fc.tuple(label, value).map(([key, of]) => `${key}: ${of}`),
      name.map((of) => `...${of}`),
      name,
    )
    const made = fc.tuple(fc.constantFrom('a', 'b', 'c', 'x'), fc.array(item, { maxLength: 4 }), fc.boolean())
    const start = `${head} let a = new p:a {}; let b = a.i; let c = new p:b { a };`
    fc.assert(
      fc.property(fc.array(made, { maxLength: 4 }), (all) => {
        const text = all.map(
          ([of, items, fill]) => `export new p:${of} { ${[...items, ...(fill ? ['...'] : [])].join()} };`,
        )
        const whole = start + text.join('\n')
        const model = modelOf(whole, ['a', 'b', 'c'], imports)
        const findings = compositionFindings(model)
        const refused = outcomeOf(whole) !== 'accepted'
        expect(channelsOfComposition(model) === null).toBe(refused)
        if (refused) expect(findings).toMatchObject([{ rule: 'M12', severity: 'error' }])
        const foreign = all.filter(([of]) => of === 'x').length
        if (!refused) expect(findings.filter(({ rule }) => rule === 'M12')).toHaveLength(foreign)
        // What is left to the host alone is always an error.
        const alone = all.some(([of, items, fill]) => of !== 'x' && fill && items.length === 0)
        if (!refused && alone)
          expect(findings).toContainEqual(expect.objectContaining({ rule: 'M13', severity: 'error' }))
      }),
      { numRuns: 200 },
    )
  })
})

describe('a long text of one thing ends soon', () => {
  const start = `${head} let a = new p:a {};`
  // What is refused early is of full length; what is read to its end is an eighth, as each run of the tests pays for it.
  const filled = (before: string, part: string, after = '', length = mebi): string =>
    before + part.repeat(Math.floor((length - before.length - after.length) / part.length)) + after
  const eighth = (before: string, part: string, after = ''): string => filled(before, part, after, mebi / 8)

  it.each([
    ['(', filled(`${head}export `, '('), 'nested deeper than 64'],
    ['/*', filled(head, '/*'), 'a comment does not end'],
    ['/* and */', eighth(head, '/*/**/*/'), 'accepted'],
    ['//', filled(head, '//'), 'accepted'],
    ['// and line feeds', eighth(head, '//\n'), 'accepted'],
    ['1 MiB of spaces', filled(head, ' '), 'accepted'],
    ['line feeds', eighth(head, '\n'), 'accepted'],
    ['CR LF', eighth(head, '\r\n'), 'accepted'],
    ['new', filled(`${head}export `, 'new a:b {'), 'expected an argument or "}", found the keyword "new"'],
    [
      'nested new',
      filled(`${head}export `, 'new a:b {a:'),
      'expected an argument or "}", found the package "a:new"',
    ],
    ['new in new', filled(`${head}export `, 'new a:b {a: '), 'nested deeper than 64'],
    ['instances', filled(head, 'export new p:a {};'), 'more than 4096 instances'],
    ['an open string', filled(`${head}"`, 'a'), 'a string does not end'],
    ['many strings', filled(head, '""'), 'expected a "let" or "export" statement, found the string ""'],
    ['one name', filled(`${head}let `, 'a'), 'expected "=", the text ends'],
    ['one name of many words', eighth(`${head}let a`, '-a'), 'expected "=", the text ends'],
    [
      'one package',
      eighth('package a', ':a'),
      `"a${':a'.repeat(31)}…" is no package name: ns:pkg, and a version is three plain numbers`,
    ],
    [
      'one path',
      eighth('package a:a', '/a'),
      `expected a package name, found the path "a:a${'/a'.repeat(30)}…"`,
    ],
    [
      'one version',
      eighth('package a:a@', '1.'),
      `"a:a@${'1.'.repeat(29)}1…" is no package name: ns:pkg, and a version is three plain numbers`,
    ],
    ['accesses', eighth(`${start}export a`, '.a', ';'), 'accepted'],
    [
      'accesses in parentheses',
      eighth(`${start}export ${'('.repeat(64)}a`, '.a', `${').a'.repeat(64)};`),
      'accepted',
    ],
    ['accesses in quotes', eighth(`${start}export a`, '["a"]', ';'), 'accepted'],
    ['exports', eighth(start, 'export a;'), 'accepted'],
    [
      'arguments',
      `${start}export new p:b {${Array.from({ length: 10_000 }, (_, i) => `"${i}": a`).join()}};`,
      'accepted',
    ],
    ['the same argument', filled(`${start}export new p:b {`, 'a,', '};'), 'the argument "a" is given twice'],
    ['spreads', filled(`${start}export new p:b {`, '...a,', '};'), 'the argument "...a" is given twice'],
    [
      'chained locals',
      start +
        Array.from({ length: 60_000 }, (_, i) => `let l${i} = ${i === 0 ? 'a' : `l${i - 1}.x`};`).join(''),
      'longer than 1048576 characters',
    ],
    [
      'fewer chained locals',
      start +
        Array.from({ length: 6_000 }, (_, i) => `let l${i} = ${i === 0 ? 'a' : `l${i - 1}.x`};`).join(''),
      'accepted',
    ],
    [
      'a mark at the end',
      `${' '.repeat(mebi - 1)}\u202e`,
      'a control of the writing direction (U+202E) is not allowed',
    ],
  ])('%s', (_, text, outcome) => {
    const began = performance.now()
    expect(outcomeOf(text)).toBe(outcome)
    expect(performance.now() - began).toBeLessThan(soon)
  })
})

describe('findings on the largest texts end soon', () => {
  const imports = (count: number, owner: (index: number) => string): readonly string[] =>
    Array.from({ length: count }, (_, index) => `${owner(index)}/i${index}@1.0.0`)
  const model = 'let m = new p:a {};'
  const many = (items: string): string => head + model + `export new p:b { ${items} };`.repeat(4095)

  it.each([
    ['all left to the host', many('...'), imports(20_000, () => 'p:a'), 4096],
    [
      'all left to the host, each of its own package',
      many('...'),
      imports(20_000, (index) => `p:o${index}`),
      4096,
    ],
    ['all perhaps spread', many('...m, ...'), imports(20_000, () => 'p:a'), 4096],
    [
      'arguments that are no imports',
      `${head}${model}export new p:b {${Array.from({ length: 10_000 }, (_, i) => `"${i}": m`).join()}};`,
      [],
      1,
    ],
  ])('%s', (_, text, names, count) => {
    const began = performance.now()
    const findings = compositionFindings(modelOf(text, ['a', 'b'], names))
    expect(findings).toHaveLength(count)
    expect(channelsOfComposition(modelOf(text, ['a', 'b'], names))).not.toBeNull()
    expect(performance.now() - began).toBeLessThan(soon)
  })

  it('one name for many components', () => {
    const began = performance.now()
    const base = modelOf(
      head,
      ['a'],
      imports(10_000, () => 'p:a'),
    )
    const components = Array.from({ length: 10_000 }, (_, index) => ({
      name: 'a',
      participant: `p${index}`,
      digest: null,
      path: '',
    }))
    expect(compositionFindings({ ...base, components })).toHaveLength(10_000)
    expect(performance.now() - began).toBeLessThan(soon)
  })
})
