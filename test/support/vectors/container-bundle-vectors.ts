// Stage container: our own offline bundle, a CMW collection in JSON. What its record says has no part in a verification.
import { labCrl, labEvidence } from '../pki.js'
import { bad, ok, utf8 } from './container-sketch.js'
import { type TestSketch, type VectorGroup, type VectorInput, group } from './format.js'
import { base64, inputOf } from './inputs.js'

const own = labEvidence({ line: 'Genoa', version: 3 })
const otherChip = labEvidence({ line: 'Genoa', version: 3, report: { chipId: new Uint8Array(64).fill(7) } })
const cmw = 'RFC 9999'

type Tree = Record<string, unknown>

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
const json = (text: string, indicator: number): unknown => [
  'application/json',
  base64url(utf8(text)),
  indicator,
]

/** Members in the order of their names, which are ASCII. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([one], [two]) => (one < two ? -1 : 1))
  return Object.fromEntries(entries.map(([name, member]) => [name, sorted(member)]))
}

/** A bundle as a tree; its record is of no use, and need be of none. */
const tree = (more: Tree = {}): Tree => ({
  __cmwc_t: 'tag:attested,2026:bundle/1',
  report: ['application/vnd.amd.sev-snp.attestation-report', base64url(own.report), 4],
  keys: { '00-vcek': ['application/pkix-cert', base64url(own.vek), 2] },
  record: record(),
  ...more,
})
const record = (more: Tree = {}): Tree => ({
  policy: json('{}', 16),
  run: json('{"at":"2000-01-01T00:00:00.000Z"}', 16),
  verdict: json('{"verdict":"accepted"}', 8),
  ...more,
})

/** The bytes of a bundle in their one form. */
export const bundleBytes = (more: Tree = {}): Uint8Array => utf8(JSON.stringify(sorted(tree(more))))

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
const given = (bytes: Uint8Array, format = 'attested-bundle'): Partial<VectorInput> => ({
  evidence: base64(bytes),
  format,
})
const holding = (more: Tree, format?: string): Partial<VectorInput> => given(bundleBytes(more), format)
const attachment = (bytes = '{}'): unknown => ['application/octet-stream', base64url(utf8(bytes)), 4]
const form = 'a bundle has one form, and so one digest'
const certificate = (der: Uint8Array): unknown => ['application/pkix-cert', base64url(der), 2]

const bundles: readonly TestSketch[] = [
  ok('report, key and record', 'a record that claims a verdict changes nothing', holding({})),
  ok('the same, recognised', 'its type says what it is', holding({}, 'auto')),
  ok(
    'certificates, a CRL and an attachment',
    'hints, and what a binding may ask for',
    holding({
      certificates: { '00': certificate(own.ask), '01': certificate(own.ark) },
      crls: { '00': ['application/pkix-crl', base64url(labCrl('Genoa')), 2] },
      attachments: { manifest: attachment() },
    }),
  ),
  ok(
    'documents in the record',
    'what its maker pinned is nobody else’s pin',
    holding({ record: record({ manifest: json('{}', 1), expectations: json('{}', 1) }) }),
  ),
  ok(
    '64 attachments',
    'as many as there may be',
    holding({
      attachments: Object.fromEntries(
        Array.from({ length: 64 }, (_, index) => [`a${String(index)}`, attachment()]),
      ),
    }),
  ),
  bad(
    '65 attachments',
    'EVIDENCE_MALFORMED',
    'one more than there may be',
    holding({
      attachments: Object.fromEntries(
        Array.from({ length: 65 }, (_, index) => [`a${String(index)}`, attachment()]),
      ),
    }),
  ),
  bad(
    'another type',
    'EVIDENCE_MALFORMED',
    'another document',
    holding({ __cmwc_t: 'tag:attested,2026:bundle/2' }),
    cmw,
  ),
  bad('an unknown label', 'EVIDENCE_MALFORMED', 'nothing is read past', holding({ other: attachment() })),
  bad(
    'an unknown label in the record',
    'EVIDENCE_MALFORMED',
    'nothing is read past',
    holding({ record: record({ other: attachment() }) }),
  ),
  bad(
    'two keys of one kind',
    'EVIDENCE_DUPLICATE',
    'two readers could take different ones',
    holding({ keys: { '00-vlek': certificate(own.vek), '01-vlek': certificate(otherChip.vek) } }),
  ),
  bad('no record', 'EVIDENCE_MALFORMED', 'a bundle says how it came about', holding({ record: [] })),
  bad(
    'a manifest that is null',
    'EVIDENCE_MALFORMED',
    'what is absent is left out',
    holding({ record: record({ manifest: null }) }),
  ),
  bad(
    'a key of no kind',
    'EVIDENCE_MALFORMED',
    'VCEK, VLEK or not told',
    holding({ keys: { '00': certificate(own.vek) } }),
  ),
  bad(
    'an attachment with the name of a type',
    'EVIDENCE_MALFORMED',
    'no input of a binding is called so',
    holding({ attachments: { __cmwc_t: attachment() } }),
  ),
  bad('a line feed at the end', 'EVIDENCE_MALFORMED', form, given(utf8(`${text(bundleBytes())}\n`))),
  bad(
    'members in another order',
    'EVIDENCE_MALFORMED',
    form,
    given(
      utf8(JSON.stringify({ ...(sorted({ keys: tree()['keys'] }) as Tree), ...(sorted(tree()) as Tree) })),
    ),
  ),
  bad(
    'an escaped label',
    'EVIDENCE_MALFORMED',
    form,
    given(utf8(text(bundleBytes()).replace('"report"', String.raw`"\u0072eport"`))),
  ),
  bad(
    'base64 with padding',
    'EVIDENCE_MALFORMED',
    form,
    holding({ record: record({ policy: ['application/json', 'e30=', 16] }) }),
    cmw,
  ),
  bad(
    'another media type of the report',
    'EVIDENCE_MALFORMED',
    form,
    holding({ report: ['application/octet-stream', base64url(own.report), 4] }),
  ),
  bad(
    'the report as an endorsement',
    'EVIDENCE_MALFORMED',
    form,
    holding({ report: ['application/vnd.amd.sev-snp.attestation-report', base64url(own.report), 2] }),
    cmw,
  ),
  bad('an empty collection', 'EVIDENCE_MALFORMED', 'RFC 9999 has none', holding({ crls: {} }), cmw),
  bad(
    'a report of 1183 bytes',
    'REPORT_LENGTH',
    'a report has 1184 bytes',
    holding({
      report: ['application/vnd.amd.sev-snp.attestation-report', base64url(own.report.slice(1)), 4],
    }),
  ),
  bad(
    'a second label of the same name',
    'EVIDENCE_MALFORMED',
    'two readers could take different ones',
    given(utf8(text(bundleBytes()).replace('{', '{"__cmwc_t":"tag:attested,2026:bundle/1",'))),
  ),
]

export const bundleGroup = (): VectorGroup =>
  group('container/attested-bundle', 'The offline bundle', inputOf(own), bundles)
