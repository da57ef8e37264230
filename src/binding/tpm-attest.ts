/**
 * What a TPM says of its PCRs: TPMS_ATTEST with a TPMS_QUOTE_INFO, big-endian, read to the last byte. Source: TCG, TPM
 * 2.0 Library, Part 2, §10.12 (TPMS_ATTEST), §10.6 (PCR selections).
 *
 * Structure only: who signed it is not known here. Not judged, because nothing that a relying party knows could be
 * compared with it: the qualified name of the signing key, clock and counters, and the version of the TPM's firmware.
 */
import { VerificationError } from '../errors/error.js'

/** The PCRs of one bank that are selected: bit i of byte k is PCR 8 k + i. */
export interface PcrSelection {
  /** TPM_ALG_ID of the bank. */
  readonly bank: number
  readonly selected: Uint8Array
}

export interface TpmQuote {
  /** What the caller of the TPM wanted signed: a nonce. */
  readonly extraData: Uint8Array
  readonly selections: readonly PcrSelection[]
  /** A digest over the values of all selected PCRs, one after the other, in the order of selection. */
  readonly pcrDigest: Uint8Array
}

/** TPM_GENERATED_VALUE: a TPM signs nothing else that begins so, if the key is restricted to what it makes. */
const generated = 0xff544347
const attestQuote = 0x8018

/** Clock and two counters, one flag, the version of the firmware. */
const clockInfoBytes = 8 + 4 + 4 + 1
const firmwareVersionBytes = 8
/** The longest name or nonce: an algorithm and a digest of SHA-512. */
const maxSized = 66
const maxDigest = 64
const maxBanks = 16

/** What is read in order: each call takes the next bytes. */
interface Cursor {
  readonly take: (length: number) => Uint8Array
  readonly integer: (bytes: 1 | 2 | 4) => number
  readonly left: () => number
}

function cursorOver(bytes: Uint8Array): Cursor {
  let at = 0
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw malformed('it ends too early')
    at += length
    return bytes.slice(at - length, at)
  }
  return {
    take,
    integer: (length) => take(length).reduce((value, byte) => value * 256 + byte, 0),
    left: () => bytes.length - at,
  }
}

/**
 * Reads a quote.
 *
 * @throws VerificationError `BINDING_DOCUMENT_MALFORMED` for anything else, and for bytes behind it.
 */
export function readTpmQuote(bytes: Uint8Array): TpmQuote {
  const cursor = cursorOver(bytes)
  if (cursor.integer(4) !== generated) throw malformed('not made by a TPM')
  if (cursor.integer(2) !== attestQuote) throw malformed('an attestation of another type')
  sized(cursor, maxSized)
  const extraData = sized(cursor, maxSized)
  cursor.take(clockInfoBytes + firmwareVersionBytes)
  const banks = cursor.integer(4)
  if (banks > maxBanks) throw malformed('too many PCR banks')
  const selections = Array.from({ length: banks }, (): PcrSelection => {
    const bank = cursor.integer(2)
    return { bank, selected: cursor.take(cursor.integer(1)) }
  })
  const pcrDigest = sized(cursor, maxDigest)
  if (cursor.left() > 0) throw malformed('bytes behind it')
  return { extraData, selections, pcrDigest }
}

/** Bytes behind their length, as all structures `TPM2B_…`. */
function sized(cursor: Cursor, max: number): Uint8Array {
  const length = cursor.integer(2)
  if (length > max) throw malformed('a part is too long')
  return cursor.take(length)
}

const malformed = (problem: string): VerificationError =>
  new VerificationError('BINDING_DOCUMENT_MALFORMED', `TPM quote: ${problem}`, { problem })
