/**
 * The certificates behind the pins: what AMD publishes per product line, whole.
 *
 * No verification loads them: `pins.ts` holds what it needs of them, and the tests compare the two. That each ARK
 * signed its ASK and ASVK is checked by the tests, so that no verification pays for it again. Whoever wants to show
 * a certificate or to hand one out loads this file on first use.
 */
import { fromBase64 } from '../encoding/base64.js'
import type { ProductLine } from './line.js'
import { type RevokedIntermediate, amdPins } from './pins.js'
import type { PublishedCertificates } from './roots/published.js'
import { published as genoa } from './roots/genoa.js'
import { published as milan } from './roots/milan.js'
import { published as turin } from './roots/turin.js'

export type { RevokedIntermediate } from './pins.js'

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
  const { ark, ask, asvk } = published[line]
  return { ark: decode(ark), ask: decode(ask), asvk: decode(asvk), revoked: amdPins[line].revoked }
}

function decode(base64: string): Uint8Array {
  const der = fromBase64(base64)
  if (der === null) throw new TypeError('a pinned certificate is damaged')
  return der
}
