// What the vectors do not show of this folder, found by mutation testing: exact words of misuse, notes of checks that did
// not refuse, engines that fail in the middle, and two leaves in one place of the cache.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { AMD_OIDS, setExtension } from '../../test/support/certificates.js'
import { concat, ia5 } from '../../test/support/der.js'
import {
  codeOf,
  evidenceOf,
  inputOf,
  labAnchors,
  labVerifier,
  policyOf,
} from '../../test/support/lab-verifier.js'
import { amdName } from '../../test/support/names.js'
import { LAB_NOW, labCrl, labEvidence, labPki } from '../../test/support/pki.js'
import type { LabEvidence } from '../../test/support/pki.js'
import { sha256Hex } from '../crypto/digests.js'
import type { CryptoEngine } from '../crypto/engine.js'
import { webCryptoEngine } from '../crypto/webcrypto.js'
import { VerificationError, isVerificationError } from '../errors/error.js'
import type { CheckResult } from '../errors/error.js'
import { openLedger } from '../errors/ledger.js'
import type { VerificationInput } from '../verify/input.js'
import { makeVerifier } from '../verify/pipeline.js'
import { anchorsFrom, issuerOf } from './anchors.js'
import { requireAuthentic } from './authenticate.js'
import { createEndorsementCache, keepLeaf, requireCache } from './cache.js'
import { chainChecks, secretsOfPath, verifyChain } from './chain.js'
import { parseEndorsementKey } from './endorsement-key.js'

const open = { unchecked: 'not part of this test' } as const
const rotation = { crl: 'required', graceDays: open, minNumbers: open, maxFetchAgeDays: open } as const
const platformEngine = (): CryptoEngine => {
  const engine = webCryptoEngine()
  if (engine === null) throw new Error('no WebCrypto')
  return engine
}

/** The checks of a verification, accepted or not. */
async function checksOf(
  lab: LabEvidence,
  extras: Parameters<typeof evidenceOf>[1] = {},
  stated: Partial<VerificationInput> = {},
  verifier: Pick<typeof labVerifier, 'appraiseEvidence'> = labVerifier,
): Promise<(id: string) => CheckResult | undefined> {
  const outcome = await verifier.appraiseEvidence(await inputOf(evidenceOf(lab, extras), stated))
  const { checks } = outcome.verdict === 'accepted' ? outcome.verified : outcome
  return (id) => checks.find((check) => check.id === id)
}

function problemOf(run: () => unknown): VerificationError {
  try {
    run()
  } catch (error) {
    if (isVerificationError(error)) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('misuse', () => {
  it.each<readonly [string, () => unknown]>([
    ['report must come from authenticateReport', () => requireAuthentic({} as never)],
    ['cache must come from createEndorsementCache', () => requireCache({} as never)],
    ['max must be a positive integer', () => createEndorsementCache({ max: 0 })],
    ['path must come from verifyChain', () => secretsOfPath({} as never)],
  ])('%s', (message, run) => {
    expect(run).toThrow(new TypeError(message))
  })
})

describe('a cache', () => {
  it('may hold one leaf', async () => {
    const cache = createEndorsementCache({ max: 1 })
    for (const line of ['Milan', 'Genoa'] as const) {
      expect(
        await codeOf(labVerifier, await inputOf(evidenceOf(labEvidence({ line })), { cache })),
      ).toBeNull()
      expect(cache.size).toBe(1)
    }
  })

  it('finds a leaf by its last sixteen bytes, and keeps one for them', () => {
    const engine = platformEngine()
    const cache = createEndorsementCache()
    const key = parseEndorsementKey(labEvidence().vek)
    const issuer = issuerOf(labPki().lines.Milan.ask.der)
    const other = key.certificate.der.slice()
    other[20] = (other[20] ?? 0) ^ 1
    for (const der of [key.certificate.der, other])
      keepLeaf(cache, { key: { ...key, certificate: { ...key.certificate, der } }, engine, issuer })
    expect(cache.size).toBe(1)
  })

  it('vouches for the very key that was verified, not for an equal one', async () => {
    const engine = platformEngine()
    const verifyRsaPss = vi.fn(engine.verifyRsaPss)
    const counted = { ...engine, verifyRsaPss }
    const [cache, anchors, { vek }] = [createEndorsementCache(), labAnchors(), labEvidence()]
    const verify = (key: ReturnType<typeof parseEndorsementKey>) =>
      verifyChain({
        key,
        anchors,
        intermediates: [],
        roots: [],
        crls: [],
        intermediateRule: 'pinned',
        revocationRule: open,
        at: LAB_NOW.getTime(),
        engine: counted,
        cache,
        ledger: openLedger(chainChecks),
      })
    const key = parseEndorsementKey(vek)
    await verify(key)
    await verify(key)
    expect(verifyRsaPss).toHaveBeenCalledTimes(1)
    await verify(parseEndorsementKey(vek))
    expect(verifyRsaPss).toHaveBeenCalledTimes(2)
  })

  it('keeps no leaf of an intermediate that is not pinned', async () => {
    const rotated = labEvidence({ line: 'Genoa', chain: 'rotated' })
    const cache = createEndorsementCache()
    const policy = await policyOf({ intermediates: 'arkSigned', revocation: rotation })
    const extras = { certificates: [rotated.ask], crls: [{ crl: rotated.crl, fetchedAt: LAB_NOW }] }
    const checks = await checksOf(rotated, extras, { policy, cache })
    expect(checks('signature')?.outcome).toBe('passed')
    expect(cache.size).toBe(0)
  })
})

describe('anchors', () => {
  it('are read once for each line', () => {
    const roots = vi.fn(() => {
      const { ark, ask, asvk } = labPki().lines.Milan
      return { ark: ark.der, ask: ask.der, asvk: asvk.der, revoked: [] }
    })
    const anchors = anchorsFrom(roots)
    expect(anchors('Milan')).toBe(anchors('Milan'))
    expect(roots).toHaveBeenCalledTimes(1)
  })
})

describe('the notes of checks', () => {
  it('say where version 2 has its line from, and nothing for a line that the report names', async () => {
    const later = await checksOf(labEvidence())
    expect(later('endorsement.product')).not.toHaveProperty('reason')
    const second = await checksOf(labEvidence({ version: 2 }))
    expect(second('endorsement.product')?.reason).toBe('version 2: from the certificate')
  })

  it('name the intermediate that signed in the place of the pinned one', async () => {
    const rotated = labEvidence({ line: 'Genoa', chain: 'rotated' })
    const policy = await policyOf({ intermediates: 'arkSigned', revocation: rotation })
    const crls = [{ crl: labCrl('Genoa'), fetchedAt: LAB_NOW }]
    const byAnother = await checksOf(rotated, { certificates: [rotated.ask], crls }, { policy })
    expect(byAnother('chain.signature')?.reason).toBe(
      `not by the pinned SEV-Genoa, but by ${sha256Hex(rotated.ask)}`,
    )
    const pinned = await checksOf(labEvidence({ line: 'Genoa' }), { crls }, { policy })
    expect(pinned('chain.signature')).not.toHaveProperty('reason')
  })

  it('say that no CRL was there to check', async () => {
    const checks = await checksOf(labEvidence())
    for (const id of ['revocation.signature', 'revocation.revoked'])
      expect(checks(id)).toMatchObject({ outcome: 'unchecked', reason: 'no CRL of ARK-Milan was given' })
    const withOne = await checksOf(labEvidence(), { crls: [{ crl: labCrl('Milan') }] })
    for (const id of ['revocation.signature', 'revocation.revoked'])
      expect(withOne(id)).toMatchObject({ outcome: 'passed' })
  })

  it('say that the engine could not verify the report', async () => {
    const verifyP384 = () => Promise.reject(new VerificationError('CRYPTO_UNSUPPORTED', 'the runtime cannot'))
    const verifier = makeVerifier(labAnchors(), { engine: { ...platformEngine(), verifyP384 } })
    const checks = await checksOf(labEvidence(), {}, {}, verifier)
    expect(checks('signature')).toMatchObject({ outcome: 'failed', reason: 'the runtime cannot' })
  })
})

describe('details', () => {
  it('hold no more than 64 characters of a name', () => {
    const long = 'SEV-' + 'x'.repeat(80)
    const { vekCertificate } = labEvidence({ vek: { subject: amdName(long) } })
    expect(problemOf(() => parseEndorsementKey(vekCertificate.der)).details).toEqual({
      actual: long.slice(0, 64),
    })
    const named = labEvidence({
      vek: { edit: (list) => setExtension(list, AMD_OIDS.productName, { value: ia5(long) }) },
    })
    expect(problemOf(() => parseEndorsementKey(named.vek)).details).toEqual({
      expected: 'Milan',
      actual: long.slice(0, 64),
    })
  })
})

describe('a hwID', () => {
  it('is no longer than its length and a header, however it begins', () => {
    const value = concat(Uint8Array.of(4, 64), new Uint8Array(65).fill(9))
    const { vek } = labEvidence({ vek: { edit: (list) => setExtension(list, AMD_OIDS.hwId, { value }) } })
    expect(problemOf(() => parseEndorsementKey(vek))).toMatchObject({
      code: 'CERTIFICATE_PROFILE',
      details: { expected: 64, actual: 67 },
    })
  })
})

describe('an intermediate beside the evidence', () => {
  it('may be the pinned one of the other kind of key', async () => {
    const { ask, asvk } = labPki().lines.Milan
    for (const signer of ['vcek', 'vlek'] as const) {
      const evidence = await evidenceOf(labEvidence({ signer }), { certificates: [ask.der, asvk.der] })
      expect(await codeOf(labVerifier, await inputOf(evidence))).toBeNull()
    }
  })

  it.each<readonly [string, Error]>([
    ['cannot', new VerificationError('CRYPTO_UNSUPPORTED', 'the runtime cannot')],
    ['is broken', new RangeError('broken')],
  ])('is not unknown because the engine %s', async (_name, error) => {
    const rotated = labEvidence({ line: 'Genoa', chain: 'rotated' })
    const verifyRsaPss = () => Promise.reject(error)
    const verifier = makeVerifier(labAnchors(), { engine: { ...platformEngine(), verifyRsaPss } })
    const policy = await policyOf({ intermediates: 'arkSigned', revocation: rotation })
    const input = await inputOf(evidenceOf(rotated, { certificates: [rotated.ask] }), { policy })
    const outcome = codeOf(verifier, input)
    if (isVerificationError(error)) expect(await outcome).toBe('CRYPTO_UNSUPPORTED')
    else await expect(outcome).rejects.toBe(error)
  })
})

describe('a mistake of ours while a revoked key is looked for', () => {
  afterEach(() => {
    vi.doUnmock('../x509/certificate.js')
    vi.resetModules()
  })

  it('is not taken for a certificate that cannot be read', async () => {
    const anchors = labAnchors()('Milan')
    vi.resetModules()
    vi.doMock('../x509/certificate.js', () => ({
      parseCertificate: () => {
        throw new RangeError('broken')
      },
    }))
    const { refuseRevokedIntermediates } = await import('./intermediate.js')
    expect(() => {
      refuseRevokedIntermediates([new Uint8Array(3)], anchors)
    }).toThrow(RangeError)
  })
})
