/** What `inspect` finds, as JSON of schema `attested/inspect@1`. Nothing in it is verified. */
import { type EvidenceExtras, type EvidenceFormat, decodeEvidence } from '../evidence/index.js'
import { partsOfEvidence } from '../evidence/evidence.js'
import { sniffOf } from '../evidence/sniff.js'
import { readThim, thim } from '../evidence/thim.js'
import { isBytes } from '../encoding/bytes.js'
import { VerificationError, isVerificationError } from '../errors/index.js'
import { type Report, type ReportJson, parseReport, reportToJson } from '../report/index.js'
import { type BundleDocument, readBundle } from './bundle.js'
import type { EvidenceInput } from './evidence.js'
import { type PartJson, partOf } from './part.js'
import {
  type DocumentJson,
  type Refusal,
  describeCertificate,
  describeCrl,
  refusalOf,
} from './certificates.js'

/** Every key is there; `null` where nothing is known. */
export interface Inspection {
  readonly schema: 'attested/inspect@1'
  /** `null` where no format was recognised. */
  readonly format: EvidenceFormat | 'certificates' | null
  readonly notVerified: true
  /** What the report says; `null` for a report that could not be read, and for a file of certificates alone. */
  readonly claimed: ReportJson | null
  /** True if the container holds fields, and the report's bytes were written from them; `null` without a report. */
  readonly reconstructed: boolean | null
  readonly certificates: readonly DocumentJson[]
  /** What came beside the report for bindings to consume. The names are the format's. */
  readonly attachments: readonly PartJson[]
  /** Why the evidence or its report could not be read. */
  readonly error: Refusal | null
}

export interface Inspected {
  readonly inspection: Inspection
  readonly report: Report | null
  readonly failure: VerificationError | null
}

type Found = Pick<Inspection, 'format' | 'reconstructed' | 'certificates' | 'attachments'> & {
  readonly report: Report | null
  readonly failure: VerificationError | null
}

const nothing = {
  reconstructed: null,
  certificates: [],
  attachments: [],
  report: null,
  failure: null,
} as const

const inspected = ({ report, failure, ...found }: Found): Inspected => ({
  inspection: {
    schema: 'attested/inspect@1',
    format: found.format,
    notVerified: true,
    claimed: report === null ? null : reportToJson(report),
    reconstructed: found.reconstructed,
    certificates: found.certificates,
    attachments: found.attachments,
    error: failure === null ? null : refusalOf(failure),
  },
  report,
  failure,
})

export async function inspectEvidence(
  bytes: EvidenceInput,
  format: EvidenceFormat | 'auto',
  extras: EvidenceExtras,
): Promise<Inspected> {
  let found: Found = { ...nothing, format: format === 'auto' ? null : format }
  try {
    if (isBytes(bytes) && isThim(bytes, format) && isNothing(extras))
      return inspected({ ...found, format: 'thim', certificates: await describeThim(bytes) })
    const evidence = await decodeEvidence(bytes, format, extras)
    const parts = partsOfEvidence(evidence)
    const certificates = [
      ...(await describeAll(
        parts.leaves.map(({ der }) => der),
        true,
      )),
      ...(await describeAll(parts.intermediates, false)),
      ...(await describeAll(parts.roots, false)),
      ...parts.crls.map(({ der }) => describeCrl(der)),
    ]
    found = {
      ...found,
      format: evidence.format,
      reconstructed: evidence.reconstructed,
      certificates,
      attachments: [...parts.attachments].map(([name, content]) => partOf(name, content)),
    }
    return inspected({ ...found, report: parseReport(parts.report) })
  } catch (failure) {
    if (!isVerificationError(failure)) throw failure
    return inspected({ ...found, failure })
  }
}

/** Certificates alone: nothing that could be verified, and still something to look at. */
const isThim = (bytes: Uint8Array, format: EvidenceFormat | 'auto'): boolean =>
  format === 'thim' || (format === 'auto' && thim.recognises(sniffOf(bytes)))

const isNothing = ({ endorsementKey, certificates = [], crls = [] }: EvidenceExtras): boolean =>
  endorsementKey === undefined && certificates.length + crls.length === 0

async function describeThim(bytes: Uint8Array): Promise<readonly DocumentJson[]> {
  const { leaf, authorities } = readThim(bytes)
  return [...(await describeAll([leaf], true)), ...(await describeAll(authorities, false))]
}

const describeAll = (ders: readonly Uint8Array[], isLeaf: boolean): Promise<readonly DocumentJson[]> =>
  Promise.all(ders.map((der) => describeCertificate(der, isLeaf)))

export async function inspectBundle(bytes: Uint8Array): Promise<Inspected> {
  const found: Found = { ...nothing, format: 'certificates' }
  try {
    const certificates = await Promise.all(readBundle(bytes).map(describe))
    return inspected({ ...found, certificates, failure: unreadable(certificates) })
  } catch (failure) {
    if (!isVerificationError(failure)) throw failure
    return inspected({ ...found, failure })
  }
}

const describe = async ({ kind, der }: BundleDocument): Promise<DocumentJson> =>
  kind === 'crl' ? describeCrl(der) : describeCertificate(der)

/** A document of which nothing at all could be read. One that is merely not AMD's is shown and is no failure. */
function unreadable(documents: readonly DocumentJson[]): VerificationError | null {
  const refusal = documents.find(({ issuer }) => issuer === null)?.refusal ?? null
  return refusal === null ? null : new VerificationError(refusal.code, refusal.message)
}
