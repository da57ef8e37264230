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
  let parsed: ReturnType<typeof asn1js.fromBER>
  try {
    parsed = asn1js.fromBER(copyBytes(der).buffer)
  } catch (cause) {
    throw new VerificationError('DER_UNEXPECTED', 'not understood as ASN.1', {}, { cause })
  }
  const { offset, result } = parsed
  const problem = problemIn(result)
  if (offset !== der.length || problem !== '')
    throw new VerificationError('DER_UNEXPECTED', 'not understood as ASN.1', { problem })
  return result
}

/** The first problem that asn1js noted on an element: it keeps some to the element and parses on. */
function problemIn({ error, valueBlock }: { readonly error: string; readonly valueBlock: object }): string {
  if (error !== '') return error
  const value: unknown = 'value' in valueBlock ? valueBlock.value : null
  // Constructed elements hold a list of elements, identifiers one of numbers, others something else.
  if (!Array.isArray(value)) return ''
  for (const child of value as readonly unknown[]) {
    const problem = child instanceof asn1js.BaseBlock ? problemIn(child) : ''
    if (problem !== '') return problem
  }
  return ''
}
