/** The shape of a product line's published certificates. */

/** An intermediate that was revoked, known without its bytes. */
export interface RevokedIntermediate {
  readonly certificateSha256: string
  readonly spkiSha256: string
}

/** Certificates as base64 of their DER. */
export interface PublishedCertificates {
  /** The root. */
  readonly ark: string
  /** Signs VCEKs. */
  readonly ask: string
  /** Signs VLEKs. */
  readonly asvk: string
  readonly revoked: readonly RevokedIntermediate[]
}
