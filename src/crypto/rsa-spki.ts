/** The modulus inside the SubjectPublicKeyInfo of an RSA-4096 key whose form was checked before. */
import { bigEndianInteger } from '../encoding/bytes.js'

// SEQUENCE { SEQUENCE { rsaEncryption, NULL }, BIT STRING { SEQUENCE { INTEGER n, INTEGER 65537 } } } has one
// length for this size of key, so that the modulus has one place: before the exponent's five bytes.
const spkiBytes = 550
const modulusBytes = 512
const exponentBytes = 5

/** @throws TypeError for a key of another size: issuers are read by `x509/algorithm.ts` before they come here. */
export function modulusOfSpki(spki: Uint8Array): bigint {
  if (spki.length !== spkiBytes) throw new TypeError('not the SubjectPublicKeyInfo of an RSA-4096 key')
  return bigEndianInteger(spki.subarray(spkiBytes - exponentBytes - modulusBytes, spkiBytes - exponentBytes))
}
