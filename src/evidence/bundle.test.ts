import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { labCrl, labEvidence } from '../../test/support/pki.js'
import { canonicalJson } from '../encoding/canonical-json.js'
import { attestedBundle } from './bundle.js'
import { type BundleDocument, bundleType, readBundleDocument, writeBundle } from './bundle-document.js'
import { attachmentsOf, decodeEvidence, partsOfEvidence } from './evidence.js'
import { sniffOf } from './sniff.js'

const { report, vek, ask, ark } = labEvidence({ line: 'Genoa', version: 3 })
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const record = {
  policy: utf8('{"a":1}'),
  run: utf8('{}'),
  verdict: utf8('{}'),
  manifest: null,
  expectations: null,
}
const whole: BundleDocument = {
  report,
  keys: [{ kind: 'vcek', der: vek }],
  certificates: [ask, ark],
  crls: [labCrl('Genoa')],
  attachments: new Map([['manifest', utf8('{}')]]),
  record,
}
const bare: BundleDocument = { ...whole, keys: [], certificates: [], crls: [], attachments: new Map() }
const textOf = (bundle: BundleDocument): string => new TextDecoder().decode(writeBundle(bundle))

interface Doc {
  [key: string]: unknown
  record: Record<string, unknown>
  report: unknown[]
}
const edited = (edit: (doc: Doc) => void, bundle = whole): Uint8Array => {
  const doc = JSON.parse(textOf(bundle)) as Doc
  edit(doc)
  return utf8(canonicalJson(doc as never))
}
const problemOf = (bytes: Uint8Array): string | null => {
  try {
    readBundleDocument(bytes)
    return null
  } catch (error) {
    expect(error).toMatchObject({ code: 'EVIDENCE_MALFORMED', verdict: 'malformed' })
    return (error as Error).message
  }
}

describe('a bundle', () => {
  it('is a CMW collection of our type, in JSON', () => {
    const doc = JSON.parse(textOf(whole)) as Record<string, unknown>
    expect(Object.keys(doc)).toEqual([
      '__cmwc_t',
      'attachments',
      'certificates',
      'crls',
      'keys',
      'record',
      'report',
    ])
    expect(doc['__cmwc_t']).toBe('tag:attested,2026:bundle/1')
    const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
    expect(doc['report']).toEqual(['application/vnd.amd.sev-snp.attestation-report', base64url(report), 4])
    expect(doc['keys']).toEqual({ '00-vcek': ['application/pkix-cert', base64url(vek), 2] })
    expect(doc['certificates']).toEqual({
      '00': ['application/pkix-cert', base64url(ask), 2],
      '01': ['application/pkix-cert', base64url(ark), 2],
    })
    expect(doc['crls']).toEqual({ '00': ['application/pkix-crl', base64url(labCrl('Genoa')), 2] })
    expect(doc['attachments']).toEqual({ manifest: ['application/octet-stream', 'e30', 4] })
    expect(doc['record']).toEqual({
      policy: ['application/json', 'eyJhIjoxfQ', 16],
      run: ['application/json', 'e30', 16],
      verdict: ['application/json', 'e30', 8],
    })
  })

  it('leaves out what it has none of, and has documents of the binding in its record', () => {
    expect(Object.keys(JSON.parse(textOf(bare)) as object)).toEqual(['__cmwc_t', 'record', 'report'])
    const documents = { ...record, manifest: utf8('m'), expectations: utf8('e') }
    const doc = JSON.parse(textOf({ ...bare, record: documents })) as Doc
    expect(doc.record['manifest']).toEqual(['application/json', 'bQ', 1])
    expect(doc.record['expectations']).toEqual(['application/json', 'ZQ', 1])
    expect(readBundleDocument(writeBundle({ ...bare, record: documents })).record).toEqual(documents)
  })

  it('reads as it was written, whatever its bytes are', () => {
    const bytes = fc.uint8Array({ maxLength: 40 })
    fc.assert(
      fc.property(
        bytes,
        fc.array(fc.record({ kind: fc.constantFrom('vcek', 'vlek', null), der: bytes }), { maxLength: 3 }),
        fc.array(bytes, { maxLength: 12 }),
        fc.dictionary(fc.stringMatching(/^[A-Za-z][A-Za-z0-9._-]{0,63}$/), bytes, { maxKeys: 4 }),
        (one, keys, list, attachments) => {
          const bundle = {
            report: one,
            keys,
            certificates: list,
            crls: [...list].reverse(),
            attachments: new Map(Object.entries(attachments)),
            record: { ...record, manifest: one },
          }
          const written = writeBundle(bundle)
          expect(readBundleDocument(written)).toEqual(bundle)
          expect(writeBundle(readBundleDocument(written))).toEqual(written)
        },
      ),
      { numRuns: 100 },
    )
  })

  it('holds 64 parts of a kind in their order, and no more', () => {
    const list = Array.from({ length: 64 }, (_, index) => Uint8Array.of(index))
    expect(readBundleDocument(writeBundle({ ...bare, crls: list })).crls).toEqual(list)
    expect(() => writeBundle({ ...bare, crls: [...list, report] })).toThrow('more than 64 crls')
    expect(() => writeBundle({ ...bare, certificates: [...list, report] })).toThrow(
      'more than 64 certificates',
    )
  })

  it('is at most 1 MiB', () => {
    const overhead = textOf({ ...bare, report: new Uint8Array() }).length
    const room = Math.floor(((1 << 20) - overhead) / 4) * 3
    expect(readBundleDocument(writeBundle({ ...bare, report: new Uint8Array(room) })).report.length).toBe(
      room,
    )
    expect(() => writeBundle({ ...bare, report: new Uint8Array(room + 3) })).toThrow(
      expect.objectContaining({ code: 'EVIDENCE_SIZE' }),
    )
  })
})

describe('as evidence', () => {
  it('is its report, keys, certificates, CRLs without a time, and attachments', async () => {
    const evidence = await decodeEvidence(writeBundle(whole), 'auto')
    const parts = partsOfEvidence(evidence)
    expect(evidence).toMatchObject({ format: 'attested-bundle', reconstructed: false })
    expect(evidence.report).toEqual(report)
    expect(parts.leaves).toEqual([{ kind: 'vcek', der: vek }])
    expect([parts.intermediates, parts.roots]).toEqual([[ask], [ark]])
    expect(parts.crls).toEqual([{ der: labCrl('Genoa'), fetchedAt: null, scope: null }])
    expect([...attachmentsOf(evidence)]).toEqual([['manifest', utf8('{}')]])
  })

  it('needs a report of 1184 bytes', async () => {
    const short = writeBundle({ ...whole, report: report.slice(1) })
    await expect(decodeEvidence(short, 'attested-bundle')).rejects.toMatchObject({ code: 'REPORT_LENGTH' })
  })

  it.each([
    ['vlek', 'EVIDENCE_DUPLICATE'],
    ['vcek', 'EVIDENCE_DUPLICATE'],
    [null, 'EVIDENCE_DUPLICATE'],
  ] as const)('has no two keys of the kind %s', async (kind, code) => {
    const two = { ...whole, keys: [vek, ark].map((der) => ({ kind, der })) }
    await expect(decodeEvidence(writeBundle(two), 'auto')).rejects.toMatchObject({
      code,
      message: 'the container holds two endorsement keys of one kind',
      details: { kinds: [kind, kind] },
    })
    const three = (['vcek', 'vlek', null] as const).map((one) => ({ kind: one, der: vek }))
    expect((await decodeEvidence(writeBundle({ ...whole, keys: three }), 'auto')).endorsementKeys).toBe(3)
  })

  it('is recognised by its type alone', () => {
    const recognised = (text: string): boolean => attestedBundle.recognises(sniffOf(utf8(text)))
    expect(recognised(`{"__cmwc_t":"${bundleType}"}`)).toBe(true)
    expect(recognised(`{"__cmwc_t":"${bundleType}x"}`)).toBe(false)
    expect(recognised(`["${bundleType}"]`)).toBe(false)
    expect(recognised('{"report":[]}')).toBe(false)
    expect(recognised(`{"__cmwc_t":["${bundleType}"]}`)).toBe(false)
  })
})

describe('a bundle is refused', () => {
  const base64 = 'eyJhIjoxfQ'
  it.each<[string, Uint8Array, string]>([
    ['that is no JSON', utf8('{'), 'is not strict JSON'],
    ['that is a list', utf8('[]'), 'not a JSON object'],
    ['of no type', edited((doc) => delete doc['__cmwc_t']), '__cmwc_t is not tag:attested,2026:bundle/1'],
    ['of another version', edited((doc) => (doc['__cmwc_t'] = 'tag:attested,2026:bundle/2')), '__cmwc_t'],
    ['with an unknown label', edited((doc) => (doc['extra'] = ['a/b', base64])), 'unknown key "extra"'],
    ['without a report', edited((doc) => Reflect.deleteProperty(doc, 'report')), '"report" is no CMW record'],
    ['without a record', edited((doc) => Reflect.deleteProperty(doc, 'record')), 'record: not a JSON object'],
    [
      'with more in its record',
      edited((doc) => (doc.record['extra'] = ['a/b', base64])),
      'unknown key "extra"',
    ],
    ...['policy', 'run', 'verdict'].map((name): [string, Uint8Array, string] => [
      `without ${name}`,
      edited((doc) => Reflect.deleteProperty(doc.record, name)),
      `record: "${name}" is no CMW record`,
    ]),
    [
      'with a manifest that is null',
      edited((doc) => (doc.record['manifest'] = null)),
      '"manifest" is no CMW record',
    ],
    [
      'with expectations that are null',
      edited((doc) => (doc.record['expectations'] = null)),
      '"expectations" is no CMW record',
    ],
    ['with keys in a list', edited((doc) => (doc['keys'] = [])), 'keys: not a JSON object'],
    [
      'with a key of no kind',
      edited((doc) => (doc['keys'] = { '00': ['application/pkix-cert', 'AA', 2] })),
      'keys: unknown label "00"',
    ],
    [
      'with an attachment of an odd name',
      edited((doc) => (doc['attachments'] = { __cmwc_t: ['application/octet-stream', 'AA', 4] })),
      'attachments: unknown label "__cmwc_t"',
    ],
    [
      'with an attachment of a long name',
      edited((doc) => (doc['attachments'] = { ['a'.repeat(65)]: ['application/octet-stream', 'AA', 4] })),
      `attachments: unknown label "${'a'.repeat(64)}"`,
    ],
    ['with a report in text', edited((doc) => (doc.report[1] = 'a b')), '"report" is no CMW record'],
    [
      'with a report in no list',
      edited((doc) => (doc['report'] = 'AA' as never)),
      '"report" is no CMW record',
    ],
    ['with a report that is a number', edited((doc) => (doc.report[1] = 1)), '"report" is no CMW record'],
    ['that nests deeper', edited((doc) => (doc.report[2] = [[1]])), 'nested deeper than 3'],
  ])('%s', (_, bytes, problem) => {
    expect(problemOf(bytes)).toContain(problem)
  })

  it.each<[string, Uint8Array]>([
    ['white space', utf8(`${textOf(whole)}\n`)],
    [
      'another order',
      utf8(JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(textOf(whole)) as object).reverse()))),
    ],
    ['an escape', utf8(textOf(whole).replace('"report"', String.raw`"\u0072eport"`))],
    ['padding', edited((doc) => (doc.record['run'] = ['application/json', 'e30=', 16]))],
    ['the other alphabet of base64', edited((doc) => (doc.record['run'] = ['application/json', '+/+/', 16]))],
    ['another media type', edited((doc) => (doc.report[0] = 'application/octet-stream'))],
    ['another indicator', edited((doc) => (doc.report[2] = 2))],
    ['no indicator', edited((doc) => doc.report.pop())],
    ['a fourth member', edited((doc) => doc.report.push(4))],
    ['an empty collection', edited((doc) => (doc['crls'] = {}))],
    ['a gap in the labels', edited((doc) => (doc['crls'] = { '01': ['application/pkix-crl', 'AA', 2] }))],
    [
      'two keys of one number',
      edited(
        (doc) =>
          (doc['keys'] = {
            '00-vcek': ['application/pkix-cert', 'AA', 2],
            '00-vlek': ['application/pkix-cert', 'AA', 2],
          }),
      ),
    ],
    ['a nested type', edited((doc) => (doc['crls'] = { __cmwc_t: ['application/pkix-crl', 'AA', 2] }))],
  ])('in another form: %s', (_, bytes) => {
    expect(problemOf(bytes)).toBe('attested-bundle: not in its one form')
  })
})
