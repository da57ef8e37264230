// Report signatures by node:crypto.
import { createHash, generateKeyPairSync } from 'node:crypto'
import { P384_ORDER } from '../keys.js'
import { ecPrivate } from './foreign-openssl.js'
import { leafKey } from './foreign-pki.js'
import { type ForeignKit, type Refusal, malformed, rejected } from './foreign-kit.js'
import { type SignatureForm, signForeign, signatureAt } from './foreign-signature.js'
import { type TestSketch, type VectorGroup, group } from './format.js'
import { base64 } from './inputs.js'
import type { Line } from '../names.js'

const source = 'AMD 56860, format of signatures'
const invalid = rejected('SIGNATURE_INVALID', 'signature')
const encoding = malformed('REPORT_SIGNATURE_ENCODING', 'report.structure')
const number = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
const isHigh = (s: Uint8Array): boolean => number(s) > P384_ORDER / 2n

/** DER of the two numbers, as most libraries sign. */
function derOf(r: Uint8Array, s: Uint8Array): Uint8Array {
  const integer = (bytes: Uint8Array): readonly number[] => {
    const content = [...((bytes[0] ?? 0) >= 0x80 ? [0] : []), ...bytes]
    return [2, content.length, ...content]
  }
  const both = [...integer(r), ...integer(s)]
  return Uint8Array.from([0x30, both.length, ...both])
}

const little = (bytes: Uint8Array): Uint8Array => bytes.slice().reverse()
const big = (bytes: Uint8Array): Uint8Array => bytes

type Placing = readonly [at: number, which: 'r' | 's', order: (bytes: Uint8Array) => Uint8Array]

/** Numbers where they do not belong, or in another order of bytes. */
const placed = (...placings: readonly Placing[]): SignatureForm => ({
  place: (report, r, s) => {
    for (const [at, which, order] of placings) report.set(order(which === 'r' ? r : s), at)
  },
})

export function signatureGroup(kit: ForeignKit): VectorGroup {
  const key = ecPrivate(leafKey('Milan', 'vcek'))
  const report = kit.report('Milan v3')
  const one = (
    comment: string,
    why: string,
    form: SignatureForm,
    refusal: Refusal = {},
    signer = key,
  ): TestSketch => ({
    comment,
    why,
    source,
    flags: refusal.code === undefined ? ['valid'] : refusal === encoding ? ['encoding'] : ['bypass'],
    input: { evidence: base64(signForeign(report, signer, form)) },
    ...refusal,
  })
  const whole = (name: string, line: Line, kind: 'vcek' | 'vlek' = 'vcek'): TestSketch => ({
    comment: `${name}, a random k`,
    why: 'every valid signature passes',
    source,
    flags: ['valid'],
    input: kit.input(name, line, kind),
  })
  const after = (comment: string, at: number): TestSketch => {
    const evidence = signForeign(report, key)
    evidence[at] = (evidence[at] ?? 0) ^ 1
    return {
      comment,
      why: 'every signed byte counts',
      source,
      flags: ['bypass'],
      input: { evidence: base64(evidence) },
      ...invalid,
    }
  }
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey
  const at = signatureAt
  return group(
    'foreign/node-signatures',
    'Report signatures by node:crypto',
    kit.input('Milan v3', 'Milan'),
    [
      whole('Milan v2', 'Milan'),
      whole('Genoa v4', 'Genoa'),
      whole('Turin v5', 'Turin'),
      whole('Milan VLEK', 'Milan', 'vlek'),
      one('s in the upper half', "AMD's firmware does not normalise", { wanted: (_, s) => isHigh(s) }),
      one('s in the lower half', "AMD's firmware does not normalise", { wanted: (_, s) => !isHigh(s) }),
      one('r with a leading zero byte', 'numbers have no fixed length', { wanted: (r) => r[0] === 0 }),
      one('s with a leading zero byte', 'numbers have no fixed length', { wanted: (_, s) => s[0] === 0 }),
      one("a stranger's key", 'anybody can sign', {}, invalid, stranger),
      one(
        "the VLEK's key under the VCEK",
        'one key, one certificate',
        {},
        invalid,
        ecPrivate(leafKey('Milan', 'vlek')),
      ),
      one('over SHA-256', 'the algorithm is fixed', { hash: 'sha256' }, invalid),
      one('over SHA-512', 'the algorithm is fixed', { hash: 'sha512' }, invalid),
      one('over all 1184 bytes', 'the signature is not under itself', { message: (all) => all }, invalid),
      one(
        'over one byte less',
        'bytes 0x000 to 0x29f are signed',
        { message: (all) => all.subarray(0, 0x29f) },
        invalid,
      ),
      one(
        'over the digest of the digest',
        'hashed once',
        { message: (all) => createHash('sha384').update(all.subarray(0, 0x2a0)).digest() },
        invalid,
      ),
      one(
        'of another report by the same key',
        'a signature is of one report',
        { message: () => kit.report('Milan v5').subarray(0, 0x2a0) },
        invalid,
      ),
      one(
        'r and s exchanged',
        'their places are fixed',
        placed([at.r, 's', little], [at.s, 'r', little]),
        invalid,
      ),
      one('big-endian', 'the report is little-endian', placed([at.r, 'r', big], [at.s, 's', big]), invalid),
      one(
        'big-endian, filled in front',
        'the upper bytes must be zero',
        placed([at.r + 24, 'r', big], [at.s + 24, 's', big]),
        encoding,
      ),
      one(
        'as DER',
        'the report has two numbers',
        { place: (out, r, s) => out.set(derOf(r, s), at.r) },
        encoding,
      ),
      one(
        's in the tail as well',
        'what follows s must be zero',
        placed([at.r, 'r', little], [at.s, 's', little], [at.tail, 's', little]),
        encoding,
      ),
      after('HOST_DATA changed afterwards', 0xc0),
      after('REPORT_ID changed afterwards', 0x14f),
    ],
  )
}
