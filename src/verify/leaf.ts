/** The endorsement key among what came with the evidence. */
import { type EndorsementKey, parseEndorsementKey } from '../endorsement/endorsement-key.js'
import { VerificationError } from '../errors/error.js'
import type { LeafCandidate } from '../evidence/container.js'
import type { Report } from '../report/report.js'

/**
 * Reads the certificate of the key that the report says it was signed with.
 *
 * Where a container says which kind a certificate is, that is a hint: one that it calls by the other kind is
 * taken only if there is no better one, and the tie judges what the certificate itself says.
 *
 * @param known - Finds a certificate that was read before.
 * @throws VerificationError `ENDORSEMENT_MISSING`, `EVIDENCE_DUPLICATE`, `DER_*`, `CERTIFICATE_*`.
 */
export function readEndorsementKey(
  leaves: readonly LeafCandidate[],
  report: Report,
  known: (der: Uint8Array) => EndorsementKey | null,
): EndorsementKey {
  const { signingKey } = report.keyInfo
  const fitting = leaves.filter(({ kind }) => kind === signingKey || kind === null)
  const candidates = fitting.length > 0 ? fitting : leaves
  if (candidates.length > 1)
    throw new VerificationError('EVIDENCE_DUPLICATE', `two certificates that may be the ${signingKey}`)
  const [leaf] = candidates
  if (leaf === undefined) {
    throw new VerificationError('ENDORSEMENT_MISSING', `no ${signingKey} certificate was given`, {
      expected: signingKey,
    })
  }
  return known(leaf.der) ?? parseEndorsementKey(leaf.der)
}
