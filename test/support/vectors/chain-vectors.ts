// Stage chain: authorities that are not the pinned ones, signatures, names and dates.
import { LINES } from '../names.js'
import { rsaKey } from '../keys.js'
import { amdName } from '../names.js'
import { type EvidenceOptions, labEvidence, labPki } from '../pki.js'
import { pem } from '../cert-table.js'
import { makeAsk } from '../certificates.js'
import { signPss } from '../pss.js'
import { type TestSketch, type VectorFile, type VectorInput, group, vectorFile } from './format.js'
import { accepted, base64, evidenceOf, policyWith } from './inputs.js'

const kds = 'AMD 57230; RFC 5280 §6.1'
const anchorCheck = { code: 'CHAIN_ANCHOR_UNKNOWN', failed: ['chain.anchors'] } as const
const intermediateCheck = { code: 'CHAIN_INTERMEDIATE_UNKNOWN', failed: ['intermediates'] } as const
const signatureCheck = { code: 'CHAIN_SIGNATURE', failed: ['chain.signature'] } as const

const forged: readonly TestSketch[] = LINES.flatMap((line) =>
  (['vcek', 'vlek'] as const).flatMap((signer): readonly TestSketch[] => {
    const evidence = labEvidence({ line, signer, version: 3, chain: 'attacker' })
    const input = { evidence: base64(evidence.report), endorsementKey: base64(evidence.vek) }
    const why = "anybody can make a complete chain in AMD's names; only the pins tell it from AMD's"
    const common = { why, source: kds, flags: ['bypass'] }
    return [
      { ...common, ...signatureCheck, comment: `${line} ${signer}: the leaf alone`, input },
      {
        ...common,
        ...anchorCheck,
        comment: `${line} ${signer}: with its ARK`,
        input: { ...input, certificates: [base64(evidence.ark)] },
      },
      {
        ...common,
        ...intermediateCheck,
        comment: `${line} ${signer}: with its intermediate`,
        input: { ...input, certificates: [base64(evidence.ask)] },
      },
      {
        ...common,
        ...anchorCheck,
        comment: `${line} ${signer}: with both, as PEM`,
        input: {
          ...input,
          certificates: [base64(new TextEncoder().encode(pem(evidence.ask) + pem(evidence.ark)))],
        },
      },
    ]
  }),
)

const { lines, rotated, revoked, attacker } = labPki()
const genoa = labEvidence({ line: 'Genoa', version: 3 })
const rotatedEvidence = evidenceOf({ line: 'Genoa', version: 3, chain: 'rotated' })
const certificates = (...ders: readonly Uint8Array[]): Partial<VectorInput> => ({
  certificates: ders.map(base64),
})
const requiredCrl = { crl: 'required', graceDays: 0, minNumbers: { Genoa: 7 }, maxFetchAgeDays: 30 } as const
const crl = { crls: [{ crl: base64(genoa.crl), fetchedAt: '2026-05-30T00:00:00Z' }] }
const arkSigned = {
  policy: policyWith('intermediates', 'arkSigned', policyWith('revocation', requiredCrl)),
  ...crl,
}

function rotation(comment: string, why: string, edit: Parameters<typeof makeAsk>[2]): TestSketch {
  const authority = makeAsk('Genoa', lines.Genoa.ark, {
    key: rsaKey('rotatedAsk-Genoa'),
    serial: 0x20003n,
    ...edit,
  })
  return {
    comment,
    why,
    source: 'attested policy, intermediates',
    flags: ['bypass'],
    input: {
      ...evidenceOf({ line: 'Genoa', version: 3, vek: { authority, issuer: amdName('SEV-Genoa') } }),
      ...certificates(authority.der),
      ...arkSigned,
    },
    ...intermediateCheck,
  }
}

const profileWhy = "an intermediate that is not exactly AMD's profile could be anything the ARK ever signed"

const hints: readonly TestSketch[] = [
  {
    comment: 'with the pinned ASK and ARK',
    why: 'the pinned certificates may come along',
    source: kds,
    input: certificates(lines.Genoa.ask.der, lines.Genoa.ark.der),
  },
  {
    comment: 'with the pinned ASVK of the line beside the ASK',
    why: 'some tables carry both',
    source: kds,
    input: certificates(lines.Genoa.ask.der, lines.Genoa.asvk.der),
  },
  {
    comment: 'with the ARK of another line',
    why: 'one line has one root',
    source: kds,
    input: certificates(lines.Milan.ark.der),
    ...anchorCheck,
  },
  {
    comment: 'with the ASK of another line',
    why: 'one line has one ASK',
    source: kds,
    input: certificates(lines.Milan.ask.der),
    ...intermediateCheck,
  },
  {
    comment: "with the attacker's ASK beside a genuine leaf",
    why: 'hints are compared even where they are not needed',
    source: kds,
    input: certificates(attacker('Genoa').ask.der),
    ...intermediateCheck,
  },
  {
    comment: "with the attacker's ARK after the pinned one",
    why: 'every root is compared',
    source: kds,
    input: certificates(lines.Genoa.ark.der, attacker('Genoa').ark.der),
    ...anchorCheck,
  },
  {
    comment: 'with the pinned ASK re-encoded: trailing byte',
    why: 'pins are compared byte for byte',
    source: kds,
    flags: ['encoding'],
    input: certificates(Uint8Array.from([...lines.Genoa.ask.der, 0])),
    ...intermediateCheck,
  },
  {
    comment: 'with bytes that are no certificate',
    why: 'a hint that cannot be read is not the pinned one',
    source: kds,
    input: certificates(Uint8Array.of(1, 2, 3)),
    ...intermediateCheck,
  },
  {
    comment: 'leaf of a rotated ASK alone',
    why: 'only the pinned key counts',
    source: kds,
    flags: ['bypass'],
    input: rotatedEvidence,
    ...signatureCheck,
  },
  {
    comment: 'leaf of a rotated ASK with that ASK, intermediates pinned',
    why: 'the ARK signing it is not enough',
    source: 'attested policy, intermediates',
    flags: ['bypass'],
    input: { ...rotatedEvidence, ...certificates(rotated.Genoa.der) },
    ...intermediateCheck,
  },
  {
    comment: 'the same with intermediates arkSigned and a required CRL',
    why: 'a rotation ahead of a release',
    source: 'attested policy, intermediates',
    flags: ['valid'],
    input: { ...rotatedEvidence, ...certificates(rotated.Genoa.der), ...arkSigned },
  },
  {
    comment: 'arkSigned: leaf of the pinned ASK, with that ASK and a rotated one',
    why: 'a table may carry both during a rotation',
    source: 'attested policy, intermediates',
    flags: ['valid'],
    input: { ...certificates(lines.Genoa.ask.der, rotated.Genoa.der), ...arkSigned },
  },
  {
    comment: 'arkSigned: leaf of a rotated ASK, with the pinned ASK after it',
    why: 'a table may carry both during a rotation',
    source: 'attested policy, intermediates',
    flags: ['valid'],
    input: { ...rotatedEvidence, ...certificates(rotated.Genoa.der, lines.Genoa.ask.der), ...arkSigned },
  },
  {
    comment: 'arkSigned: leaf alone, the pinned ASK is used',
    why: 'nothing was supplied to choose',
    source: 'attested policy, intermediates',
    flags: ['valid'],
    input: arkSigned,
  },
  rotation('arkSigned: pathLenConstraint is 1', profileWhy, {
    edit: (list) =>
      list.map((one) =>
        one.oid === '2.5.29.19'
          ? { ...one, value: Uint8Array.of(0x30, 0x06, 0x01, 0x01, 0xff, 0x02, 0x01, 0x01) }
          : one,
      ),
  }),
  rotation('arkSigned: no pathLenConstraint', profileWhy, {
    edit: (list) =>
      list.map((one) =>
        one.oid === '2.5.29.19' ? { ...one, value: Uint8Array.of(0x30, 0x03, 0x01, 0x01, 0xff) } : one,
      ),
  }),
  rotation('arkSigned: BasicConstraints is not critical', profileWhy, {
    edit: (list) =>
      list.map(({ oid, value, critical }) =>
        oid === '2.5.29.19'
          ? { oid, value }
          : critical === undefined
            ? { oid, value }
            : { oid, value, critical },
      ),
  }),
  rotation('arkSigned: no KeyUsage', profileWhy, {
    edit: (list) => list.filter(({ oid }) => oid !== '2.5.29.15'),
  }),
  rotation('arkSigned: KeyUsage also signs CRLs', profileWhy, {
    edit: (list) =>
      list.map((one) => (one.oid === '2.5.29.15' ? { ...one, value: Uint8Array.of(3, 2, 1, 6) } : one)),
  }),
  rotation('arkSigned: an extension more', profileWhy, {
    edit: (list) => [...list, { oid: '2.5.29.37', value: Uint8Array.of(0x30, 0) }],
  }),
  rotation('arkSigned: another subject', profileWhy, { subject: amdName('SEV-Genoa2') }),
  rotation('arkSigned: signed by an attacker', 'the ARK must have signed it', {
    sign: (tbs) => signPss(tbs, rsaKey('attacker-ark')),
  }),
  rotation('arkSigned: another issuer name', profileWhy, { issuer: amdName('ARK-Milan') }),
  {
    comment: 'the revoked ASK beside a leaf of its own',
    why: 'AMD revoked a genuine ASK; its certificate and key are known',
    source: 'AMD CRL of Genoa',
    flags: ['bypass'],
    input: {
      ...evidenceOf({ line: 'Genoa', version: 3, chain: 'revoked' }),
      ...certificates(revoked.Genoa.der),
    },
    code: 'REVOCATION_REVOKED',
    failed: ['chain.revokedIntermediates'],
  },
  {
    comment: 'the revoked ASK re-issued: other serial, same key',
    why: 'the key is revoked, whatever certificate it comes in',
    source: 'AMD CRL of Genoa',
    flags: ['bypass'],
    input: {
      ...evidenceOf({ line: 'Genoa', version: 3, chain: 'revoked' }),
      ...certificates(
        makeAsk('Genoa', lines.Genoa.ark, { key: rsaKey('revokedAsk-Genoa'), serial: 0x20009n }).der,
      ),
      ...arkSigned,
    },
    code: 'REVOCATION_REVOKED',
    failed: ['chain.revokedIntermediates'],
  },
  {
    comment: 'a leaf of the revoked ASK alone',
    why: 'its key is not the pinned one',
    source: kds,
    flags: ['bypass'],
    input: evidenceOf({ line: 'Genoa', version: 3, chain: 'revoked' }),
    ...signatureCheck,
  },
]

const leafWith = (vek: EvidenceOptions['vek']): Partial<VectorInput> =>
  evidenceOf({ line: 'Genoa', version: 3, ...(vek === undefined ? {} : { vek }) })

const leaves: readonly TestSketch[] = [
  {
    comment: 'issuer name of the leaf in another order',
    why: 'names are compared as they are encoded',
    source: 'RFC 5280 §6.1.3',
    input: leafWith({ issuer: [...amdName('SEV-Genoa')].reverse() }),
    code: 'CHAIN_ISSUER',
    failed: ['chain.issuer'],
  },
  {
    comment: 'issuer name of the leaf without its organisation',
    why: 'the common name alone is not the name',
    source: 'RFC 5280 §6.1.3',
    input: leafWith({ issuer: amdName('SEV-Genoa').filter(({ oid }) => oid !== 'O' && oid !== '2.5.4.10') }),
    code: 'CHAIN_ISSUER',
    failed: ['chain.issuer'],
  },
  {
    comment: 'a bit of the signature flipped',
    why: 'the signature binds the leaf',
    source: kds,
    flags: ['bypass'],
    input: leafWith({
      tamperSignature: (bytes) => bytes.map((byte, index) => (index === 200 ? byte ^ 1 : byte)),
    }),
    ...signatureCheck,
  },
  {
    comment: 'signed by the ARK itself',
    why: 'the ASK signs VCEKs',
    source: kds,
    flags: ['bypass'],
    input: leafWith({ sign: (tbs) => signPss(tbs, lines.Genoa.ark.key) }),
    ...signatureCheck,
  },
  {
    comment: 'a VCEK signed by the ASVK',
    why: 'the ASVK signs VLEKs',
    source: kds,
    flags: ['bypass'],
    input: leafWith({ sign: (tbs) => signPss(tbs, lines.Genoa.asvk.key) }),
    ...signatureCheck,
  },
  {
    comment: 'signed by the ASK of another line',
    why: 'one line has one ASK',
    source: kds,
    flags: ['bypass'],
    input: leafWith({ sign: (tbs) => signPss(tbs, lines.Milan.ask.key) }),
    ...signatureCheck,
  },
  {
    comment: 'salt of 32 bytes, under the pinned algorithm identifier',
    why: 'the salt length is pinned',
    source: kds,
    flags: ['modified'],
    input: leafWith({ sign: (tbs) => signPss(tbs, lines.Genoa.ask.key, { saltLength: 32 }) }),
    ...signatureCheck,
  },
  {
    comment: 'MGF1 with SHA-256, under the pinned algorithm identifier',
    why: 'the mask function is pinned',
    source: kds,
    flags: ['modified'],
    input: leafWith({ sign: (tbs) => signPss(tbs, lines.Genoa.ask.key, { mgfHash: 'sha256' }) }),
    ...signatureCheck,
  },
]

const notBefore = Date.parse('2026-01-01T00:00:00Z')
const vcekEnd = Date.parse('2026-03-01T00:00:00Z')
const iso = (time: number): string => new Date(time).toISOString()
const dated = leafWith({ notBefore: new Date(notBefore), notAfter: new Date(vcekEnd) })
const early = { code: 'CERTIFICATE_NOT_YET_VALID', failed: ['chain.validity'] } as const
const late = { code: 'CERTIFICATE_EXPIRED', failed: ['chain.validity'] } as const
const at = (comment: string, time: number, expected: Partial<TestSketch> = {}): TestSketch => ({
  comment,
  why: 'certificates are judged at the given time, to the second; a leaf may be 300 s ahead of the clock',
  source: 'RFC 5280 §6.1.3',
  flags: expected.code === undefined ? ['valid', 'edge'] : ['edge'],
  input: { ...dated, at: iso(time) },
  ...expected,
})

const dates: readonly TestSketch[] = [
  at('301 s before notBefore', notBefore - 301_000, early),
  at('300 s and 1 ms before notBefore', notBefore - 300_001, early),
  at('300 s before notBefore', notBefore - 300_000),
  at('at notBefore', notBefore),
  at('at notAfter', vcekEnd),
  at('999 ms after notAfter, the same second', vcekEnd + 999),
  at('1 s after notAfter', vcekEnd + 1000, late),
  at('years before', Date.parse('2021-01-01T00:00:00Z'), early),
  at('years after', Date.parse('2040-01-01T00:00:00Z'), late),
  {
    comment: 'a VLEK after its year',
    why: 'a VLEK is valid for a year',
    source: 'AMD 57230',
    input: { ...evidenceOf({ line: 'Milan', signer: 'vlek', version: 3 }), at: '2027-06-01T00:00:00Z' },
    ...late,
  },
  {
    comment: 'after the notAfter of the ASK and ARK, with a leaf that outlives them',
    why: 'every certificate of the path is judged',
    source: 'RFC 5280 §6.1.3',
    input: { ...leafWith({ notAfter: new Date('2049-12-31T23:59:59Z') }), at: '2045-01-01T00:00:01Z' },
    ...late,
  },
  {
    comment: 'before the notBefore of the ASK and ARK, with an earlier leaf: no tolerance there',
    why: 'only the leaf is signed on request',
    source: 'RFC 5280 §6.1.3',
    input: { ...leafWith({ notBefore: new Date('2019-01-01T00:00:00Z') }), at: '2019-12-31T23:59:59Z' },
    ...early,
  },
  {
    comment: 'a leaf up to 2050, in GeneralizedTime',
    why: 'UTCTime ends with 2049',
    source: 'RFC 5280 §4.1.2.5',
    flags: ['valid', 'edge'],
    input: leafWith({ notAfter: new Date('2050-01-01T00:00:00Z') }),
  },
]

export function chainVectors(): VectorFile {
  const input = accepted({ line: 'Genoa', version: 3 })
  return vectorFile('chain', [
    group('chain/forged', "An attacker's self-consistent chain in AMD's names", input, forged),
    group('chain/hints', 'Authorities that come with the evidence', input, hints),
    group('chain/leaf', "The leaf's issuer and signature", input, leaves),
    group('chain/dates', 'Dates', input, dates),
  ])
}
