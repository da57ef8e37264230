/** What Azure's paravisor and its virtual TPM write: the runtime claims, and quotes. Loaded with the profiles. */
import { isFilledWith } from '../encoding/bytes.js'
import { parseStrictJson } from '../encoding/json.js'
import { toUtf8 } from '../encoding/text.js'
import { readStatementKey } from '../crypto/statement-key.js'
import { type JsonValue, VerificationError } from '../errors/error.js'
import { type Codec, makeCodec } from './codec.js'
import { readTpmQuote } from './tpm-attest.js'

type Members = Readonly<Record<string, JsonValue>>

const isMembers = (value: JsonValue | undefined): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const malformed = (what: string, problem: string): VerificationError =>
  new VerificationError('BINDING_DOCUMENT_MALFORMED', `${what}: ${problem}`, { what, problem })

/** The largest document that a vTPM's NV index has been seen to hold has 1200 bytes. */
export const maxRuntimeClaims: number = 16 * 1024

const attestationKey = 'HCLAkPub'

/**
 * The runtime claims: a JSON object with `keys`, a list of JSON Web Keys. Gives `akPub`, the SubjectPublicKeyInfo (DER)
 * of the one key that is called HCLAkPub.
 *
 * The rest (configuration of the VM, further keys, data of the guest) is neither judged nor shown as a claim: the bytes
 * are committed, and a caller can read them. Members that are not known are let through, because the paravisor that
 * writes them is newer than any list of ours, and none of them changes which key it is.
 */
export const hclRuntime: Codec = makeCodec(
  { name: 'HCL runtime claims', gives: ['akPub'], mustAccept: false },
  (bytes) => {
    const what = 'HCL runtime claims'
    const json = parseStrictJson(bytes, {
      code: 'BINDING_DOCUMENT_MALFORMED',
      what,
      maxLength: maxRuntimeClaims,
      maxDepth: 8,
    })
    const keys: JsonValue | undefined =
      isMembers(json) && Object.hasOwn(json, 'keys') ? json['keys'] : undefined
    if (!Array.isArray(keys)) throw malformed(what, 'keys is not a list')
    const list: readonly JsonValue[] = keys
    const [key, another] = list.filter(
      (one) => isMembers(one) && Object.hasOwn(one, 'kid') && one['kid'] === attestationKey,
    )
    if (key === undefined || another !== undefined) throw malformed(what, `not one key ${attestationKey}`)
    return { claims: { akPub: readStatementKey(toUtf8(JSON.stringify(key)), 'jwk').spki } }
  },
)

const sha256Bank = 0x000b
/** For PCR 0 to 23. */
const selectionBytes = 3
const digestBytes = 32

/**
 * A quote over PCRs of the SHA-256 bank and no other. Gives `quoteNonce`, `quotePcrSelection` (3 bytes, bit i of byte k
 * is PCR 8 k + i) and `quotePcrDigest` (SHA-256 over the values of the selected PCRs in ascending order).
 */
export const tpmQuote: Codec = makeCodec(
  {
    name: 'TPM quote',
    gives: ['quoteNonce', 'quotePcrSelection', 'quotePcrDigest'],
    mustAccept: false,
  },
  (bytes) => {
    const what = 'TPM quote'
    const { extraData, selections, pcrDigest } = readTpmQuote(bytes)
    const [selection, another] = selections
    if (selection?.bank !== sha256Bank || another !== undefined)
      throw malformed(what, 'not over the PCR bank of SHA-256 alone')
    const { selected } = selection
    if (selected.length !== selectionBytes || isFilledWith(selected, 0))
      throw malformed(what, 'no selection among PCR 0 to 23')
    if (pcrDigest.length !== digestBytes) throw malformed(what, 'the digest of the PCRs is not SHA-256')
    return { claims: { quoteNonce: extraData, quotePcrSelection: selected, quotePcrDigest: pcrDigest } }
  },
)
