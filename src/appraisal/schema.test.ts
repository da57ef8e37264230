// The schema of policies by itself: what is just inside and just outside of each pattern, and which problem is named.
// It is imported here as any other module, while `parsePolicy` loads it on first use.
import { describe, expect, it } from 'vitest'
import { fullDocument } from '../../test/support/policy-document.js'
import { editPolicy } from '../../test/support/policy-edit.js'
import { type JsonValue, isVerificationError } from '../errors/error.js'
import { readPolicyDocument } from './schema.js'

const read = (path: string, value: JsonValue) =>
  readPolicyDocument(editPolicy(fullDocument, { [path]: value }) as unknown as JsonValue)

/** `path: problem`, `null` where the value is taken. */
function problemOf(path: string, value: JsonValue): string | null {
  try {
    read(path, value)
    return null
  } catch (error) {
    if (!isVerificationError(error)) throw error
    const { path: at, problem } = error.details as { readonly path: string; readonly problem: string }
    expect([error.code, error.message]).toEqual(['POLICY_INVALID', `policy ${at}: ${problem}`])
    return `${at}: ${problem}`
  }
}

describe('hex', () => {
  it.each<readonly [path: string, digits: number, what: string]>([
    ['measurements.0.value', 96, 'a measurement'],
    ['idBlock.idKeyDigests', 96, 'an ID key digest'],
    ['idBlock.authorKeyDigests', 96, 'an author key digest'],
    ['idBlock.familyIds', 32, 'a family id'],
    ['idBlock.imageIds', 32, 'an image id'],
    ['hostData', 64, 'host data'],
    ['endorsementKeys', 64, 'an endorsement key'],
    ['reportIds', 64, 'a report id'],
    ['denied.endorsementKeys', 64, 'an endorsement key'],
    ['denied.measurements', 96, 'a measurement'],
    ['tcb.floors.0.mitigations', 16, 'mitigations'],
  ])('%s has %i digits', (path, digits, what) => {
    const isOne = /value|mitigations/.test(path)
    const wrap = (text: string): JsonValue => (isOne ? text : ['ab'.repeat(digits / 2), text])
    for (const good of ['a'.repeat(digits), '0'.repeat(digits), 'F9'.repeat(digits / 2)])
      expect(problemOf(path, wrap(good))).toBeNull()
    const problem = `${path}${isOne ? '' : '.1'}: ${what} must be ${digits} hex digits`
    for (const bad of [
      'a'.repeat(digits - 1),
      'a'.repeat(digits + 1),
      `g${'a'.repeat(digits - 1)}`,
      `x${'a'.repeat(digits)}`,
      `${'a'.repeat(digits)}x`,
      `${'a'.repeat(digits)}\n`,
      '',
    ])
      expect([bad, problemOf(path, wrap(bad))]).toEqual([bad, problem])
  })

  it('comes out in lower case', () => {
    expect(read('hostData', ['AB'.repeat(32)]).hostData).toEqual(['ab'.repeat(32)])
    expect(read('chips', ['AB'.repeat(64), 'CD'.repeat(8)]).chips).toEqual(['ab'.repeat(64), 'cd'.repeat(8)])
  })

  it.each(['chips', 'denied.chips'])('%s have 128 digits, or 16', (path) => {
    for (const digits of [16, 128])
      for (const good of ['a'.repeat(digits), '09fF'.repeat(digits / 4)])
        expect(problemOf(path, [good])).toBeNull()
    for (const digits of [0, 1, 15, 17, 32, 127, 129, 144])
      expect(problemOf(path, ['a'.repeat(digits)])).toBe(
        `${path}.0: a chip must be 128 hex digits, or 16 on Turin`,
      )
    for (const digits of [16, 128])
      for (const bad of [`x${'a'.repeat(digits)}`, `${'a'.repeat(digits)}x`, 'g'.repeat(digits)])
        expect(problemOf(path, [bad])).toBe(`${path}.0: a chip must be 128 hex digits, or 16 on Turin`)
  })
})

describe('times', () => {
  const notAfter = 'measurements.0.notAfter'
  it.each([
    '2026-12-31',
    '2028-02-29',
    '2026-12-31T23:59:59Z',
    '2026-01-02T03:04:05.6Z',
    '2026-01-02T03:04:05.67Z',
    '2026-01-02T03:04:05.678Z',
  ])('%s is one', (text) => {
    expect(problemOf(notAfter, text)).toBeNull()
  })

  it.each([
    'x2026-12-31',
    '2026-12-31x',
    '2026-12-3',
    '026-12-31',
    '12026-12-31',
    '2026-12-31T23:59:59',
    '2026-12-31T23:59Z',
    '2026-12-31T23:59:59.Z',
    '2026-12-31T23:59:59.1234Z',
    '2026-12-31T23:59:59ZZ',
    '2026-12-31T23:59:59z',
    '+002026-12-31T23:59:59Z',
  ])('%s is written in another way', (text) => {
    expect(problemOf(notAfter, text)).toBe(
      `${notAfter}: must be a day (YYYY-MM-DD) or an RFC 3339 time in UTC`,
    )
  })

  it.each(['2026-02-29', '2026-00-10', '2026-10-00', '2026-12-31T24:00:00Z', '2026-12-31T23:60:00Z'])(
    '%s does not exist',
    (text) => {
      expect(problemOf(notAfter, text)).toBe(`${notAfter}: must be a time that exists`)
    },
  )

  it('of an edition are days', () => {
    const asOf = (text: string) => problemOf('tcb', { recommended: { asOf: text } })
    expect([asOf('2026-11-01'), asOf('2028-02-29')]).toEqual([null, null])
    for (const text of [
      'x2026-11-01',
      '2026-11-01x',
      '2026-11-1',
      '026-11-01',
      '12026-11-01',
      '2026-11-01T00:00:00Z',
    ])
      expect([text, asOf(text)]).toEqual([text, 'tcb.recommended.asOf: must be a day, YYYY-MM-DD'])
    expect(asOf('2026-02-29')).toBe('tcb.recommended.asOf: must be a day that exists')
  })
})

describe('versions', () => {
  const parts = ['0', '1', '9', '10', '99', '100', '999']
  const bad = ['', '00', '01', '010', '1000', 'a', '1a', 'x1', '-1', '1x', ' 1', '1 ']

  it('of the ABI are two decimal numbers', () => {
    const path = 'guestPolicy.minAbi'
    for (const part of parts)
      for (const text of [`${part}.55`, `1.${part}`])
        expect([text, problemOf(path, text)]).toEqual([text, null])
    for (const part of bad)
      for (const text of [`${part}.55`, `1.${part}`, `1.5${part}.5`, `1.5.${part}`])
        expect([text, problemOf(path, text)]).toEqual([text, `${path}: must be MAJOR.MINOR, decimal`])
  })

  it('of firmware are three', () => {
    const path = 'firmware.minCommitted'
    for (const part of parts)
      for (const text of [`${part}.55.1`, `1.${part}.1`, `1.55.${part}`])
        expect([text, problemOf(path, text)]).toEqual([text, null])
    for (const part of bad)
      for (const text of [`${part}.55.1`, `1.${part}.1`, `1.55.${part}`])
        expect([text, problemOf(path, text)]).toEqual([text, `${path}: must be MAJOR.MINOR.BUILD, decimal`])
    expect(problemOf(path, '1.55.1.')).toBe(`${path}: must be MAJOR.MINOR.BUILD, decimal`)
  })
})

describe('words', () => {
  it.each<readonly [path: string, words: readonly string[]]>([
    ['guestPolicy.smt', ['require', 'forbid', 'allow']],
    ['platform.tioEnabled', ['require', 'forbid', 'allow']],
    ['platform.unknownBits', ['forbid', 'allow']],
    ['provisionalFirmware', ['forbid', 'microcodeOnly', 'allow']],
    ['intermediates', ['pinned', 'arkSigned']],
    ['freshness', ['challenge', 'session', 'monotonic', 'ledger']],
    ['identity', ['required']],
    ['revocation.crl', ['required']],
    ['tcb.floors.0.product', ['Milan', 'Genoa', 'Turin']],
  ])('%s', (path, words) => {
    for (const word of words) expect([word, problemOf(path, word)]).toEqual([word, null])
    const list = words.map((word) => `"${word}"`).join(', ')
    for (const word of ['', 'other', 1]) expect(problemOf(path, word)).toBe(`${path}: must be one of ${list}`)
  })
})

describe('reasons', () => {
  it('have something to read', () => {
    for (const good of ['x', ' x ', 'x'.repeat(500)])
      expect(problemOf('hostData', { unchecked: good })).toBeNull()
    for (const bad of ['', ' ', '\t\n'])
      expect(problemOf('hostData', { unchecked: bad })).toBe(
        'hostData.unchecked: the reason must not be empty',
      )
    expect(problemOf('hostData', { unchecked: 'x'.repeat(501) })).toBe(
      'hostData.unchecked: must be at most 500',
    )
  })
})

describe('the problem that is named', () => {
  const { idBlock } = fullDocument
  const parts = idBlock as unknown as Readonly<Record<string, JsonValue>>
  const levels = { bootloader: 1, tee: 0, snp: 4, microcode: 81 }

  it.each<readonly [path: string, value: JsonValue, problem: string]>([
    // Whoever writes a reason means one.
    ['hostData', { unchecked: 1 }, 'hostData.unchecked: must be string'],
    ['hostData', { unchecked: 'x', because: 'y' }, 'hostData: unknown key "because"'],
    [
      'idBlock',
      { ...parts, unchecked: 'x' },
      'idBlock: unknown key "idKeyDigests", "authorKeyDigests", "minGuestSvn", "familyIds", "imageIds"',
    ],
    ['tcb.floors.0.family', { unchecked: 'x' }, 'tcb.floors.0.family: must be one of "any"'],
    // Of two forms, the one of which a member is there.
    ['tcb', { recommended: {} }, 'tcb.recommended.asOf: is missing'],
    ['tcb', { recommended: { asOf: 1 } }, 'tcb.recommended.asOf: must be string'],
    ['tcb', { recommended: { asOf: '2026-11-01' }, floors: 1 }, 'tcb: unknown key "floors"'],
    ['tcb', { floors: 1 }, 'tcb.floors: must be array'],
    ['tcb', { floors: [{}] }, 'tcb.floors.0.product: is missing'],
    ['idBlock', { ...parts, familyIds: 7 }, 'idBlock.familyIds: must be array'],
    ['idBlock', { ...parts, more: 7 }, 'idBlock: unknown key "more"'],
    ['measurements', [{ label: 'x' }], 'measurements.0.value: is missing'],
    ['measurements', [1], 'measurements.0: must be object'],
    ['vmpl', [0, 4], 'vmpl.1: must be at most 3'],
    ['revocation', { more: 1 }, 'revocation.crl: is missing'],
    // Otherwise the first.
    ['tcb', {}, 'tcb.floors: is missing'],
    ['tcb', 5, 'tcb: must be object'],
    ['tcb', null, 'tcb: must be object'],
    ['idBlock', {}, 'idBlock.idKeyDigests: is missing'],
    ['idBlock', 'any', 'idBlock: must be object'],
    ['vmpl', null, 'vmpl: must be array'],
    ['vmpl', {}, 'vmpl: must be array'],
    ['chips', 'all', 'chips: must be array'],
    ['chips', null, 'chips: must be array'],
    ['tcb.floors.0.family', 'x', 'tcb.floors.0.family: must be number'],
    ['tcb.floors.0.family', 256, 'tcb.floors.0.family: must be at most 255'],
    ['tcb.floors.0.committed', { ...levels, snp: -1 }, 'tcb.floors.0.committed.snp: must be at least 0'],
    ['version', 2, 'version: must be one of 1'],
    ['revocation.minNumbers', {}, 'revocation.minNumbers: states no floor'],
    ['products', [], 'products: an empty list accepts nothing'],
    ['cspIds', ['x'.repeat(257)], 'cspIds.0: must be at most 256'],
  ])('%s: %j', (path, value, problem) => {
    expect(problemOf(path, value)).toBe(problem)
  })

  it('quotes 64 characters of each unknown key', () => {
    const more = { unchecked: 'x', ['k'.repeat(65)]: 1, other: 2 }
    expect(problemOf('hostData', more)).toBe(`hostData: unknown key "${'k'.repeat(64)}", "other"`)
  })

  it('may be about the whole document', () => {
    for (const [value, problem] of [
      [5, 'must be object'],
      [null, 'must be object'],
      [{ ...fullDocument, more: 1 }, 'unknown key "more"'],
    ] as const)
      expect(() => readPolicyDocument(value as unknown as JsonValue)).toThrow(
        expect.objectContaining({
          code: 'POLICY_INVALID',
          message: `policy document: ${problem}`,
          details: { path: '', problem },
        }),
      )
  })
})
