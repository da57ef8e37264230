/** What can be asked of KDS, and what comes of it: untrusted in every part. */
import type { SignerKind } from '../endorsement/endorsement-key.js'
import type { ProductLine } from '../product/line.js'
import type { Report } from '../report/report.js'
import type { KdsChain } from './documents.js'
import type { VcekId } from './url.js'

export interface KdsRequestOptions {
  /** Gives up: the call rejects with `KDS_ABORTED`. Others who wait for the same answer still get it. */
  readonly signal?: AbortSignal
  /** Asks the network whatever is kept: for what verification refused. */
  readonly refresh?: boolean
}

/** A CRL, ready for `crls` of `decodeEvidence`. Untrusted. */
export interface KdsCrl {
  /** DER. */
  readonly crl: Uint8Array
  /** When the request was sent, less the age that a cache on the way admits. */
  readonly fetchedAt: Date
  readonly scope: SignerKind
}

/**
 * All members reject with a `VerificationError` of a code `KDS_*`: `KDS_NOT_FOUND`, `KDS_RATE_LIMITED`, `KDS_TIMEOUT`,
 * `KDS_UNAVAILABLE`, `KDS_RESPONSE`, `KDS_ABORTED`; and with a `TypeError` for wrong arguments. Failures of the store
 * come as they are, but for a full one: it keeps nothing.
 */
export interface KdsReader {
  /**
   * The VCEK of a report, or of a chip and its TCB. Of a version 2 report: `vcekIdOf(report, product)`.
   *
   * @returns DER, untrusted.
   * @throws VerificationError also `ENDORSEMENT_MISSING` for a VLEK or a masked CHIP_ID, `REPORT_PRODUCT_UNKNOWN`,
   *   `ENDORSEMENT_CHIP_ID_MISMATCH`.
   */
  readonly vcek: (of: Report | VcekId, options?: KdsRequestOptions) => Promise<Uint8Array>
  /** The certificates over a VCEK or VLEK. Verification needs none of them: they are pinned. */
  readonly chain: (product: ProductLine, kind: SignerKind, options?: KdsRequestOptions) => Promise<KdsChain>
  readonly crl: (product: ProductLine, kind: SignerKind, options?: KdsRequestOptions) => Promise<KdsCrl>
}
