import { describe, expect, it, test } from 'vitest'
import { isVerificationError } from '../errors/error.js'
import { toUtf8 } from '../encoding/text.js'
import {
  type Loose,
  agentDocument,
  agentExpectations,
  attestedDocument,
  attestedExpectations,
  changed,
  errorsOf,
  schemaCases,
} from '../../test/support/manifest-documents.js'
import { checkManifest } from './check.js'
import { expectFor } from './expect-for.js'
import { parseExpectations } from './expectations.js'
import type { Manifest } from './manifest.js'
import type { ManifestSchema } from './model.js'
import { parseManifest } from './parse.js'

const agent = '2cvm-agent/1'
const own = 'attested/manifest@1'

function refusal(document: unknown, schema: ManifestSchema): readonly unknown[] {
  try {
    parseExpectations(typeof document === 'string' ? document : JSON.stringify(document), schema)
  } catch (error) {
    if (!isVerificationError(error)) throw error
    return [error.code, error.verdict, error.message]
  }
  return expect.unreachable('accepted')
}

describe('a file of expectations', () => {
  it.each(schemaCases)('of $schema: every member, as text or bytes, frozen', ({ schema, expectations }) => {
    for (const input of [JSON.stringify(expectations), toUtf8(JSON.stringify(expectations))]) {
      const read = parseExpectations(input, schema)
      expect([read.schema, read.document]).toEqual([schema, expectations])
      expect(Object.isFrozen(read.document.receiversOf['records'])).toBe(true)
      expect(Object.isFrozen(read)).toBe(true)
    }
  })

  it.each(schemaCases)('of $schema: every member is required', ({ schema, expectations }) => {
    for (const key of Object.keys(expectations)) {
      expect(refusal(changed(expectations, { [key]: undefined }), schema)).toEqual([
        'MANIFEST_EXPECTATIONS_MALFORMED',
        'malformed',
        `file of expectations, /${key}: is missing`,
      ])
    }
  })

  test.each<readonly [string, Loose, string]>([
    ['an unknown member', { more: 1 }, 'document: unknown key "more"'],
    ['text for a list', { receivers: 'pharma' }, '/receivers: must be a list'],
    ['a list for an object', { receiversOf: [] }, '/receiversOf: must be an object'],
    ['text for its lists', { 'receiversOf.records': 'pharma' }, '/receiversOf/records: must be a list'],
    ['a number in its lists', { 'receiversOf.a/b~c': [1] }, '/receiversOf/a~1b~0c/0: must be a string'],
    [
      'a long key',
      { [`receiversOf.${'k'.repeat(129)}`]: [] },
      '/receiversOf: has a key longer than 128 characters',
    ],
    ['a long import', { capabilities: ['x'.repeat(257)] }, '/capabilities/0: is longer than 256 characters'],
    [
      'a long identifier',
      { transferRequestIdIMEC: 'x'.repeat(1025) },
      '/transferRequestIdIMEC: is longer than 1024 characters',
    ],
  ])('with %s is refused', (_, changes, problem) => {
    expect(refusal(changed(agentExpectations, changes), agent)[2]).toBe(`file of expectations, ${problem}`)
  })

  it('has at most 4096 own data items', () => {
    const many = (count: number): Loose =>
      changed(attestedExpectations, {
        receiversOf: Object.fromEntries(Array.from({ length: count }, (_, i) => [`d${i}`, []])),
      })
    expect(Object.keys(parseExpectations(JSON.stringify(many(4096)), own).document.receiversOf)).toHaveLength(
      4096,
    )
    expect(refusal(many(4097), own)[2]).toBe(
      'file of expectations, /receiversOf: has 4097 members, more than 4096',
    )
  })

  it('of one schema is none of the other', () => {
    expect(refusal(agentExpectations, own)[2]).toContain('unknown key "transferRequestIdIMEC" and 1 more')
    expect(refusal(attestedExpectations, agent)[2]).toContain('/transferRequestIdIMEC: is missing')
    expect(refusal(changed(attestedExpectations, { capabilities: ['wasi:http'] }), own)[2]).toContain(
      '/capabilities/0: must be',
    )
  })

  it('is strict JSON, at most 1 MiB and 8 deep', () => {
    expect(refusal('{"self":1,"self":2}', own)[2]).toBe(
      'file of expectations is not strict JSON: duplicate key "self"',
    )
    expect(refusal('['.repeat(9) + '1' + ']'.repeat(9), own)[2]).toContain('nested deeper than 8')
    expect(refusal('['.repeat(8) + '1' + ']'.repeat(8), own)[2]).toBe(
      'file of expectations, document: must be an object',
    )
    expect(refusal(' '.repeat(1024 * 1024 + 1), own)[2]).toContain('longer than 1048576 bytes')
  })

  it('wrong use is a TypeError', () => {
    expect(() => parseExpectations(attestedExpectations as unknown as string, own)).toThrow(
      new TypeError('expectations must be JSON text or bytes'),
    )
    expect(() => parseExpectations('{}', 'x' as typeof own)).toThrow(
      new TypeError('schema must be attested/manifest@1 or 2cvm-agent/1'),
    )
  })
})

describe('a draft for a participant', () => {
  const parse = (document: Loose, schema: ManifestSchema): Manifest =>
    parseManifest(JSON.stringify(document), { schema, bytes: 'raw' })

  it('says what the manifest does', () => {
    expect(expectFor(parse(agentDocument, agent), 'hospital')).toEqual(agentExpectations)
    expect(expectFor(parse(attestedDocument, own), 'hospital')).toEqual(attestedExpectations)
    const document = changed(attestedDocument, {
      'permissions.0.capabilities': ['network', 'clock', 'filesystem'],
      'permissions.1.capabilities': ['filesystem'],
      'outputs.1': { name: 'rows', component: 'cohort', receivers: ['pharma', 'hospital'] },
    })
    expect(expectFor(parse(document, own), 'pharma')).toEqual({
      self: 'pharma',
      selfDid: 'did:web:pharma.example',
      receivers: ['hospital', 'pharma'],
      receiversOf: { weights: ['hospital', 'pharma'] },
      capabilities: ['filesystem', 'network'],
    })
  })

  it.each(schemaCases)('of $schema: read back, it accepts the manifest', ({ schema, document }) => {
    for (const name of ['hospital', 'pharma']) {
      const manifest = parse(document, schema)
      const draft = expectFor(manifest, name)
      const expectations = parseExpectations(JSON.stringify(draft), schema)
      expect(errorsOf(checkManifest(manifest, expectations))).toEqual([])
      // A draft is no expectation before somebody read it.
      expect(() => checkManifest(manifest, draft as unknown as typeof expectations)).toThrow(TypeError)
      expect(Object.isFrozen(draft.receiversOf)).toBe(true)
    }
  })

  it('needs a participant of the manifest', () => {
    const manifest = parse(agentDocument, agent)
    for (const name of ['nobody', '', '__proto__', 'x'.repeat(70)]) {
      try {
        expectFor(manifest, name)
        expect.unreachable()
      } catch (error) {
        if (!isVerificationError(error)) throw error
        expect(error.code).toBe('MANIFEST_PARTICIPANT')
        expect(error.message.length).toBeLessThan(100)
      }
    }
    expect(() => expectFor(agentDocument as unknown as Manifest, 'hospital')).toThrow(TypeError)
    expect(() => expectFor(manifest, 7 as unknown as string)).toThrow(TypeError)
  })
})
