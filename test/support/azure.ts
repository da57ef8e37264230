// Evidence of Azure confidential VMs, written by us: the paravisor's blob, quotes by a virtual TPM, and the documents
// that carry them. Every part can be made wrong.
import { createHash, sign } from 'node:crypto'
import { pem } from './cert-table.js'
import { concat } from './der.js'
import { type RsaKey, rsaKey } from './keys.js'
import { type EvidenceOptions, type LabEvidence, labEvidence, labPki } from './pki.js'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest())
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** The key of the lab's virtual TPM, and one that belongs to nothing. */
export const akKey: RsaKey = rsaKey('tee')
export const otherAkKey: RsaKey = rsaKey('weak-ask')

/** A public RSA key as the paravisor writes it. */
export const jwkOf = (key: RsaKey, kid = 'HCLAkPub'): string => {
  const { n = '' } = key.privateKey.export({ format: 'jwk' })
  return `{"kid":"${kid}","key_ops":["sign"],"kty":"RSA","e":"AQAB","n":"${n}"}`
}

/** The runtime claims; `keys` is JSON text. */
export const runtimeClaims = (keys = `[${jwkOf(akKey)},${jwkOf(otherAkKey, 'HCLEkPub')}]`): Uint8Array =>
  utf8(
    `{"keys":${keys},"vm-configuration":{"console-enabled":true,"secure-boot":true,"tpm-enabled":true,` +
      `"vmUniqueId":"00000000-0000-0000-0000-000000000000"},"user-data":"${'0'.repeat(128)}"}`,
  )

const littleEndian = (value: number): Uint8Array => {
  const out = new Uint8Array(4)
  new DataView(out.buffer).setUint32(0, value, true)
  return out
}

/** The blob of NV index 0x01400001, 2600 bytes or more; words by offset take the place of the right ones. */
export function hclBlob(
  report: Uint8Array,
  claims: Uint8Array,
  words: Readonly<Record<number, number>> = {},
): Uint8Array {
  const end = 0x4d4 + claims.length
  const blob = new Uint8Array(Math.max(2600, end))
  const right = {
    [0x00]: 0x414c4348,
    [0x04]: 2,
    [0x08]: end,
    [0x0c]: 2,
    [0x4c0]: 20 + claims.length,
    [0x4c4]: 1,
    [0x4c8]: 2,
    [0x4cc]: 1,
    [0x4d0]: claims.length,
  }
  blob.set(report, 0x20)
  blob.set(claims, 0x4d4)
  for (const [offset, value] of Object.entries({ ...right, ...words }))
    blob.set(littleEndian(value), Number(offset))
  return blob
}

const bigEndian = (value: number, size: number): Uint8Array =>
  Uint8Array.from({ length: size }, (_, at) => Math.floor(value / 256 ** (size - 1 - at)) % 256)
const sized = (bytes: Uint8Array): Uint8Array => concat(bigEndian(bytes.length, 2), bytes)

export interface QuoteParts {
  readonly magic: number
  readonly type: number
  readonly signer: Uint8Array
  readonly extraData: Uint8Array
  /** TPM_ALG_ID and bitmap of each bank. */
  readonly banks: readonly (readonly [algorithm: number, selected: Uint8Array])[]
  readonly digest: Uint8Array
  readonly tail: Uint8Array
  /** How many bytes are missing at the end. */
  readonly cut: number
}

export const labNonce: Uint8Array = Uint8Array.from({ length: 48 }, (_, at) => at + 1)
export const allPcrs: Uint8Array = new Uint8Array(3).fill(0xff)
/** The values of 24 PCRs, one after the other. */
export const labPcrs: Uint8Array = concat(
  ...Array.from({ length: 24 }, (_, at) => sha256(utf8(`PCR ${String(at)}`))),
)

/** TPMS_ATTEST of a quote over all 24 PCRs. */
export function quoteOf(parts: Partial<QuoteParts> = {}): Uint8Array {
  const {
    magic = 0xff544347,
    type = 0x8018,
    signer = concat(bigEndian(0x000b, 2), sha256(utf8('the name of the key'))),
    extraData = labNonce,
    banks = [[0x000b, allPcrs]],
    digest = sha256(labPcrs),
    tail = new Uint8Array(),
    cut = 0,
  } = parts
  const whole = concat(
    bigEndian(magic, 4),
    bigEndian(type, 2),
    sized(signer),
    sized(extraData),
    // Clock, counters, the flag "safe", the version of the firmware.
    bigEndian(543_210, 8),
    bigEndian(3, 4),
    bigEndian(0, 4),
    Uint8Array.of(1),
    bigEndian(0x20230301, 8),
    bigEndian(banks.length, 4),
    ...banks.map(([algorithm, selected]) =>
      concat(bigEndian(algorithm, 2), bigEndian(selected.length, 1), selected),
    ),
    sized(digest),
    tail,
  )
  return whole.slice(0, whole.length - cut)
}

/** RSASSA-PKCS1-v1_5 with SHA-256: the same bytes every time. */
export const akSignature = (quote: Uint8Array, key: RsaKey = akKey): Uint8Array =>
  new Uint8Array(sign('sha256', quote, key.privateKey))

export interface AzureEvidence {
  readonly lab: LabEvidence
  readonly blob: Uint8Array
  readonly quote: Uint8Array
  readonly signature: Uint8Array
}

export interface AzureOptions {
  readonly evidence?: EvidenceOptions
  readonly claims?: Uint8Array
  /** Where not the digest of the claims and 32 zeros. */
  readonly reportData?: Uint8Array
  readonly quote?: Partial<QuoteParts>
  readonly key?: RsaKey
}

/** Evidence whose parts belong together. */
export function azureEvidence(options: AzureOptions = {}): AzureEvidence {
  const { evidence = { line: 'Genoa' }, claims = runtimeClaims(), key = akKey } = options
  const reportData = options.reportData ?? concat(sha256(claims), new Uint8Array(32))
  const lab = labEvidence({ ...evidence, report: { ...evidence.report, reportData } })
  const quote = quoteOf(options.quote)
  return { lab, blob: hclBlob(lab.report, claims), quote, signature: akSignature(quote, key) }
}

/** The values of PCRs as a list. */
const listed = (pcrs: Uint8Array): readonly Uint8Array[] =>
  Array.from({ length: pcrs.length / 32 }, (_, at) => pcrs.slice(32 * at, 32 * (at + 1)))

/** The document of Trustee without a version, as an object to edit. */
export const vtpmDocumentV0 = ({ lab, blob, quote, signature }: AzureEvidence) => ({
  quote: {
    signature: [...signature],
    message: [...quote],
    pcrs: listed(labPcrs).map((value) => [...value]),
  },
  report: [...blob],
  vcek: pem(lab.vek),
})

/** The document of Trustee of version 1 or 2, as an object to edit. */
export const vtpmDocument = ({ lab, blob, quote, signature }: AzureEvidence, version = 1) => ({
  version,
  tpm_quote: {
    signature: hexOf(signature),
    message: hexOf(quote),
    pcrs: listed(labPcrs).map(hexOf),
  },
  hcl_report: Buffer.from(blob).toString('base64url'),
  vcek: Buffer.from(lab.vek).toString('base64url'),
})

/** What Azure's metadata service answers, as an object to edit. */
export const thimDocument = ({ vek, line }: Pick<LabEvidence, 'vek' | 'line'>) => ({
  vcekCert: pem(vek),
  tcbm: 'DB18000000000004',
  certificateChain: pem(labPki().lines[line].ask.der) + pem(labPki().lines[line].ark.der),
  cacheControl: '86400',
})

export const jsonBytes = (value: unknown): Uint8Array => utf8(JSON.stringify(value))
