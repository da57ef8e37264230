import { describe, expect, it } from 'vitest'
import { addKey, dropKey, editPolicy, pathsOf } from '../../test/support/policy-edit.js'
import { fullDocument } from '../../test/support/policy-document.js'
import { type JsonValue, VerificationError } from '../errors/error.js'
import { parsePolicy, policyDigest } from './policy.js'

const text = JSON.stringify(fullDocument)
const changed = (path: string, value: JsonValue): string =>
  JSON.stringify(editPolicy(fullDocument, { [path]: value }))
const open = { unchecked: 'not this time' }

/** The path and the problem of the refusal; anything but POLICY_INVALID fails the test. */
async function refusalOf(
  input: string | Uint8Array,
): Promise<{ readonly path: unknown; readonly problem: string }> {
  const error: unknown = await parsePolicy(input).then(
    () => new Error('accepted'),
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof VerificationError)) throw error
  expect([error.code, error.verdict, error.stage]).toEqual(['POLICY_INVALID', 'malformed', 'POLICY'])
  const { path = '', problem = '' } = error.details
  if (typeof problem !== 'string') throw new Error('the problem is not said in words')
  return { path, problem }
}

const { objects, members } = pathsOf(fullDocument)
const optional = ['measurements.0.notAfter', 'revocation.minNumbers.Milan', 'revocation.minNumbers.Genoa']
/** Keys that are never left unchecked. */
const stated =
  /^(version|products|signers|reportVersions|intermediates|denied)(\.|$)|^measurements\.|^tcb\.floors$|^tcb\.floors\.0\.(product|family|model|stepping|reported)$|^tcb\.floors\.0\.\w+\.|^revocation\.minNumbers\./

describe('a policy with every key', () => {
  it('is read as it stands', async () => {
    expect(await parsePolicy(text)).toEqual(fullDocument)
    expect(await parsePolicy(new TextEncoder().encode(text))).toEqual(fullDocument)
  })

  it('has as many keys as this test thinks', () => {
    expect(members).toHaveLength(88)
    expect(objects).toHaveLength(15)
  })

  it.each(members.filter((path) => !optional.includes(path)))('is refused without %s', async (path) => {
    const refused = await refusalOf(JSON.stringify(dropKey(fullDocument, path)))
    expect(refused).toEqual({ path, problem: 'is missing' })
  })

  it.each(optional)('is accepted without %s', async (path) => {
    await expect(parsePolicy(JSON.stringify(dropKey(fullDocument, path)))).resolves.toBeDefined()
  })

  it.each(objects)('is refused with an unknown key in "%s"', async (path) => {
    const added = addKey(fullDocument, path === '' ? 'surprise' : `${path}.surprise`, 1)
    expect(await refusalOf(JSON.stringify(added))).toEqual({ path, problem: 'unknown key "surprise"' })
  })

  it.each(members)('is refused with null at %s', async (path) => {
    expect((await refusalOf(changed(path, null))).path).toBe(path)
  })

  it.each(members.filter((path) => stated.test(path)))('is refused with %s unchecked', async (path) => {
    const { path: at } = await refusalOf(changed(path, open))
    expect(String(at).startsWith(path)).toBe(true)
  })

  it.each(members.filter((path) => !stated.test(path)))(
    'accepts %s unchecked, with a reason',
    async (path) => {
      // Two keys lean on others, which is refused for itself below.
      const rest: Readonly<Record<string, JsonValue>> = path.startsWith('revocation')
        ? { intermediates: 'pinned' }
        : {}
      const document = editPolicy(fullDocument, { ...rest, [path]: open })
      await expect(parsePolicy(JSON.stringify(document))).resolves.toEqual(document)
      for (const bad of [
        { unchecked: '' },
        { unchecked: 1 },
        { unchecked: null },
        { unchecked: 'x', because: 'y' },
        { unchecked: 'x'.repeat(501) },
      ])
        expect(String((await refusalOf(changed(path, bad))).path).startsWith(path)).toBe(true)
    },
  )

  it.each(members.filter((path) => Array.isArray(valueAt(path)) && !path.startsWith('denied.')))(
    'is refused with an empty list at %s',
    async (path) => {
      expect(await refusalOf(changed(path, []))).toEqual({ path, problem: 'an empty list accepts nothing' })
    },
  )

  it.each(['chips', 'endorsementKeys', 'measurements', 'cspIds'])(
    'accepts an empty denied.%s',
    async (name) => {
      await expect(parsePolicy(changed(`denied.${name}`, []))).resolves.toBeDefined()
    },
  )
})

function valueAt(path: string): unknown {
  let value: unknown = fullDocument
  for (const key of path.split('.')) value = (value as Readonly<Record<string, unknown>>)[key]
  return value
}

describe('values that no policy has', () => {
  const hex = (bytes: number): string => 'ab'.repeat(bytes)
  it.each<readonly [path: string, value: JsonValue, problem: RegExp | null]>([
    ['version', 2, /must be one of 1/],
    ['products', ['Rome'], null],
    ['signers', ['vcek', 'VLEK'], null],
    ['reportVersions', [6], null],
    ['vmpl', [4], /at most 3/],
    ['vmpl', [-1], /at least 0/],
    ['vmpl', [0.5], null],
    ['vmpl', ['0'], null],
    ['idBlock.minGuestSvn', 1.5, null],
    ['idBlock.minGuestSvn', 4294967296, /at most 4294967295/],
    ['idBlock.minGuestSvn', '3', null],
    ['tcb.floors.0.reported.snp', 256, /at most 255/],
    ['tcb.floors.0.reported.snp', 1.5, null],
    ['tcb.floors.0.model', 'every', null],
    ['tcb.floors.0.mitigations', '3f', /mitigations must be 16 hex digits/],
    ['measurements.0.value', hex(47), /a measurement must be 96 hex digits/],
    ['measurements.0.value', `${hex(47)}zz`, /96 hex digits/],
    ['measurements.0.value', `0x${hex(47)}`, /96 hex digits/],
    ['measurements.0.value', `${hex(48)}\n`, /96 hex digits/],
    ['measurements.0.label', '', null],
    ['measurements.0.notAfter', '2026-02-31', /a time that exists/],
    ['measurements.0.notAfter', '2026-02-29', /a time that exists/],
    ['measurements.0.notAfter', '2026-13-01', /a time that exists/],
    ['measurements.0.notAfter', '2026-02-31T00:00:00Z', /a time that exists/],
    ['measurements.0.notAfter', '2026-01-01T25:00:00Z', /a time that exists/],
    ['measurements.0.notAfter', '2026-01-01T24:00:00Z', /a time that exists/],
    ['measurements.0.notAfter', '2026-01-01T00:60:00Z', /a time that exists/],
    ['measurements.0.notAfter', '2026-01-01T00:00:00+01:00', /RFC 3339 time in UTC/],
    ['measurements.0.notAfter', '2026-01-01T00:00:00', /RFC 3339 time in UTC/],
    ['measurements.0.notAfter', '2026-01-01 00:00:00Z', /RFC 3339 time in UTC/],
    ['measurements.0.notAfter', '1 Jan 2026', /RFC 3339 time in UTC/],
    ['measurements.0.notAfter', 1767225600, null],
    ['hostData', [hex(31)], /host data must be 64 hex digits/],
    ['chips', [hex(32)], /a chip must be 128 hex digits, or 16 on Turin/],
    ['chips', 'all', null],
    ['chips', ['any'], null],
    ['endorsementKeys', [hex(48)], /an endorsement key must be 64 hex digits/],
    ['reportIds', [hex(33)], /a report id must be 64 hex digits/],
    ['idBlock', 'any', null],
    ['idBlock.idKeyDigests', [hex(32)], /an ID key digest must be 96 hex digits/],
    ['idBlock.familyIds', [hex(17)], /a family id must be 32 hex digits/],
    ['identity', 'optional', null],
    ['guestPolicy.smt', 'required', null],
    ['guestPolicy.smt', true, null],
    ['guestPolicy.minAbi', '1', /MAJOR.MINOR/],
    ['guestPolicy.minAbi', '01.55', /MAJOR.MINOR/],
    ['guestPolicy.minAbi', 1.55, null],
    ['platform.unknownBits', 'require', null],
    ['firmware.minCommitted', '1.55', /MAJOR.MINOR.BUILD/],
    ['firmware.minCommitted', '1.55.40.0', /MAJOR.MINOR.BUILD/],
    ['firmware.minCommitted', '1.55.0x28', /MAJOR.MINOR.BUILD/],
    ['firmware.minCommitted', '1.55.256', /above 255/],
    ['provisionalFirmware', 'microcode', null],
    ['revocation.crl', 'optional', null],
    ['revocation.graceDays', -1, /at least 0/],
    ['revocation.graceDays', 3651, /at most 3650/],
    ['revocation.graceDays', 0.5, null],
    ['revocation.maxFetchAgeDays', 3651, /at most 3650/],
    ['revocation.minNumbers', {}, /states no floor/],
    ['revocation.minNumbers', { Genoa: -1 }, /at least 1/],
    ['revocation.minNumbers', { Genoa: 0 }, /at least 1/],
    ['hostData', { unchecked: ' \t ' }, /the reason must not be empty/],
    ['revocation.minNumbers', { Rome: 1 }, /unknown key "Rome"/],
    ['intermediates', 'any', null],
    ['freshness', 'none', null],
    ['cspIds', [''], null],
    ['tcb', { floors: Array<JsonValue>(257).fill({}) }, null],
    ['tcb', {}, /is missing/],
    ['tcb', { recommended: {} }, /is missing/],
    ['tcb', { floors: [], recommended: { asOf: '2026-11-01' } }, null],
    ['tcb', { recommended: { asOf: '2026-11-31' } }, /a day that exists/],
    ['tcb', { recommended: { asOf: '2026-11-01T00:00:00Z' } }, /a day, YYYY-MM-DD/],
  ])('%s: %j', async (path, value, problem) => {
    const refused = await refusalOf(changed(path, value))
    expect(String(refused.path).startsWith(path)).toBe(true)
    if (problem !== null) expect(refused.problem).toMatch(problem)
  })

  it('names the decimal reading of a firmware version that was copied out of a bulletin', async () => {
    const path = 'firmware.minCommitted'
    const refused = await refusalOf(changed(path, '1.37.23'))
    expect(refused).toEqual({ path, problem: 'minor 37 is below 49; read as hexadecimal it is 1.55.35' })
    expect((await refusalOf(changed(path, '1.48.255'))).problem).toContain('below 49')
    await expect(parsePolicy(changed(path, '1.49.0'))).resolves.toBeDefined()
  })

  it('takes a number by its value: 1e2 is 100, and names the same policy', async () => {
    const written = changed('idBlock.minGuestSvn', 100)
    const other = written.replace('"minGuestSvn":100', '"minGuestSvn":1e2')
    expect(other).not.toBe(written)
    expect(policyDigest(await parsePolicy(other))).toBe(policyDigest(await parsePolicy(written)))
  })
})

describe('policies that make no sense', () => {
  const zero = '00'.repeat(48)
  const noKeys = { 'idBlock.idKeyDigests': open, 'idBlock.authorKeyDigests': open }
  it.each<
    readonly [what: string, changes: Readonly<Record<string, JsonValue>>, path: string, problem: RegExp]
  >([
    ['an ID block without a key digest', noKeys, 'idBlock', /states neither/],
    ['zero as an ID key', { 'idBlock.idKeyDigests': [zero] }, 'idBlock.idKeyDigests', /there is no key/],
    [
      'zero among author keys',
      { 'idBlock.authorKeyDigests': ['a0'.repeat(48), zero] },
      'idBlock.authorKeyDigests',
      /there is no key/,
    ],
    [
      'required identity, and nothing that has one',
      { measurements: open, idBlock: open },
      'identity',
      /required/,
    ],
    ['required identity, and no ID block', { measurements: open, idBlock: 'none' }, 'identity', /required/],
    ['zero as a chip', { chips: ['00'.repeat(64)] }, 'chips', /masked/],
    ['zero as a chip of Turin', { chips: ['c1'.repeat(64), '00'.repeat(8)] }, 'chips', /masked/],
    ['arkSigned, revocation unchecked', { revocation: open }, 'intermediates', /arkSigned needs/],
    ['arkSigned, the CRL unchecked', { 'revocation.crl': open }, 'intermediates', /arkSigned needs/],
  ])('%s', async (_, changes, path, problem) => {
    const refused = await refusalOf(JSON.stringify(editPolicy(fullDocument, changes)))
    expect(refused.path).toBe(path)
    expect(refused.problem).toMatch(problem)
  })

  it.each<readonly [what: string, changes: Readonly<Record<string, JsonValue>>]>([
    ['an ID key alone identifies', { measurements: open, 'idBlock.authorKeyDigests': open }],
    ['an author key alone identifies', { measurements: open, 'idBlock.idKeyDigests': open }],
    ['measurements alone identify', { idBlock: 'none' }],
    [
      'nothing need identify where identity is left open',
      { identity: open, measurements: open, idBlock: open },
    ],
  ])('but %s', async (_, changes) => {
    await expect(parsePolicy(JSON.stringify(editPolicy(fullDocument, changes)))).resolves.toBeDefined()
  })
})

describe('text that is no strict JSON', () => {
  const within = (inner: string): string => text.replace('"kernel 1"', inner)
  const nested = (depth: number): string => text.replace('"required"', '['.repeat(depth) + ']'.repeat(depth))
  const bytes = (...prefix: readonly number[]): Uint8Array =>
    Uint8Array.of(...prefix, ...new TextEncoder().encode(text))
  it.each<readonly [what: string, input: string | Uint8Array, problem: RegExp]>([
    ['nothing', '', /value is expected/],
    ['a list', '[]', /object/],
    ['null', 'null', /object/],
    ['a duplicate key', text.replace('"version":1', '"version":1,"version":1'), /duplicate key "version"/],
    ['a duplicate key inside', text.replace('"smt":', '"cxl":"allow","smt":'), /duplicate key "cxl"/],
    [
      'a duplicate key by escape',
      text.replace('"version":1', '"version":1,"v\\u0065rsion":1'),
      /duplicate key "version"/,
    ],
    ['__proto__', text.replace('"version":1', '"version":1,"__proto__":{}'), /"__proto__" is not allowed/],
    ['minus zero', text.replace('"version":1', '"version":-0'), /number/],
    ['an unsafe integer', text.replace('"graceDays":0', '"graceDays":9007199254740993'), /number/],
    ['a lone surrogate by escape', within('"\\ud800"'), /lone surrogate/],
    ['a lone surrogate', within('"\ud800"'), /lone surrogate/],
    ['a comment', `${text}//`, /after the value/],
    ['two values', `${text}{}`, /after the value/],
    ['a byte order mark', `\ufeff${text}`, /value is expected/],
    ['a byte order mark in bytes', bytes(0xef, 0xbb, 0xbf), /./],
    ['bytes that are not UTF-8', bytes(0xff), /not UTF-8/],
    ['a control character', within('"a\u0001"'), /control character/],
    ['depth 17', nested(17), /nested deeper than 16/],
    ['more than a megabyte', `${text}${' '.repeat(1024 * 1024)}`, /longer than 1048576 bytes/],
    [
      'more than a megabyte of bytes',
      new Uint8Array(1024 * 1024 + 1).fill(0x20),
      /longer than 1048576 bytes/,
    ],
  ])('%s', async (_, input, problem) => {
    const refused = await refusalOf(input)
    expect(refused.path).toBe('')
    expect(refused.problem).toMatch(problem)
  })
})
