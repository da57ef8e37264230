// What the platform alone costs: nothing that verifies a report can be cheaper. All by WebCrypto, awaited.
import { concatBytes } from '../../src/encoding/bytes.js'
import { parseEndorsementKey } from '../../src/endorsement/endorsement-key.js'
import { signedBytes } from '../../src/report/layout.js'
import { parseReport } from '../../src/report/report.js'
import type { Sample } from './samples.js'

export interface Limits {
  /** One verification of the report's signature, with the key at hand. */
  readonly l1: () => Promise<void>
  /** For a chip not seen before: the VEK's point imported, its certificate's signature, and L1, one after the other. */
  readonly l2: () => Promise<void>
  /** L2 with both verifications under way together. */
  readonly l2par: () => Promise<void>
}

const plain = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes)

export async function limitsOf({ report, leaf, issuer }: Sample): Promise<Limits> {
  const { subtle } = globalThis.crypto
  const { signature } = parseReport(report)
  const { certificate, point } = parseEndorsementKey(leaf)
  const signed = plain(report.subarray(0, signedBytes))
  const reportSignature = concatBytes(signature.r, signature.s)
  const [tbs, leafSignature, rawPoint] = [plain(certificate.tbs), plain(certificate.signature), plain(point)]
  const importPoint = (): Promise<CryptoKey> =>
    subtle.importKey('raw', rawPoint, { name: 'ECDSA', namedCurve: 'P-384' }, false, ['verify'])
  const rsa = await subtle.importKey(
    'spki',
    plain(await issuer.spki()),
    { name: 'RSA-PSS', hash: 'SHA-384' },
    false,
    ['verify'],
  )
  const cached = await importPoint()
  const verifyReport = async (key: CryptoKey): Promise<void> => {
    requireTrue(await subtle.verify({ name: 'ECDSA', hash: 'SHA-384' }, key, reportSignature, signed))
  }
  const verifyLeaf = async (): Promise<void> => {
    requireTrue(await subtle.verify({ name: 'RSA-PSS', saltLength: 48 }, rsa, leafSignature, tbs))
  }
  return {
    l1: () => verifyReport(cached),
    l2: async () => {
      const key = await importPoint()
      await verifyLeaf()
      await verifyReport(key)
    },
    l2par: async () => {
      await Promise.all([verifyLeaf(), importPoint().then(verifyReport)])
    },
  }
}

function requireTrue(verified: boolean): void {
  if (!verified) throw new Error('the sample does not verify')
}
