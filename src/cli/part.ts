/** A part of evidence or of a bundle that is not shown: by its digest it can be told from another. */
import { sha256Hex } from '../crypto/digests.js'

export interface PartJson {
  readonly name: string
  readonly bytes: number
  /** Of the bytes as they came, lower-case hex. */
  readonly sha256: string
}

export const partOf = (name: string, bytes: Uint8Array): PartJson => ({
  name,
  bytes: bytes.length,
  sha256: sha256Hex(bytes),
})

/** Size and digest on one line. */
export const partText = ({ bytes, sha256 }: PartJson): string => `${String(bytes)} bytes, sha256:${sha256}`
