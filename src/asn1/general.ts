/**
 * General ASN.1 through asn1js, for structures that are not AMD's. Loaded on first use, never on the hot path.
 *
 * asn1js reads BER: it takes non-minimal lengths, indefinite lengths and trailing bytes. Everything goes
 * through our own strict walk first.
 */
import * as asn1js from 'asn1js'
import { copyBytes } from '../encoding/bytes.js'
import { VerificationError } from '../errors/error.js'
import { assertDer, type DerLimits } from './der.js'

const defaults: DerLimits = { maxBytes: 1 << 20, maxDepth: 32, maxElements: 20_000 }

/**
 * Parses one DER document.
 *
 * @returns The tree of asn1js. Untrusted.
 * @throws VerificationError `DER_*`.
 */
export function parseAsn1(der: Uint8Array, limits: DerLimits = defaults): asn1js.AsnType {
  assertDer(der, limits)
  const bytes = copyBytes(der)
  const { offset, result } = asn1js.fromBER(bytes.buffer)
  if (offset !== bytes.length) {
    throw new VerificationError('DER_UNEXPECTED', 'not understood as ASN.1', { problem: result.error })
  }
  return result
}
