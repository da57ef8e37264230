/** The shape of a product line's published certificates. */

/** Certificates as base64 of their DER. */
export interface PublishedCertificates {
  /** The root. */
  readonly ark: string
  /** Signs VCEKs. */
  readonly ask: string
  /** Signs VLEKs. */
  readonly asvk: string
}
