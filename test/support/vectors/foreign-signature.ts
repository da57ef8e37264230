// Report signatures by node:crypto: a random k each time, and the report's little-endian form made here.
import { type KeyObject, sign } from 'node:crypto'

const signedBytes = 0x2a0
const [rAt, sAt, tailAt] = [0x2a0, 0x2e8, 0x330]

export interface SignatureForm {
  readonly hash?: string
  /** What is hashed; default: the signed bytes of the report. */
  readonly message?: (report: Uint8Array) => Uint8Array
  /** Which of many signatures is taken. */
  readonly wanted?: (r: Uint8Array, s: Uint8Array) => boolean
  /** Writes the signature; default: as the report has it. */
  readonly place?: (report: Uint8Array, r: Uint8Array, s: Uint8Array) => void
}

function placeLittleEndian(report: Uint8Array, r: Uint8Array, s: Uint8Array): void {
  report.set(r.slice().reverse(), rAt)
  report.set(s.slice().reverse(), sAt)
}

export const signatureAt: Readonly<Record<'r' | 's' | 'tail', number>> = { r: rAt, s: sAt, tail: tailAt }

/** A signed copy. r and s are 48 bytes, big-endian, until they are placed. */
export function signForeign(report: Uint8Array, key: KeyObject, form: SignatureForm = {}): Uint8Array {
  const { hash = 'sha384', message = (all) => all.subarray(0, signedBytes) } = form
  const { wanted = () => true, place = placeLittleEndian } = form
  for (let tries = 0; tries < 20_000; tries += 1) {
    const pair = new Uint8Array(sign(hash, message(report), { key, dsaEncoding: 'ieee-p1363' }))
    const [r, s] = [pair.slice(0, 48), pair.slice(48)]
    if (!wanted(r, s)) continue
    const out = report.slice()
    place(out, r, s)
    return out
  }
  throw new Error('no signature of that kind was found')
}
