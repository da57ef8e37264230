import { describe, expect, it } from 'vitest'
import { evidenceOf, inputOf, labAnchors, labVerifier } from '../../test/support/lab-verifier.js'
import { LAB_NOW, labEvidence } from '../../test/support/pki.js'
import { patchReport } from '../../test/support/report.js'
import type { CryptoEngine } from '../crypto/engine.js'
import { webCryptoEngine } from '../crypto/webcrypto.js'
import { VerificationError } from '../errors/error.js'
import { openLedger } from '../errors/ledger.js'
import { parseReport } from '../report/report.js'
import { makeVerifier } from '../verify/pipeline.js'
import { authenticateReport, requireAuthentic, signatureChecks } from './authenticate.js'
import { chainChecks, verifyChain } from './chain.js'
import type { EndorsementKey } from './endorsement-key.js'
import { parseEndorsementKey } from './endorsement-key.js'
import { tieChecks } from './ties.js'

function realEngine(): CryptoEngine {
  const engine = webCryptoEngine()
  if (engine === null) throw new Error('no WebCrypto')
  return engine
}

const lab = labEvidence()
const damaged = patchReport(lab.report, 0x090, Uint8Array.of(0))

async function judge(engine: Partial<CryptoEngine>, { report = lab.report, vek = lab.vek } = {}) {
  const verifier = makeVerifier(labAnchors(), { engine: { ...realEngine(), ...engine } })
  return verifier.appraiseEvidence(await inputOf(evidenceOf({ report, vek })))
}

const unsupported = () => Promise.reject(new VerificationError('CRYPTO_UNSUPPORTED', 'the runtime cannot'))
const no = () => Promise.resolve(false)
const yes = () => Promise.resolve(true)

describe('the signature of a report', () => {
  it('is checked over the received bytes, as r ‖ s, with the key of the certificate', async () => {
    const seen: { point?: Uint8Array; signature?: Uint8Array; message?: Uint8Array } = {}
    const real = realEngine()
    const outcome = await judge({
      importP384Key: (point) => {
        seen.point = point.slice()
        return real.importP384Key(point)
      },
      verifyP384: (key, signature, message) => {
        Object.assign(seen, { signature: signature.slice(), message: message.slice() })
        return real.verifyP384(key, signature, message)
      },
    })
    expect(outcome.verdict).toBe('accepted')
    expect(seen.point).toEqual(lab.vekCertificate.key.point)
    expect(seen.message).toEqual(lab.report.slice(0, 0x2a0))
    const half = (offset: number) => [...lab.report.slice(offset, offset + 48)].reverse()
    expect([...(seen.signature ?? [])]).toEqual([...half(0x2a0), ...half(0x2e8)])
  })

  it('that does not verify refuses', async () => {
    expect(await judge({}, { report: damaged })).toMatchObject({
      code: 'SIGNATURE_INVALID',
      verdict: 'rejected',
    })
    expect(await judge({ verifyP384: no })).toMatchObject({ code: 'SIGNATURE_INVALID' })
  })

  it('comes after the chain: its failure is reported second', async () => {
    const forged = labEvidence({ chain: 'attacker' })
    const both = await judge(
      {},
      { report: patchReport(forged.report, 0x090, Uint8Array.of(0)), vek: forged.vek },
    )
    expect(both).toMatchObject({ code: 'CHAIN_SIGNATURE' })
    expect(await judge({ verifyRsaPss: no, verifyP384: no })).toMatchObject({ code: 'CHAIN_SIGNATURE' })
    expect(await judge({ verifyRsaPss: no, verifyP384: unsupported })).toMatchObject({
      code: 'CHAIN_SIGNATURE',
    })
    // And it is needed although the chain holds.
    expect(await judge({ verifyRsaPss: yes }, { report: damaged })).toMatchObject({
      code: 'SIGNATURE_INVALID',
    })
  })
})

describe('an engine that cannot', () => {
  it.each<readonly [string, Partial<CryptoEngine>]>([
    ['verify RSASSA-PSS', { verifyRsaPss: unsupported }],
    ['verify ECDSA', { verifyP384: unsupported }],
    ['import an RSA key', { importRsaKey: unsupported }],
    ['import a P-384 key', { importP384Key: unsupported }],
  ])('is not a signature that fails: %s', async (_name, engine) => {
    expect(await judge(engine)).toMatchObject({ code: 'CRYPTO_UNSUPPORTED', verdict: 'unverifiable' })
  })

  it('is asked again the next time', async () => {
    const real = realEngine()
    let calls = 0
    const importRsaKey = (spki: Uint8Array) => {
      calls += 1
      return calls === 1 ? unsupported() : real.importRsaKey(spki)
    }
    const verifier = makeVerifier(labAnchors(), { engine: { ...real, importRsaKey } })
    const input = await inputOf(evidenceOf(lab))
    expect(await verifier.appraiseEvidence(input)).toMatchObject({ code: 'CRYPTO_UNSUPPORTED' })
    expect(await verifier.appraiseEvidence(input)).toMatchObject({ verdict: 'accepted' })
  })

  it('is a mistake of ours where it fails in another way, and never a verdict', async () => {
    const broken = () => Promise.reject(new RangeError('broken engine'))
    await expect(judge({ verifyP384: broken })).rejects.toThrow(RangeError)
    await expect(judge({ verifyRsaPss: broken })).rejects.toThrow(RangeError)
  })
})

describe('authenticateReport', () => {
  const engine = realEngine()
  const chainOf = (key: EndorsementKey) =>
    verifyChain({
      key,
      anchors: labAnchors(),
      intermediates: [],
      roots: [],
      crls: [],
      intermediateRule: 'pinned',
      revocationRule: { unchecked: 'not here' },
      at: LAB_NOW.getTime(),
      engine,
      cache: null,
      ledger: openLedger(chainChecks),
    })
  const authenticate = (key: EndorsementKey, pathKey: EndorsementKey) =>
    authenticateReport({
      report: parseReport(lab.report),
      key,
      engine,
      ledger: openLedger([...tieChecks, ...signatureChecks]),
      startChain: () => chainOf(pathKey),
    })

  it('makes the one object that later stages take', async () => {
    const key = parseEndorsementKey(lab.vek)
    const authentic = await authenticate(key, key)
    expect(requireAuthentic(authentic)).toBe(authentic)
    expect(Object.isFrozen(authentic)).toBe(true)
    for (const fake of [{ ...authentic }, Object.create(authentic) as never, new Proxy(authentic, {})])
      expect(() => requireAuthentic(fake)).toThrow(TypeError)
  })

  it('takes a path of the very key alone, not even of an equal one', async () => {
    await expect(authenticate(parseEndorsementKey(lab.vek), parseEndorsementKey(lab.vek))).rejects.toThrow(
      new TypeError('the path belongs to another key'),
    )
  })

  it('takes a report from parseReport alone', async () => {
    const key = parseEndorsementKey(lab.vek)
    const ledger = openLedger([...tieChecks, ...signatureChecks])
    const report = { ...parseReport(lab.report) }
    await expect(
      authenticateReport({ report, key, engine, ledger, startChain: () => chainOf(key) }),
    ).rejects.toThrow(TypeError)
  })
})

describe('what a result says of the chip', () => {
  it.each<readonly [string, Parameters<typeof labEvidence>[0], boolean]>([
    ['CHIP_ID', {}, true],
    ['nothing where it is masked', { report: { chipId: new Uint8Array(64) } }, false],
    ['nothing for a VLEK', { signer: 'vlek' }, false],
  ])('is %s', async (_name, options, known) => {
    const outcome = await labVerifier.appraiseEvidence(await inputOf(evidenceOf(labEvidence(options))))
    if (outcome.verdict !== 'accepted') throw outcome.error
    expect(outcome.verified.chipId).toEqual(known ? expect.stringMatching(/^[0-9a-f]{128}$/) : null)
  })
})
