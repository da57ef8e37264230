// Evidence that is accepted under the policy drafted from it: what the policy runs change one thing of.
import type { PolicyDocument } from '../../src/appraisal/document.js'
import { policyFromReport } from '../../src/appraisal/from-report.js'
import type { Binding } from '../../src/binding/binding.js'
import { bindings } from '../../src/binding/forms.js'
import { anchorsFrom } from '../../src/endorsement/anchors.js'
import { type EndorsementCache, createEndorsementCache } from '../../src/endorsement/cache.js'
import { parseEndorsementKey } from '../../src/endorsement/endorsement-key.js'
import type { Unchecked } from '../../src/errors/ledger.js'
import type { ProductLine } from '../../src/product/line.js'
import { parseReport } from '../../src/report/report.js'
import { type Verifier, makeVerifier } from '../../src/verify/pipeline.js'
import { toHex } from './der.js'
import { type EvidenceOptions, LAB_NOW, type LabEvidence, labCrl, labEvidence, labPki } from './pki.js'
import { type TcbParts, makeReport, signReport, tcbParts } from './report.js'

export type TestVerifier = Pick<Verifier, 'appraiseEvidence' | 'verifyDebugEvidence'>

/** A CRL, and what it says as somebody else read it. */
export interface KnownCrl {
  readonly name: string
  readonly der: Uint8Array
  readonly number: number
  readonly nextUpdate: Date
}

export interface Subject {
  readonly name: string
  readonly source: 'real' | 'lab'
  readonly line: ProductLine
  readonly signer: 'vcek' | 'vlek'
  readonly report: Uint8Array
  /** DER of the VCEK or VLEK. */
  readonly leaf: Uint8Array
  readonly leafFrom: Date
  readonly leafUntil: Date
  readonly at: Date
  readonly verifier: TestVerifier
  readonly cache: EndorsementCache
  /** Drafted from the report: accepted as it is. */
  readonly policy: PolicyDocument
  readonly binding: Binding | Unchecked
  /** CRLs of this line, genuine under the subject's roots. */
  readonly crls: readonly KnownCrl[]
  /** A genuine CRL of another line, which says nothing here. */
  readonly foreignCrl: Uint8Array
  /** The authorities of any line under which this subject is judged. */
  readonly authorities: (line: ProductLine) => Readonly<Record<'ark' | 'ask' | 'asvk', Uint8Array>>
  readonly facts: ReportFacts
}

export const tcbNames = ['reported', 'committed', 'current', 'launch'] as const
export type TcbName = (typeof tcbNames)[number]

/** What a report says, read from its bytes by offsets of our own: the reader under test is not asked. */
export interface ReportFacts {
  readonly version: number
  readonly guestSvn: number
  readonly policy: bigint
  readonly abi: readonly [major: number, minor: number]
  readonly platformInfo: bigint
  readonly vmpl: number
  readonly authorKeyEn: boolean
  readonly measurement: string
  readonly hostData: string
  readonly idKeyDigest: string
  readonly authorKeyDigest: string
  readonly familyId: string
  readonly imageId: string
  readonly reportId: string
  readonly chipId: string
  readonly reportData: Uint8Array
  readonly tcb: Readonly<Record<TcbName, Required<TcbParts>>>
  readonly silicon: Readonly<Record<'family' | 'model' | 'stepping', number>> | null
  readonly committedVersion: readonly [major: number, minor: number, build: number]
  readonly currentVersion: readonly [major: number, minor: number, build: number]
  readonly mitigations: Readonly<Record<'launch' | 'current', bigint>> | null
}

const tcbOffsets: Readonly<Record<TcbName, number>> = {
  current: 0x38,
  reported: 0x180,
  committed: 0x1e0,
  launch: 0x1f0,
}

export function factsOf(report: Uint8Array, line: ProductLine): ReportFacts {
  const view = new DataView(report.buffer, report.byteOffset, report.length)
  const hex = (offset: number, length: number): string => toHex(report.subarray(offset, offset + length))
  const byte = (offset: number): number => view.getUint8(offset)
  const tcb = (name: TcbName): Required<TcbParts> => tcbParts(line, view.getBigUint64(tcbOffsets[name], true))
  const version = view.getUint32(0, true)
  return {
    version,
    guestSvn: view.getUint32(4, true),
    policy: view.getBigUint64(8, true),
    abi: [byte(9), byte(8)],
    platformInfo: view.getBigUint64(0x40, true),
    vmpl: view.getUint32(0x30, true),
    authorKeyEn: (byte(0x48) & 1) === 1,
    measurement: hex(0x90, 48),
    hostData: hex(0xc0, 32),
    idKeyDigest: hex(0xe0, 48),
    authorKeyDigest: hex(0x110, 48),
    familyId: hex(0x10, 16),
    imageId: hex(0x20, 16),
    reportId: hex(0x140, 32),
    chipId: hex(0x1a0, 64),
    reportData: report.slice(0x50, 0x90),
    tcb: {
      reported: tcb('reported'),
      committed: tcb('committed'),
      current: tcb('current'),
      launch: tcb('launch'),
    },
    silicon: version === 2 ? null : { family: byte(0x188), model: byte(0x189), stepping: byte(0x18a) },
    currentVersion: [byte(0x1ea), byte(0x1e9), byte(0x1e8)],
    committedVersion: [byte(0x1ee), byte(0x1ed), byte(0x1ec)],
    mitigations:
      version < 5
        ? null
        : { launch: view.getBigUint64(0x1f8, true), current: view.getBigUint64(0x200, true) },
  }
}

/** The components of a line's TCB. */
export const componentsOf = (line: ProductLine): readonly (keyof TcbParts)[] =>
  line === 'Turin'
    ? ['fmc', 'bootloader', 'tee', 'snp', 'microcode']
    : ['bootloader', 'tee', 'snp', 'microcode']

/** All 64 bytes, as the sample has them; nobody chose them for this run. */
export function bindingTo(reportData: Uint8Array): Binding | Unchecked {
  return reportData.every((one) => one === 0)
    ? { unchecked: 'REPORT_DATA of this sample is zero' }
    : bindings.reportData(reportData, { freshness: { unchecked: 'a stored sample' } })
}

type SubjectParts = Omit<Subject, 'policy' | 'binding' | 'facts'>

/** The draft, narrowed as its editor would: to the line of the key, and to its chip. */
function narrowed(parts: { readonly report: Uint8Array; readonly leaf: Uint8Array }): PolicyDocument {
  const { policy } = policyFromReport(parseReport(parts.report), { endorsementKey: parts.leaf })
  const { productLine, hwId } = parseEndorsementKey(parts.leaf)
  const { tcb } = policy
  const floors = 'floors' in tcb ? tcb.floors.filter(({ product }) => product === productLine) : []
  return { ...policy, products: [productLine], tcb: { floors }, chips: hwId === null ? 'any' : [toHex(hwId)] }
}

export function makeSubject(parts: SubjectParts): Subject {
  const facts = factsOf(parts.report, parts.line)
  const policy = narrowed(parts)
  return { ...parts, policy, facts, binding: bindingTo(facts.reportData) }
}

const labAnchors = anchorsFrom((line) => {
  const { ark, ask, asvk } = labPki().lines[line]
  return { ark: ark.der, ask: ask.der, asvk: asvk.der, revoked: [] }
})

/** The verifier over the lab's roots. */
export const labVerifier: Verifier = makeVerifier(labAnchors)

const labCache = createEndorsementCache()

const foreign = new Map<ProductLine, Uint8Array>()

function foreignCrl(line: ProductLine): Uint8Array {
  const crl = foreign.get(line) ?? labCrl(line === 'Genoa' ? 'Milan' : 'Genoa')
  foreign.set(line, crl)
  return crl
}

const bases = new Map<string, LabEvidence>()

/**
 * The evidence of a signer of the lab, its certificate and CRL made once: RSA signatures are what costs time here.
 * Reports that claim the same chip and REPORTED_TCB can share them.
 */
function labBase({
  line = 'Milan',
  signer = 'vcek',
  chain = 'lab',
  report = {},
}: EvidenceOptions): LabEvidence {
  const { tcb, reportedTcb = tcb, chipId } = report
  const shared = {
    ...(reportedTcb === undefined ? {} : { reportedTcb }),
    ...(chipId === undefined ? {} : { chipId }),
  }
  const name = JSON.stringify([line, signer, chain, reportedTcb, chipId?.join(' ')])
  const known = bases.get(name)
  if (known !== undefined) return known
  const made = labEvidence({ line, signer, chain, report: shared })
  bases.set(name, made)
  return made
}

/** Signed lab evidence over a shared certificate. */
export function labParts(options: LabSubjectOptions = {}): LabEvidence {
  const base = labBase(options)
  const { version = 3, report = {} } = options
  const unsigned = makeReport({ ...report, line: base.line, signer: base.signer, version })
  return { ...base, report: signReport(unsigned, base.scalar) }
}

export function labSubject(name: string, options: LabSubjectOptions = {}): Subject {
  return subjectOf(name, labParts(options))
}

export type LabSubjectOptions = Pick<EvidenceOptions, 'line' | 'signer' | 'version' | 'chain' | 'report'>

function subjectOf(name: string, evidence: LabEvidence): Subject {
  return makeSubject({
    name,
    source: 'lab',
    line: evidence.line,
    signer: evidence.signer,
    report: evidence.report,
    leaf: evidence.vek,
    leafFrom: new Date('2026-01-01T00:00:00Z'),
    leafUntil: new Date(evidence.signer === 'vcek' ? '2033-01-01T00:00:00Z' : '2027-01-01T00:00:00Z'),
    at: LAB_NOW,
    verifier: labVerifier,
    cache: labCache,
    crls: [
      {
        name: 'lab CRL 7',
        der: evidence.crl,
        number: 7,
        nextUpdate: new Date('2026-07-01T00:00:00Z'),
      },
    ],
    foreignCrl: foreignCrl(evidence.line),
    authorities: (line) => {
      const { ark, ask, asvk } = labPki().lines[line]
      return { ark: ark.der, ask: ask.der, asvk: asvk.der }
    },
  })
}
