/**
 * Evidence: a report, and what came with it. Untrusted in every part.
 *
 * Decoding takes a container apart and copies it; it verifies nothing. Of the certificates in a container only
 * the endorsement key and CRLs are ever used; others are compared with the pinned ones.
 */
import { copyBytes, equalBytes, requireBytes } from '../encoding/bytes.js'
import { timeOf } from '../encoding/time.js'
import { VerificationError } from '../errors/error.js'
import {
  type EvidenceFormat,
  type LeafCandidate,
  isRoot,
  kindOfLeaf,
  maxBytesOf,
  readCertificates,
  readCrl,
  readLeaf,
  requireSize,
} from './container.js'
import { evidenceFormats, formatNamed, isEvidenceFormat, recogniseFormat } from './registry.js'
import { reportBytes } from '../report/layout.js'

declare const evidenceBrand: unique symbol

/** Decoded evidence. Untrusted. Made by {@link decodeEvidence} alone. */
export interface Evidence {
  readonly [evidenceBrand]: true
  /** The format that was named or recognised. */
  readonly format: EvidenceFormat
  /** The report's bytes, a copy; not parsed yet. */
  readonly report: Uint8Array
  /** How many certificates came that may be the endorsement key. */
  readonly endorsementKeys: number
  readonly crls: number
}

/** A CRL from the caller. */
export interface CrlInput {
  /** DER or PEM. */
  readonly crl: Uint8Array
  /** When the caller fetched it; without it the CRL counts like one that came with the evidence. */
  readonly fetchedAt?: Date
  /** For which kind of key AMD published it: the caller knows the URL, the CRL does not say. */
  readonly scope?: 'vcek' | 'vlek'
}

/** What the caller adds to a container that does not hold it. */
export interface EvidenceExtras {
  /** The VCEK or VLEK certificate, DER or PEM. */
  readonly endorsementKey?: Uint8Array
  /** Other certificates, DER or PEM: compared with the pinned ones, never trusted. */
  readonly certificates?: readonly Uint8Array[]
  readonly crls?: readonly CrlInput[]
}

/** A CRL as evidence holds it. */
export interface EvidenceCrl {
  readonly der: Uint8Array
  /** Milliseconds since the epoch. */
  readonly fetchedAt: number | null
  readonly scope: 'vcek' | 'vlek' | null
}

interface EvidenceParts {
  readonly report: Uint8Array
  readonly leaves: readonly LeafCandidate[]
  readonly intermediates: readonly Uint8Array[]
  readonly roots: readonly Uint8Array[]
  readonly crls: readonly EvidenceCrl[]
}

const partsOf = new WeakMap<Evidence, EvidenceParts>()

/** The parts of evidence, for this package only. @throws TypeError for what {@link decodeEvidence} did not make. */
export function partsOfEvidence(evidence: Evidence): EvidenceParts {
  const parts = typeof evidence === 'object' ? partsOf.get(evidence) : undefined
  if (parts === undefined) throw new TypeError('evidence must come from decodeEvidence')
  return parts
}

const maxCrls = 8
const maxCertificates = 16

/**
 * Takes a container of evidence apart. Nothing is verified, and nothing in the result is trusted.
 *
 * @param input - The container's bytes, copied.
 * @param format - Its format, or `auto`: then exactly one format must recognise it.
 * @param extras - What the container does not hold.
 * @throws VerificationError `EVIDENCE_*`, `REPORT_LENGTH`.
 * @throws TypeError for wrong arguments.
 */
export async function decodeEvidence(
  input: Uint8Array,
  format: EvidenceFormat | 'auto',
  extras: EvidenceExtras = {},
): Promise<Evidence> {
  requireBytes(input, 'evidence')
  if (format !== 'auto' && !isEvidenceFormat(format)) {
    throw new TypeError(`format must be auto or one of ${evidenceFormats.join(', ')}`)
  }
  requireSize(input, maxBytesOf[format], 'evidence')
  // Copied before the first wait: the caller may change its objects while we do.
  const bytes = copyBytes(input)
  const added = readExtras(extras)
  const container = format === 'auto' ? await recogniseFormat(bytes) : await formatNamed(format)
  // A recognised format has its own limit, below that of unknown ones.
  requireSize(bytes, maxBytesOf[container.name], 'evidence')
  const held = container.decode(bytes)
  if (held.report.length !== reportBytes) {
    throw new VerificationError(
      'REPORT_LENGTH',
      `report: expected ${String(reportBytes)} bytes, got ${String(held.report.length)}`,
      {
        expected: reportBytes,
        actual: held.report.length,
      },
    )
  }
  const authorities = [...held.authorities, ...added.authorities]
  if (authorities.length > maxCertificates) throw tooMany('certificates', maxCertificates)
  // The same CRL out of the container adds nothing to what the caller says of it.
  const ownCrls = held.crls.filter((der) => !added.crls.some((crl) => equalBytes(crl.der, der)))
  const crls = [...ownCrls.map((der): EvidenceCrl => ({ der, fetchedAt: null, scope: null })), ...added.crls]
  if (crls.length > maxCrls) throw tooMany('CRLs', maxCrls)
  const parts: EvidenceParts = {
    report: copyBytes(held.report),
    leaves: mergeLeaves(held.leaves, added.leaf),
    intermediates: authorities.filter((der) => !isRoot(der)),
    roots: authorities.filter(isRoot),
    crls,
  }
  const evidence = Object.freeze({
    format: container.name,
    get report() {
      return parts.report.slice()
    },
    endorsementKeys: parts.leaves.length,
    crls: parts.crls.length,
  }) as Evidence
  partsOf.set(evidence, parts)
  return evidence
}

interface Added {
  readonly leaf: Uint8Array | null
  readonly authorities: readonly Uint8Array[]
  readonly crls: readonly EvidenceCrl[]
}

function readExtras({ endorsementKey, certificates = [], crls = [] }: EvidenceExtras): Added {
  if (![certificates, crls].every((list) => Array.isArray(list)))
    throw new TypeError('certificates and crls must be arrays')
  if (certificates.length > maxCertificates) throw tooMany('certificates', maxCertificates)
  if (crls.length > maxCrls) throw tooMany('CRLs', maxCrls)
  return {
    leaf:
      endorsementKey === undefined
        ? null
        : readLeaf(requireBytes(endorsementKey, 'endorsementKey'), 'endorsement key'),
    authorities: certificates.flatMap((bytes) =>
      readCertificates(requireBytes(bytes, 'certificate'), 'certificate'),
    ),
    crls: crls.map(({ crl, fetchedAt, scope }) => {
      const fetched = fetchedAt === undefined ? null : timeOf(fetchedAt)
      if (fetchedAt !== undefined && fetched === null) throw new TypeError('fetchedAt must be a valid Date')
      if (scope !== undefined && !['vcek', 'vlek'].includes(scope))
        throw new TypeError('scope must be vcek or vlek')
      return {
        der: readCrl(requireBytes(crl, 'crl'), 'CRL'),
        fetchedAt: fetched,
        scope: scope ?? null,
      }
    }),
  }
}

/** The caller's key beside one of its kind in the container is refused unless they are the same. */
function mergeLeaves(held: readonly LeafCandidate[], added: Uint8Array | null): readonly LeafCandidate[] {
  if (added === null || held.some(({ der }) => equalBytes(der, added))) return held
  const kind = held.length === 0 ? null : kindOfLeaf(added)
  if (held.length > 0 && (kind === null || held.some((leaf) => leaf.kind === kind))) {
    throw new VerificationError(
      'EVIDENCE_DUPLICATE',
      'the container already holds an endorsement key, another one',
      { kinds: held.map((leaf) => leaf.kind) },
    )
  }
  return [...held, { kind, der: added }]
}

const tooMany = (what: string, max: number): VerificationError =>
  new VerificationError('EVIDENCE_SIZE', `more than ${String(max)} ${what}`, { what, max })
