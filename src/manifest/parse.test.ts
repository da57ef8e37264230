import { createHash } from 'node:crypto'
import { describe, expect, it, test } from 'vitest'
import { type ErrorCode, type ErrorDetails, isVerificationError } from '../errors/error.js'
import { fromUtf8, toUtf8 } from '../encoding/text.js'
import { agentDocument, attestedDocument, changed } from '../../test/support/manifest-documents.js'
import { type ManifestOptions, manifestSchemas, parseManifest, readManifest } from './parse.js'

const agent: ManifestOptions = { schema: '2cvm-agent/1', bytes: 'raw' }
const exact: ManifestOptions = { ...agent, requireExact: true }
const own: ManifestOptions = { schema: 'attested/manifest@1', bytes: 'canonical' }

function refusal(
  input: string | Uint8Array,
  options: ManifestOptions,
): { code: ErrorCode; message: string; details: ErrorDetails } {
  try {
    parseManifest(input, options)
  } catch (error) {
    if (isVerificationError(error)) return error
    throw error
  }
  return expect.unreachable('accepted')
}

describe('a manifest', () => {
  it('has its schema, document, model and bytes, and is frozen in depth', () => {
    const text = JSON.stringify(agentDocument)
    const manifest = parseManifest(text, agent)
    expect([manifest.schema, manifest.mode]).toEqual(['2cvm-agent/1', 'raw'])
    expect(manifest.document).toEqual(agentDocument)
    expect(fromUtf8(manifest.bytes)).toBe(text)
    const seen: unknown[] = [manifest]
    for (const value of seen) {
      if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) continue
      expect(Object.isFrozen(value)).toBe(true)
      seen.push(...Object.values(value))
    }
    expect(seen.length).toBeGreaterThan(100)
  })

  it('the model of 2cvm-agent/1', () => {
    const { model } = parseManifest(JSON.stringify(agentDocument), agent)
    expect(model).toMatchObject({ schema: '2cvm-agent/1', channels: [] })
    expect(model.participants[1]).toEqual({
      path: '/participants/1',
      name: 'pharma',
      did: 'did:web:pharma.example',
    })
    expect(model.components[0]).toEqual({
      path: '/components/0',
      name: 'cohort',
      participant: 'hospital',
      digest: null,
    })
    expect(model.data[1]).toEqual({ path: '/data/1', name: 'weights', participant: 'pharma', digest: null })
    expect(model.permissions).toEqual([
      {
        path: '/permissions/0',
        component: 'cohort',
        reads: [{ path: '/permissions/0/data_permissions/0/source', name: 'records' }],
        imports: [{ path: '/permissions/0/wasi_imports/0', name: 'wasi:io/streams@0.2.0' }],
      },
      {
        path: '/permissions/1',
        component: 'trainer',
        reads: [{ path: '/permissions/1/data_permissions/0/sources/0', name: 'weights' }],
        imports: [
          { path: '/permissions/1/wasi_imports/0', name: 'hospital:cohort/rows@1.2.0' },
          { path: '/permissions/1/wasi_imports/1', name: 'wasi:io/streams@0.2.0' },
        ],
      },
    ])
    expect(model.outputs).toEqual([
      {
        path: '/permissions/1/output/0',
        name: 'model.bin',
        component: 'trainer',
        receivers: [{ path: '/permissions/1/output/0/participant', name: 'pharma' }],
      },
    ])
    expect(model.composition).toEqual({ path: '/composition', text: agentDocument['composition'] })
    expect(model.references).toEqual({
      transferRequestIdIMEC: 'request-1',
      transferRequestIdFabless: 'request-2',
    })
  })

  it('the model of attested/manifest@1', () => {
    const { model, document } = parseManifest(JSON.stringify(attestedDocument), own)
    expect(document).toEqual(attestedDocument)
    expect(model).toMatchObject({ schema: 'attested/manifest@1', composition: null, references: null })
    expect(model.components[1]).toEqual({
      path: '/components/1',
      name: 'trainer',
      participant: 'pharma',
      digest: `sha256:${'b'.repeat(64)}`,
    })
    expect(model.data[0]).toMatchObject({ path: '/data/0', digest: `sha256:${'c'.repeat(64)}` })
    expect(model.permissions[0]).toEqual({
      path: '/permissions/0',
      component: 'cohort',
      reads: [{ path: '/permissions/0/reads/0', name: 'records' }],
      imports: [{ path: '/permissions/0/capabilities/0', name: 'clock' }],
    })
    expect(model.channels).toEqual([{ path: '/channels/0', from: 'cohort', to: 'trainer' }])
    expect(model.outputs[0]).toMatchObject({
      path: '/outputs/0',
      receivers: [{ path: '/outputs/0/receivers/0', name: 'pharma' }],
    })
    expect(model.participants[0]).toEqual({
      path: '/participants/0',
      name: 'hospital',
      did: 'did:web:hospital.example',
    })
  })
})

describe('bytes and digests', () => {
  const spaced = ` ${JSON.stringify(attestedDocument, null, 2)}\n`

  it('canonical: the same for any writing of one document', () => {
    const one = parseManifest(spaced, own)
    const other = parseManifest(toUtf8(JSON.stringify(attestedDocument)), own)
    expect(fromUtf8(one.bytes)).toBe(fromUtf8(other.bytes))
    expect(fromUtf8(one.bytes)).toMatch(/^\{"channels":\[\{"from":"cohort","to":"trainer"\}\],"components":/)
  })

  it('raw: the bytes as they are', () => {
    expect(fromUtf8(parseManifest(spaced, { ...own, bytes: 'raw' }).bytes)).toBe(spaced)
    expect(fromUtf8(parseManifest(toUtf8(spaced), { ...own, bytes: 'raw' }).bytes)).toBe(spaced)
  })

  it.each(['sha256', 'sha384', 'sha512'] as const)('%s, as node:crypto', (algorithm) => {
    const { bytes, digest } = parseManifest(spaced, own)
    expect(Buffer.from(digest(algorithm)).toString('hex')).toBe(
      createHash(algorithm).update(bytes).digest('hex'),
    )
  })

  it('are copies, of a copy', () => {
    const input = toUtf8(spaced)
    const manifest = parseManifest(input, { ...own, bytes: 'raw' })
    input.fill(0)
    manifest.bytes.fill(0)
    expect(fromUtf8(manifest.bytes)).toBe(spaced)
  })

  it('no other algorithm', () => {
    const { digest } = parseManifest(spaced, own)
    for (const name of ['md5', 'SHA256', '__proto__', 'constructor', undefined])
      expect(() => digest(name as 'sha256')).toThrow(
        new TypeError('algorithm must be sha256, sha384 or sha512'),
      )
  })
})

describe('no strict JSON: MANIFEST_MALFORMED', () => {
  test.each([
    ['nothing', ''],
    ['a byte order mark', `\ufeff${JSON.stringify(attestedDocument)}`],
    ['a key twice', '{"schema":1,"schema":1}'],
    ['a lone surrogate', '{"a":"\\ud800"}'],
    ['trailing text', '{}{}'],
    ['a hidden prototype', '{"__proto__":{}}'],
  ])('%s', (_, text) => {
    for (const options of [agent, own]) expect(refusal(text, options).code).toBe('MANIFEST_MALFORMED')
  })

  it('not UTF-8', () => {
    expect(refusal(Uint8Array.of(0x22, 0xff, 0x22), own).message).toBe(
      'manifest is not strict JSON: not UTF-8',
    )
  })

  it('more than 1 MiB, in bytes', () => {
    const padded = (length: number, unit: string): string => `"${unit.repeat(length)}"`
    const limit = 1024 * 1024
    expect(refusal(padded(limit - 2, 'x'), own).code).toBe('MANIFEST_SCHEMA')
    expect(refusal(padded(limit - 1, 'x'), own).code).toBe('MANIFEST_MALFORMED')
    expect(refusal(padded(limit / 2 - 1, 'é'), own).code).toBe('MANIFEST_SCHEMA')
    const long = refusal(padded(limit / 2, 'é'), own)
    expect([long.code, long.message]).toEqual(['MANIFEST_MALFORMED', 'manifest is longer than 1048576 bytes'])
    expect(refusal(toUtf8(padded(limit / 2, 'é')), own).code).toBe('MANIFEST_MALFORMED')
  })

  it('nested more than 32 deep', () => {
    expect(refusal('['.repeat(32) + '1' + ']'.repeat(32), own).code).toBe('MANIFEST_SCHEMA')
    expect(refusal('['.repeat(33) + '1' + ']'.repeat(33), own).code).toBe('MANIFEST_MALFORMED')
  })
})

describe('not of the schema: MANIFEST_SCHEMA', () => {
  test.each<readonly [string, Readonly<Record<string, unknown>>, string, string]>([
    ['a member missing', { title: undefined }, '/title', 'is missing'],
    ['a member more', { expires: 1 }, '', 'unknown key "expires"'],
    ['members more', { a: 1, ['b'.repeat(65)]: 2 }, '', 'unknown key "a" and 1 more'],
    ['a long key', { ['b'.repeat(65)]: 2 }, '', `unknown key "${'b'.repeat(64)}…"`],
    ['the name of something that objects have', { constructor: 1 }, '', 'unknown key "constructor"'],
    ['no text', { title: 1 }, '/title', 'must be a string'],
    ['null', { title: null }, '/title', 'must be a string'],
    ['no list', { participants: {} }, '/participants', 'must be a list'],
    ['a list for an object', { 'participants.0': [] }, '/participants/0', 'must be an object'],
    ['text for an object', { 'participants.0': 'x' }, '/participants/0', 'must be an object'],
    ['null for an object', { 'participants.0': null }, '/participants/0', 'must be an object'],
    ['another schema', { schema: 'attested/manifest@2' }, '/schema', 'must be "attested/manifest@1"'],
    ['a long title', { title: 'x'.repeat(257) }, '/title', 'is longer than 256 characters'],
    ['a long name', { 'data.0.name': 'x'.repeat(129) }, '/data/0/name', 'is longer than 128 characters'],
    [
      'a long DID',
      { 'participants.0.did': 'x'.repeat(2049) },
      '/participants/0/did',
      'is longer than 2048 characters',
    ],
    [
      'a digest in upper case',
      { 'data.0.digest': `sha256:${'A'.repeat(64)}` },
      '/data/0/digest',
      'must be sha256:, sha384: or sha512: and lower-case hex, or null',
    ],
    [
      'a digest of another length',
      { 'data.0.digest': `sha384:${'a'.repeat(64)}` },
      '/data/0/digest',
      'must be sha256:, sha384: or sha512: and lower-case hex, or null',
    ],
    [
      'an unknown algorithm',
      { 'data.0.digest': `sha1:${'a'.repeat(40)}` },
      '/data/0/digest',
      'must be sha256:, sha384: or sha512: and lower-case hex, or null',
    ],
    [
      'an endless digest',
      { 'data.0.digest': `sha512:${'a'.repeat(129)}` },
      '/data/0/digest',
      'is longer than 135 characters',
    ],
  ])('%s', (_, changes, path, problem) => {
    const { code, message, details } = refusal(JSON.stringify(changed(attestedDocument, changes)), own)
    expect([code, details['path'], details['problem']]).toEqual(['MANIFEST_SCHEMA', path, problem])
    expect(message).toBe(`manifest ${path === '' ? 'document' : path}: ${problem}`)
  })

  it('takes what is just within', () => {
    const changes = {
      title: 'é'.repeat(256),
      'components.0.digest': `sha384:${'0'.repeat(96)}`,
      'components.1.digest': `sha512:${'f'.repeat(128)}`,
      'data.0.digest': null,
    }
    expect(readManifest(JSON.stringify(changed(attestedDocument, changes)), own).findings).toEqual([])
  })

  it('names every problem, in the order of the document', () => {
    const bad = changed(attestedDocument, { title: 1, 'data.0': {}, 'participants.0.more': 1 })
    const { findings } = readManifest(JSON.stringify(bad), own)
    expect(findings.map(({ path }) => path)).toEqual([
      '/title',
      '/participants/0',
      '/data/0/name',
      '/data/0/participant',
      '/data/0/digest',
    ])
    expect(refusal(JSON.stringify(bad), own).details['problems']).toBe(5)
  })

  it('names at most 100', () => {
    const bad = { ...attestedDocument, data: Array.from({ length: 101 }, () => 1) }
    expect(readManifest(JSON.stringify(bad), own).findings).toHaveLength(100)
  })

  it('lists of at most 4096 items', () => {
    const many = (length: number): string =>
      JSON.stringify({
        ...attestedDocument,
        participants: Array.from({ length }, (_, i) => ({ name: `p${i}`, did: `did:web:${i}` })),
      })
    expect(readManifest(many(4096), own).findings).toEqual([])
    expect(refusal(many(4097), own).details['problem']).toBe('has 4097 items, more than 4096')
  })

  it('text for a list item of the agent, and neither source nor sources', () => {
    const place = '/permissions/0/data_permissions/0'
    for (const [value, path, problem] of [
      ['x', place, 'must be an object'],
      [{ type: 'read' }, `${place}/source`, 'is missing'],
      [{ sources: [] }, `${place}/type`, 'is missing'],
      [{ type: 'read', sources: 'x' }, `${place}/sources`, 'must be a list'],
      [{ type: 'read', source: ['x'] }, `${place}/source`, 'must be a string'],
    ] as const) {
      const bad = changed(agentDocument, { 'permissions.0.data_permissions.0': value })
      expect(refusal(JSON.stringify(bad), agent).details).toMatchObject({ path, problem })
    }
  })
})

describe('wrong use', () => {
  const text = JSON.stringify(attestedDocument)
  test.each<readonly [string, unknown, unknown, string]>([
    ['an object', attestedDocument, own, 'manifest must be JSON text or bytes'],
    ['another view', new Uint16Array(2), own, 'manifest must be JSON text or bytes'],
    [
      'an unknown schema',
      text,
      { ...own, schema: 'x' },
      'schema must be attested/manifest@1 or 2cvm-agent/1',
    ],
    ['no mode', text, { schema: own.schema }, 'bytes must be canonical or raw'],
    [
      'exact, of our own schema',
      text,
      { schema: own.schema, bytes: 'raw', requireExact: true },
      'requireExact is for raw bytes of 2cvm-agent/1',
    ],
    [
      'exact, of canonical bytes',
      text,
      { ...exact, bytes: 'canonical' },
      'requireExact is for raw bytes of 2cvm-agent/1',
    ],
    ['exact, neither yes nor no', text, { ...agent, requireExact: 1 }, 'requireExact must be a boolean'],
  ])('%s', (_, input, options, message) => {
    expect(() => parseManifest(input as string, options as ManifestOptions)).toThrow(new TypeError(message))
    expect(() => readManifest(input as string, options as ManifestOptions)).toThrow(new TypeError(message))
  })

  it('lists the schemas', () => {
    expect(manifestSchemas).toEqual(['attested/manifest@1', '2cvm-agent/1'])
  })
})
