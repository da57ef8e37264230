/** What an engine is asked about a statement. */
import type { SignatureScheme } from './statement-algorithm.js'
import type { KeyMaterial } from './statement-key.js'

/** Keys of the scheme, a signature of its form, copies of all bytes: what `statement.ts` has checked before. */
export interface SignatureQuestion {
  readonly scheme: SignatureScheme
  readonly key: KeyMaterial
  readonly message: Uint8Array<ArrayBuffer>
  /** As `normalSignature` leaves it: ECDSA is r ‖ s. */
  readonly signature: Uint8Array<ArrayBuffer>
  /** Bytes of salt of RSASSA-PSS; 0 in every other scheme. */
  readonly saltLength: number
}
