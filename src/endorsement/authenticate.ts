/**
 * From "somebody claims" to "AMD's firmware says": the ties, the chain and the report's signature.
 *
 * The signature is checked over the bytes as they were received, never over a re-encoding.
 */
import { sha256Hex } from '../crypto/digests.js'
import type { CryptoEngine } from '../crypto/engine.js'
import { concatBytes, isFilledWith } from '../encoding/bytes.js'
import { toHex } from '../encoding/hex.js'
import { VerificationError, isVerificationError } from '../errors/error.js'
import { type CheckEntry, type Ledger, noteOf } from '../errors/ledger.js'
import { signedBytes } from '../report/layout.js'
import { type Report, bytesOfReport } from '../report/report.js'
import { type EndorsementPath, secretsOfPath } from './chain.js'
import { type EndorsementKey, endorsementEngineKey } from './endorsement-key.js'
import { checkTies } from './ties.js'

export const signatureChecks: readonly CheckEntry[] = [
  { id: 'signature', source: 'AMD 56860, ATTESTATION_REPORT signature; FIPS 186-5' },
]

declare const authenticBrand: unique symbol

/** The fields of an authenticated report: AMD's word, where a plain {@link Report} is somebody's claim. */
export interface AuthenticatedFields extends Report {
  readonly [authenticBrand]: true
}

/** A report that AMD's firmware made on a genuine chip. Made by {@link authenticateReport} alone. */
export interface AuthenticReport {
  readonly report: AuthenticatedFields
  readonly path: EndorsementPath
  readonly endorsement: {
    readonly kind: EndorsementKey['kind']
    readonly productLine: EndorsementKey['productLine']
    /** Hex, from the certificate: known even where CHIP_ID is masked. `null` for a VLEK. */
    readonly hwId: string | null
    readonly cspId: string | null
    readonly spkiSha256: string
  }
  /** Hex; `null` where CHIP_ID is zero. */
  readonly chipId: string | null
  /** SHA-256 of the signed 672 bytes. The signature is malleable and is no part of an identity. */
  readonly evidenceDigest: string
}

const authentic = new WeakSet<AuthenticReport>()

/** @throws TypeError for an object that {@link authenticateReport} did not make. */
export function requireAuthentic(report: AuthenticReport): AuthenticReport {
  if (!authentic.has(report)) throw new TypeError('report must come from authenticateReport')
  return report
}

export interface AuthenticationInput {
  readonly report: Report
  readonly key: EndorsementKey
  readonly engine: CryptoEngine
  readonly ledger: Ledger
  /** Starts the verification of the chain of `key`. Called after the ties hold. */
  readonly startChain: () => Promise<EndorsementPath>
}

/**
 * Authenticates a report. Chain and signature are computed together; the chain's failure is reported first.
 *
 * @throws VerificationError `ENDORSEMENT_*`, everything of the chain, `SIGNATURE_INVALID`, `CRYPTO_UNSUPPORTED`.
 */
export async function authenticateReport(input: AuthenticationInput): Promise<AuthenticReport> {
  const { report, key, engine, ledger } = input
  const bytes = bytesOfReport(report)
  checkTies(report, key, ledger)
  const signed = bytes.subarray(0, signedBytes)
  const { r, s } = report.signature
  const [path, signature] = await Promise.allSettled([
    input.startChain(),
    endorsementEngineKey(engine, key).then((engineKey) =>
      engine.verifyP384(engineKey, concatBytes(r, s), signed),
    ),
  ])
  if (path.status === 'rejected') throw path.reason
  if (signature.status === 'rejected') {
    const reason: unknown = signature.reason
    if (isVerificationError(reason)) ledger.fail('signature', noteOf(reason))
    throw reason
  }
  // The path must be of this very key: a path of another key proves nothing about this report.
  if (secretsOfPath(path.value).key !== key) throw new TypeError('the path belongs to another key')
  if (!signature.value) {
    ledger.fail('signature')
    throw new VerificationError('SIGNATURE_INVALID', 'the report is not signed by the endorsement key')
  }
  ledger.pass('signature')
  const { chipId } = report
  const result: AuthenticReport = Object.freeze({
    // The same fields; only their type says that they were authenticated.
    report: report as AuthenticatedFields,
    path: path.value,
    endorsement: Object.freeze({
      kind: key.kind,
      productLine: key.productLine,
      hwId: key.hwId === null ? null : toHex(key.hwId),
      cspId: key.cspId,
      spkiSha256: key.spkiSha256,
    }),
    chipId: isFilledWith(chipId, 0) ? null : toHex(chipId),
    evidenceDigest: sha256Hex(signed),
  })
  authentic.add(result)
  return result
}
