// A process that does what no verification can do without, and no more: two key imports and two signatures.
import { readFileSync } from 'node:fs'
import type { ColdInput } from './child-input.js'

const input = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as ColdInput
const bytes = (hex: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(hex, 'hex'))

const before = performance.now()
const { subtle } = globalThis.crypto
const rsa = await subtle.importKey(
  'spki',
  bytes(input.issuerSpki),
  { name: 'RSA-PSS', hash: 'SHA-384' },
  false,
  ['verify'],
)
const key = await subtle.importKey('raw', bytes(input.point), { name: 'ECDSA', namedCurve: 'P-384' }, false, [
  'verify',
])
const verified = [
  await subtle.verify({ name: 'RSA-PSS', saltLength: 48 }, rsa, bytes(input.leafSignature), bytes(input.tbs)),
  await subtle.verify(
    { name: 'ECDSA', hash: 'SHA-384' },
    key,
    bytes(input.reportSignature),
    bytes(input.report).subarray(0, 0x2a0),
  ),
]
const time = performance.now() - before
if (verified.includes(false)) throw new Error('the sample does not verify')
process.stdout.write(String(time))
