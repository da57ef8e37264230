// Encodings against other implementations of the same thing: node's Buffer and JSON.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromBase64, toBase64 } from '../../src/encoding/base64.js'
import { concatBytes, containsBytes, equalBytes } from '../../src/encoding/bytes.js'
import { canonicalJson } from '../../src/encoding/canonical-json.js'
import { fromHex, toHex } from '../../src/encoding/hex.js'
import { parseStrictJson } from '../../src/encoding/json.js'
import { fromPem } from '../../src/encoding/pem.js'
import { fromUtf8, toUtf8 } from '../../src/encoding/text.js'
import type { JsonValue } from '../../src/errors/error.js'
import { pem } from '../support/cert-table.js'
import { outcomeOf } from '../fuzz/outcome.js'

const settings = { seed: 0x5e5, numRuns: 500 }
const bytes = fc.uint8Array({ maxLength: 200 })

describe('bytes as text', () => {
  it('come back from hex, base64, base64url and PEM', () => {
    fc.assert(
      fc.property(bytes, (input) => {
        const buffer = Buffer.from(input)
        expect(toHex(input)).toBe(buffer.toString('hex'))
        expect(fromHex(toHex(input))).toEqual(input)
        expect(toBase64(input)).toBe(buffer.toString('base64'))
        expect(fromBase64(toBase64(input))).toEqual(input)
        expect(fromBase64(buffer.toString('base64url'), 'optional')).toEqual(input)
        const blocks = fromPem(pem(input))
        expect(blocks).toEqual(input.length === 0 ? null : [{ label: 'CERTIFICATE', bytes: input }])
      }),
      settings,
    )
  })

  it('have one base64 text per alphabet and padding: what is read is written the same', () => {
    const characters = fc.constantFrom(...'AQgwZm9vYg+/-_=\n '.split(''))
    const text = fc.string({ unit: characters, maxLength: 9 })
    let accepted = 0
    fc.assert(
      fc.property(text, (input) => {
        const read = fromBase64(input, 'optional')
        if (read === null) return
        accepted += 1
        const buffer = Buffer.from(read)
        const forms = [buffer.toString('base64'), buffer.toString('base64url')]
        const padded = forms.map((form) =>
          form.replaceAll('=', '').padEnd(Math.ceil(form.replaceAll('=', '').length / 4) * 4, '='),
        )
        expect([...forms.map((form) => form.replaceAll('=', '')), ...padded]).toContain(input)
      }),
      { ...settings, numRuns: 4000 },
    )
    expect(accepted).toBeGreaterThan(100)
  })

  it('are UTF-8 exactly where node decodes them without replacement', () => {
    const nearText = fc.array(
      fc.constantFrom(0x61, 0x80, 0xbf, 0xc2, 0xe2, 0x82, 0xac, 0xed, 0xa0, 0xf0, 0x9f, 0xf4),
      {
        maxLength: 6,
      },
    )
    fc.assert(
      fc.property(nearText, (input) => {
        const text = fromUtf8(Uint8Array.from(input))
        const replaced = Buffer.from(input).toString('utf8')
        if (text === null) expect(replaced).toContain('\ufffd')
        else expect(text).toBe(replaced)
        if (text !== null) expect(toUtf8(text)).toEqual(Uint8Array.from(input))
      }),
      { ...settings, numRuns: 2000 },
    )
  })

  it('are found in others as node finds them', () => {
    const few = fc.uint8Array({ maxLength: 12, max: 2 })
    fc.assert(
      fc.property(few, few, few, (a, b, c) => {
        const whole = concatBytes(a, b, c)
        expect(Buffer.concat([a, b, c]).equals(whole)).toBe(true)
        expect(containsBytes(whole, b)).toBe(true)
        expect(containsBytes(a, b)).toBe(Buffer.from(a).includes(Buffer.from(b)))
        expect(equalBytes(a, b)).toBe(Buffer.from(a).equals(b))
      }),
      { ...settings, numRuns: 2000 },
    )
  })
})

const limits = { code: 'POLICY_INVALID', what: 'sample', maxLength: 1 << 20, maxDepth: 16 } as const

const text = fc.string({ unit: 'binary', maxLength: 8 })
const exact = fc.oneof(
  fc.maxSafeInteger(),
  // Doubles below the smallest normal one hold fewer digits than they print, and are refused.
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .filter((value) => !Object.is(value, -0) && (value === 0 || Math.abs(value) >= 2 ** -1022)),
)
const { document } = fc.letrec<{ document: JsonValue }>((tie) => ({
  document: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(null, true, false),
    exact.filter((value) => !Number.isInteger(value) || Number.isSafeInteger(value)),
    text,
    fc.array(tie('document'), { maxLength: 4 }),
    fc.dictionary(
      text.filter((key) => key !== '__proto__'),
      tie('document'),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
}))

describe('strict JSON', () => {
  it('reads what JSON.stringify writes, in every layout, to the same value', () => {
    fc.assert(
      fc.property(document, fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const json = JSON.stringify(value, null, indent)
        const read = parseStrictJson(json, limits)
        expect(read).toEqual(JSON.parse(json))
        expect(parseStrictJson(toUtf8(json), limits)).toEqual(read)
      }),
      settings,
    )
  })

  it('never differs from JSON.parse on what it accepts', () => {
    const pieces = [
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '"a"',
      '"b"',
      '"\\u0061"',
      '1',
      '-',
      '0',
      '.',
      'e',
      'null',
      ' ',
      '"',
    ]
    let accepted = 0
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 9 }), (parts) => {
        const json = parts.join('')
        if (outcomeOf(() => parseStrictJson(json, limits)) !== 'accepted') return
        accepted += 1
        expect(parseStrictJson(json, limits)).toEqual(JSON.parse(json))
      }),
      { ...settings, numRuns: 20_000 },
    )
    expect(accepted).toBeGreaterThan(300)
  })

  it('has one canonical text, whatever the order of keys and the layout', () => {
    fc.assert(
      fc.property(document, (value) => {
        const canonical = canonicalJson(value)
        expect(JSON.parse(canonical)).toEqual(JSON.parse(JSON.stringify(value)))
        expect(canonicalJson(parseStrictJson(canonical, limits))).toBe(canonical)
        expect(canonicalJson(reversed(value))).toBe(canonical)
      }),
      settings,
    )
  })
})

/** The same value with the keys of every object in the opposite order. */
function reversed(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => reversed(item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reversed(item)]),
  )
}
