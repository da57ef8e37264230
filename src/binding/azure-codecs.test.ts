import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  akKey,
  allPcrs,
  jwkOf,
  labNonce,
  labPcrs,
  otherAkKey,
  quoteOf,
  runtimeClaims,
} from '../../test/support/azure.js'
import { realItems } from '../../test/support/real-folder.js'
import { sha256Hex } from '../crypto/digests.js'
import { toHex } from '../encoding/hex.js'
import { isVerificationError } from '../errors/error.js'
import { hclRuntime, tpmQuote } from './azure-codecs.js'
import { type Codec, readerOf } from './codec.js'
import { readTpmQuote } from './tpm-attest.js'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const zeros = (length: number): Uint8Array => new Uint8Array(length)

async function read(codec: Codec, bytes: Uint8Array): Promise<unknown> {
  try {
    return (await readerOf(codec)(bytes)).claims
  } catch (error) {
    return isVerificationError(error) ? `${error.code} ${error.message}` : error
  }
}

const withKeys = (...keys: readonly string[]): Uint8Array => runtimeClaims(`[${keys.join(',')}]`)
const ak = jwkOf(akKey)
const padded = (bytes: number): Uint8Array => utf8(`{"keys":[${ak}]}`.padEnd(bytes))
const nested = (depth: number): Uint8Array =>
  utf8(`{"keys":[${ak}],"a":${'['.repeat(depth)}${']'.repeat(depth)}}`)

describe('the runtime claims', () => {
  it.each<[string, Uint8Array]>([
    ['as the paravisor writes them', runtimeClaims()],
    ['with one key alone', withKeys(ak)],
    ['with the key behind others', withKeys(jwkOf(otherAkKey, 'HCLEkPub'), jwkOf(otherAkKey, 'more'), ak)],
    ['with what has no name among the keys', withKeys('{}', 'null', '"HCLAkPub"', '["HCLAkPub"]', '7', ak)],
    ['with another spelling of its name', withKeys(jwkOf(otherAkKey, 'hclakpub'), ak)],
    ['with members that are not known', utf8(`{"keys":[${ak}],"more":{"kid":"HCLAkPub"}}`)],
    ['of 16 KiB', padded(16 * 1024)],
    ['of eight levels', nested(8)],
  ])('hold the attestation key: %s', async (_, bytes) => {
    expect(await read(hclRuntime, bytes)).toEqual({ akPub: akKey.spki })
  })

  const document = 'BINDING_DOCUMENT_MALFORMED HCL runtime claims'
  it.each<[string, Uint8Array, string]>([
    ['nothing', zeros(0), `${document} is not strict JSON: a value is expected at character 0`],
    ['zeros', zeros(20), `${document} is not strict JSON: a value is expected at character 0`],
    ['a list', utf8(`[${ak}]`), `${document}: keys is not a list`],
    ['null', utf8('null'), `${document}: keys is not a list`],
    ['no keys', utf8('{}'), `${document}: keys is not a list`],
    ['keys that are inherited', utf8('{"toString":1}'), `${document}: keys is not a list`],
    ['a key for a list', utf8(`{"keys":${ak}}`), `${document}: keys is not a list`],
    ['an empty list', withKeys(), `${document}: not one key HCLAkPub`],
    ['another key', withKeys(jwkOf(akKey, 'HCLEkPub')), `${document}: not one key HCLAkPub`],
    ['two of them', withKeys(ak, jwkOf(otherAkKey)), `${document}: not one key HCLAkPub`],
    ['the same twice', withKeys(ak, ak), `${document}: not one key HCLAkPub`],
    [
      'a key twice in one object',
      utf8(`{"keys":[${ak}],"keys":[]}`),
      `${document} is not strict JSON: duplicate key "keys"`,
    ],
    [
      'two names in one key',
      withKeys(ak.replace('{', '{"kid":"x",')),
      `${document} is not strict JSON: duplicate key "kid"`,
    ],
    [
      'zeros behind it',
      utf8(`{"keys":[${ak}]}\0`),
      `${document} is not strict JSON: characters after the value`,
    ],
    ['nine levels', nested(9), `${document} is not strict JSON: nested deeper than 8`],
    ['more than 16 KiB', padded(16 * 1024 + 1), `${document} is not strict JSON: longer than 16384 bytes`],
    [
      'a key that is private',
      withKeys(ak.replace('{', '{"d":"AQ",')),
      'BINDING_KEY_MALFORMED JWK: a private or symmetric key: it has "d"',
    ],
    [
      'a short key',
      withKeys('{"kid":"HCLAkPub","kty":"RSA","e":"AQAB","n":"AQAB"}'),
      'BINDING_KEY_MALFORMED public key: an RSA modulus that has not 2048 to 4096 bits',
    ],
  ])('are refused as %s', async (_, bytes, refusal) => {
    const answer = await read(hclRuntime, bytes)
    expect(String(answer).startsWith(refusal), String(answer)).toBe(true)
  })
})

const good = { quoteNonce: labNonce, quotePcrSelection: allPcrs, quotePcrDigest: sha256Of(labPcrs) }
function sha256Of(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(Buffer.from(sha256Hex(bytes), 'hex'))
}
const select = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'))

describe('a quote', () => {
  it.each<[string, Uint8Array, object]>([
    ['over all PCRs', quoteOf(), {}],
    ['over one', quoteOf({ banks: [[0x0b, select('000080')]] }), { quotePcrSelection: select('000080') }],
    ['without a nonce', quoteOf({ extraData: zeros(0) }), { quoteNonce: zeros(0) }],
    ['with the longest nonce', quoteOf({ extraData: zeros(66) }), { quoteNonce: zeros(66) }],
    ['by a key without a name', quoteOf({ signer: zeros(0) }), {}],
    ['by a key with the longest name', quoteOf({ signer: zeros(66) }), {}],
  ])('%s', async (_, bytes, change) => {
    expect(await read(tpmQuote, bytes)).toEqual({ ...good, ...change })
  })

  const quote = 'BINDING_DOCUMENT_MALFORMED TPM quote'
  const bank = (algorithm: number, hex = 'ffffff') => [algorithm, select(hex)] as const
  it.each<[string, Uint8Array, string]>([
    ['that no TPM made', quoteOf({ magic: 0xff544348 }), 'not made by a TPM'],
    ['that certifies a key', quoteOf({ type: 0x8017 }), 'an attestation of another type'],
    ['that states a time', quoteOf({ type: 0x8019 }), 'an attestation of another type'],
    ['with a long name', quoteOf({ signer: zeros(67) }), 'a part is too long'],
    ['with a long nonce', quoteOf({ extraData: zeros(67) }), 'a part is too long'],
    ['with a long digest', quoteOf({ digest: zeros(65) }), 'a part is too long'],
    ['with a digest of SHA-1', quoteOf({ digest: zeros(20) }), 'the digest of the PCRs is not SHA-256'],
    ['with a digest of SHA-512', quoteOf({ digest: zeros(64) }), 'the digest of the PCRs is not SHA-256'],
    ['over no bank', quoteOf({ banks: [] }), 'not over the PCR bank of SHA-256 alone'],
    ['over SHA-1', quoteOf({ banks: [bank(0x04)] }), 'not over the PCR bank of SHA-256 alone'],
    [
      'over two banks',
      quoteOf({ banks: [bank(0x0b), bank(0x04)] }),
      'not over the PCR bank of SHA-256 alone',
    ],
    [
      'over one bank twice',
      quoteOf({ banks: [bank(0x0b), bank(0x0b)] }),
      'not over the PCR bank of SHA-256 alone',
    ],
    [
      'over 16 banks',
      quoteOf({ banks: new Array<readonly [number, Uint8Array]>(16).fill(bank(0x0b)) }),
      'not over the PCR bank of SHA-256 alone',
    ],
    [
      'over 17 banks',
      quoteOf({ banks: new Array<readonly [number, Uint8Array]>(17).fill(bank(0x0b)) }),
      'too many PCR banks',
    ],
    ['over no PCR', quoteOf({ banks: [bank(0x0b, '000000')] }), 'no selection among PCR 0 to 23'],
    ['over 16 PCRs', quoteOf({ banks: [bank(0x0b, 'ffff')] }), 'no selection among PCR 0 to 23'],
    ['over 32 PCRs', quoteOf({ banks: [bank(0x0b, 'ffffff00')] }), 'no selection among PCR 0 to 23'],
    ['with a byte behind it', quoteOf({ tail: zeros(1) }), 'bytes behind it'],
    ['of no bytes', zeros(0), 'it ends too early'],
  ])('is refused %s', async (_, bytes, problem) => {
    expect(await read(tpmQuote, bytes)).toBe(`${quote}: ${problem}`)
  })

  it('is refused wherever it is cut', async () => {
    const whole = quoteOf()
    for (let length = 0; length < whole.length; length += 1)
      expect(await read(tpmQuote, whole.subarray(0, length))).toBe(`${quote}: it ends too early`)
  })

  it('is what it was made of, or refused', () => {
    const bytes = (maxLength: number) => fc.uint8Array({ maxLength })
    fc.assert(
      fc.property(
        bytes(70),
        bytes(70),
        bytes(70),
        fc.array(fc.tuple(fc.nat(0xffff), bytes(5)), { maxLength: 18 }),
        (signer, extraData, digest, banks) => {
          const isGood =
            [signer, extraData].every(({ length }) => length <= 66) &&
            digest.length <= 64 &&
            banks.length <= 16
          const attempt = () => readTpmQuote(quoteOf({ signer, extraData, digest, banks }))
          if (!isGood) expect(attempt).toThrow('TPM quote')
          else
            expect(attempt()).toEqual({
              extraData,
              pcrDigest: digest,
              selections: banks.map(([one, selected]) => ({ bank: one, selected })),
            })
        },
      ),
      { numRuns: 200 },
    )
  })

  it('says by its details what is wrong', () => {
    try {
      readTpmQuote(zeros(8))
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ details: { problem: 'not made by a TPM' } })
    }
  })
})

interface AzureFacts {
  readonly tpmQuote?: {
    readonly extraData: string
    readonly pcrDigest: string
    readonly selection: readonly { readonly pcrs: readonly number[] }[]
  }
}

const real = realItems().filter(({ meta }) => meta.files['tpmQuoteMessage'] !== undefined)
describe.skipIf(real.length === 0)('quotes of real virtual TPMs', () => {
  it.each(real.map((item) => [item.slug, item] as const))('%s', async (_, { folder, meta }) => {
    const { azure } = meta as unknown as { readonly azure: AzureFacts }
    const bytes = readFileSync(join(folder, meta.files['tpmQuoteMessage'] ?? ''))
    const claims = (await readerOf(tpmQuote)(new Uint8Array(bytes))).claims
    expect(azure.tpmQuote?.selection[0]?.pcrs).toHaveLength(24)
    expect(Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, toHex(value)]))).toEqual({
      quoteNonce: azure.tpmQuote?.extraData,
      quotePcrSelection: 'ffffff',
      quotePcrDigest: azure.tpmQuote?.pcrDigest,
    })
  })
})
