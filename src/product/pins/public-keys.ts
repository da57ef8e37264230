/** The shape of a product line's public keys. */

/** The DER of each SubjectPublicKeyInfo as base64. */
export interface PublicKeys {
  /** The root's. */
  readonly ark: string
  /** Signs VCEKs. */
  readonly ask: string
  /** Signs VLEKs. */
  readonly asvk: string
}
