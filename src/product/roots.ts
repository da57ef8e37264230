/**
 * The pinned roots: AMD's published certificates per product line.
 *
 * Pinned means that bytes are compared with these, never that evidence may bring its own. That each ARK
 * signed its ASK and ASVK is checked by the tests, so that no verification pays for it again.
 */
import { fromBase64 } from '../encoding/base64.js'
import type { ProductLine } from './line.js'
import type { PublishedCertificates, RevokedIntermediate } from './roots/published.js'
import { published as genoa } from './roots/genoa.js'
import { published as milan } from './roots/milan.js'
import { published as turin } from './roots/turin.js'

export type { RevokedIntermediate } from './roots/published.js'

/** The DER certificates of one line. */
export interface LineRoots {
  readonly ark: Uint8Array
  readonly ask: Uint8Array
  readonly asvk: Uint8Array
  readonly revoked: readonly RevokedIntermediate[]
}

const published: Readonly<Record<ProductLine, PublishedCertificates>> = {
  Milan: milan,
  Genoa: genoa,
  Turin: turin,
}

/** AMD's certificates of one line, decoded anew: nobody shares them. */
export function amdRoots(line: ProductLine): LineRoots {
  const { ark, ask, asvk, revoked } = published[line]
  return { ark: decode(ark), ask: decode(ask), asvk: decode(asvk), revoked }
}

function decode(base64: string): Uint8Array {
  const der = fromBase64(base64)
  if (der === null) throw new TypeError('a pinned certificate is damaged')
  return der
}
