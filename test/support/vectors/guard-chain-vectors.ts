// Stage chain, guards: under policy `arkSigned` intermediates that the pinned ARK signed, though AMD issues no such.
// For each guard of their profile one that it alone refuses. Leaf and report are genuine below each.
import {
  type Extensions,
  type VekOptions as AnyVek,
  X509_OIDS,
  makeAsk,
  setExtension,
} from '../certificates.js'
import { bitString, boolean, concat, integer, nullValue, octetString, oid, sequence, tlv } from '../der.js'
import { createPrivateKey } from 'node:crypto'
import { type RsaKey, ecKey, rsaKey, rsaKeyFromPrivate } from '../keys.js'
import { amdName } from '../names.js'
import { labCrl, labPki } from '../pki.js'
import { type Json, type TestSketch, type VectorInput } from './format.js'
import { base64, evidenceOf, policyWith } from './inputs.js'

const source = 'attested policy, intermediates'
const profileWhy = "an intermediate that is not exactly AMD's profile could be anything the ARK ever signed"
const { ark } = labPki().lines.Genoa
const rule = { crl: 'required', graceDays: 0, minNumbers: { Genoa: 7 }, maxFetchAgeDays: 30 } as const
const policy: Json = policyWith('intermediates', 'arkSigned', policyWith('revocation', rule))
const crls = [{ crl: base64(labCrl('Genoa')), fetchedAt: '2026-05-30T00:00:00Z' }]

type AskOptions = NonNullable<Parameters<typeof makeAsk>[2]>
type VekOptions = Omit<Partial<AnyVek>, 'line' | 'kind' | 'authority'>

function below(ask: AskOptions, vek: VekOptions = {}): Partial<VectorInput> {
  const authority = makeAsk('Genoa', ark, { key: rsaKey('rotatedAsk-Genoa'), serial: 0x20003n, ...ask })
  return {
    ...evidenceOf({ line: 'Genoa', version: 3, vek: { issuer: amdName('SEV-Genoa'), ...vek, authority } }),
    certificates: [base64(authority.der)],
    policy,
    crls,
  }
}

const refused = (comment: string, ask: AskOptions, vek: VekOptions = {}): TestSketch => ({
  comment: `arkSigned: ${comment}`,
  why: profileWhy,
  source,
  flags: ['bypass'],
  input: below(ask, vek),
  code: 'CHAIN_INTERMEDIATE_UNKNOWN',
  failed: ['intermediates'],
})

const { keyUsage, basicConstraints, subjectKeyIdentifier, crlDistributionPoints } = X509_OIDS
const edit = (change: (list: Extensions) => Extensions): AskOptions => ({ edit: change })
const valueOf = (id: string, value: Uint8Array): AskOptions =>
  edit((list) => setExtension(list, id, { value }))
const usage = bitString(Uint8Array.of(4), 1)
const constraints = sequence(boolean(true), integer(0))

const rotated = rsaKey('rotatedAsk-Genoa')
const modulusOf = (spki: Uint8Array): Uint8Array => spki.slice(-(512 + 5), -5)
const rsaSpki = (
  parts: {
    readonly algorithm?: Uint8Array
    readonly unused?: number
    readonly key?: Uint8Array
    readonly after?: Uint8Array
    readonly inBits?: Uint8Array
  } = {},
): Uint8Array => {
  const { algorithm = sequence(oid('1.2.840.113549.1.1.1'), nullValue()), unused = 0 } = parts
  const { key = sequence(modulus(), integer(65537)) } = parts
  const none = new Uint8Array()
  return sequence(algorithm, bitString(concat(key, parts.inBits ?? none), unused), parts.after ?? none)
}
const modulus = (): Uint8Array => integer(BigInt('0x' + Buffer.from(modulusOf(rotated.spki)).toString('hex')))
/** As long as a modulus of RSA-4096, but with 4095 bits: an INTEGER that is not minimal. */
const clearTopBit = (): Uint8Array =>
  tlv(
    2,
    Uint8Array.of(0),
    modulusOf(rotated.spki).map((byte, index) => (index === 0 ? byte & 0x7f : byte)),
  )
const spki = (comment: string, parts: Parameters<typeof rsaSpki>[0]): TestSketch => ({
  ...refused(comment, { spki: rsaSpki(parts) }),
  why: 'one key, one encoding, and no weaker one than AMD uses',
})

/** The same modulus with a small public exponent: a genuine key pair, but not of AMD's form. */
function withExponent({ label, privateKey }: RsaKey, exponent: bigint): RsaKey {
  const jwk = privateKey.export({ format: 'jwk' })
  const number = (text = ''): bigint => BigInt('0x' + Buffer.from(text, 'base64url').toString('hex'))
  const text = (value: bigint): string => {
    const digits = value.toString(16)
    return Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex').toString('base64url')
  }
  const [p, q] = [number(jwk.p), number(jwk.q)]
  const d = inverse(exponent, (p - 1n) * (q - 1n))
  const changed = { e: text(exponent), d: text(d), dp: text(d % (p - 1n)), dq: text(d % (q - 1n)) }
  return rsaKeyFromPrivate(label, createPrivateKey({ key: { ...jwk, ...changed }, format: 'jwk' }))
}

/** The inverse of a number modulo another, by Euclid. */
function inverse(value: bigint, modulo: bigint): bigint {
  let [r, next, x, nextX] = [modulo, value, 0n, 1n]
  while (next !== 0n) [r, next, x, nextX] = [next, r % next, nextX, x - (r / next) * nextX]
  return ((x % modulo) + modulo) % modulo
}

const lab = ecKey('guard vectors, intermediate')
const long = octetString(new Uint8Array(17 * 1024))

/** The revoked ASK, whose leaf is genuine, under a CRL of before it was revoked. */
function revoked(serial: bigint): Partial<VectorInput> {
  const authority = makeAsk('Genoa', ark, { key: rsaKey('revokedAsk-Genoa'), serial })
  return {
    ...evidenceOf({ line: 'Genoa', version: 3, chain: 'revoked' }),
    certificates: [base64(authority.der)],
    policy,
    crls: [{ crl: base64(labCrl('Genoa', { entries: [] })), fetchedAt: '2026-05-30T00:00:00Z' }],
  }
}
const revokedSketch = (comment: string, serial: bigint): TestSketch => ({
  comment: `arkSigned: ${comment}`,
  why: 'AMD revoked a genuine ASK; its certificate and key are known without a CRL',
  source: 'AMD CRL of Genoa',
  flags: ['bypass'],
  input: revoked(serial),
  code: 'REVOCATION_REVOKED',
  failed: ['chain.revokedIntermediates'],
})

const expired = (comment: string, input: Partial<VectorInput>, code = 'CERTIFICATE_EXPIRED'): TestSketch => ({
  comment: `arkSigned: ${comment}`,
  why: 'every certificate of the path has dates',
  source: 'RFC 5280 §6.1.3',
  flags: ['edge'],
  input,
  code,
  failed: ['chain.validity'],
})
const late = new Date('2050-01-01T00:00:00Z')
const early = new Date('2015-01-01T00:00:00Z')
const crlFor = (nextUpdate: Date, fetchedAt: string) => [
  { crl: base64(labCrl('Genoa', { thisUpdate: early, nextUpdate })), fetchedAt },
]

export const chainGuards: readonly TestSketch[] = [
  refused(
    'KeyUsage is not critical',
    edit((list) => list.map((one) => (one.oid === keyUsage ? { oid: keyUsage, value: one.value } : one))),
  ),
  refused(
    'no subject key identifier',
    edit((list) => list.filter((one) => one.oid !== subjectKeyIdentifier)),
  ),
  refused(
    'another extension in place of the subject key identifier',
    edit((list) =>
      list.map((one) => (one.oid === subjectKeyIdentifier ? { oid: '1.2.3', value: one.value } : one)),
    ),
  ),
  refused('cA is FALSE', valueOf(basicConstraints, sequence(boolean(false), integer(0)))),
  refused('bytes after KeyUsage', valueOf(keyUsage, concat(usage, Uint8Array.of(0)))),
  refused('bytes after BasicConstraints', valueOf(basicConstraints, concat(constraints, Uint8Array.of(0)))),
  refused(
    'a third member of BasicConstraints',
    valueOf(basicConstraints, sequence(boolean(true), integer(0), integer(0))),
  ),
  refused('a certificate of more than 16 KiB', valueOf(crlDistributionPoints, long)),
  spki('rsaEncryption without NULL', { algorithm: sequence(oid('1.2.840.113549.1.1.1')) }),
  spki('a bit of the RSA key unused', { unused: 1 }),
  spki('an RSA key whose top bit is clear', { key: sequence(clearTopBit(), integer(65537)) }),
  spki('an element after the RSA key', { inBits: integer(0) }),
  spki('a third number in the RSA key', { key: sequence(modulus(), integer(65537), integer(0)) }),
  spki('an element after the bits of the RSA key', { after: integer(0) }),
  refused('an RSA key with the exponent 17', { key: withExponent(rotated, 17n) }),
  {
    ...refused('an RSA-2048 key, and a leaf that it signed', { key: rsaKey('weak-ask') }),
    // The leaf is read first, and has a signature of 256 bytes.
    code: 'CERTIFICATE_MALFORMED',
    verdict: 'malformed',
    failed: ['endorsement.certificate'],
  },
  refused('a P-384 key', { spki: lab.spki }),
  revokedSketch('the revoked ASK, under a CRL that does not list it', 0x20001n),
  revokedSketch('the key of the revoked ASK in a new certificate', 0x20009n),
  expired('an intermediate past its notAfter', below({ notAfter: new Date('2026-05-01T00:00:00Z') })),
  expired(
    'an intermediate before its notBefore',
    below({ notBefore: new Date('2026-06-01T00:00:01Z') }),
    'CERTIFICATE_NOT_YET_VALID',
  ),
  expired('an ARK past its notAfter, below it all valid', {
    ...below({ notAfter: late }, { notAfter: late }),
    at: '2046-01-01T00:00:00Z',
    crls: crlFor(late, '2045-12-31T00:00:00Z'),
  }),
  expired(
    'an ARK before its notBefore, below it all valid',
    {
      ...below({ notBefore: early }, { notBefore: early }),
      at: '2019-01-01T00:00:00Z',
      crls: crlFor(late, '2018-12-31T00:00:00Z'),
    },
    'CERTIFICATE_NOT_YET_VALID',
  ),
]
