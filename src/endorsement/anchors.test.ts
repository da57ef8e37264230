import { describe, expect, it } from 'vitest'
import { genuineGenoa, GENUINE_AT } from '../../test/support/genuine-genoa.js'
import { evidenceOf, inputOf, outcomeOf, policyOf } from '../../test/support/lab-verifier.js'
import { labPki } from '../../test/support/pki.js'
import type { CryptoEngine } from '../crypto/engine.js'
import { sha256Hex } from '../crypto/digests.js'
import { productLineNames } from '../product/line.js'
import { amdRoots } from '../product/roots.js'
import { appraiseEvidence } from '../verify/amd.js'
import { parseCertificate } from '../x509/certificate.js'
import { type Issuer, amdAnchors, anchorsFrom, issuerKey, issuerOf } from './anchors.js'

const roles = ['ark', 'ask', 'asvk'] as const
const withKey = async (issuer: Issuer) => ({ ...issuer, spki: await issuer.spki() })

describe('AMD’s anchors', () => {
  it.each(productLineNames.flatMap((line) => roles.map((role) => [line, role] as const)))(
    'are what the certificate gives: %s %s',
    async (line, role) => {
      const der = amdRoots(line)[role]
      const { subject, spki, serial, notBefore, notAfter } = parseCertificate(der)
      const whole = {
        commonName: subject.commonName,
        sha256: sha256Hex(der),
        subject: subject.raw,
        spki,
        serial,
        notBefore,
        notAfter,
      }
      expect(await withKey(amdAnchors(line)[role])).toEqual(whole)
      expect(await withKey(issuerOf(der))).toEqual(whole)
      expect(await withKey(anchorsFrom(amdRoots)(line)[role])).toEqual(whole)
    },
  )

  it('carry what was revoked, and are the same objects each time', () => {
    for (const line of productLineNames) {
      expect(amdAnchors(line)).toBe(amdAnchors(line))
      expect(amdAnchors(line).revoked).toEqual(amdRoots(line).revoked)
    }
    expect(amdAnchors('Genoa').revoked).toHaveLength(1)
  })
})

describe('the key of an issuer', () => {
  function countingEngine() {
    const seen: Uint8Array[] = []
    const importRsaKey = (spki: Uint8Array) => {
      seen.push(spki)
      return Promise.resolve({ engine: 'test', algorithm: 'RSA-PSS-SHA384' } as const)
    }
    const never = () => Promise.reject(new Error('not in this test'))
    const engine: CryptoEngine = {
      name: 'test',
      importRsaKey,
      importP384Key: never,
      verifyRsaPss: never,
      verifyP384: never,
    }
    return { engine, seen }
  }

  it('is imported once, and is the issuer’s own', async () => {
    const { engine, seen } = countingEngine()
    const issuer = issuerOf(labPki().lines.Milan.ask.der)
    expect(await issuerKey(engine, issuer)).toBe(await issuerKey(engine, issuer))
    expect(seen).toEqual([parseCertificate(labPki().lines.Milan.ask.der).spki])
  })

  it('is asked for again after it could not be loaded', async () => {
    const { engine, seen } = countingEngine()
    const whole = issuerOf(labPki().lines.Milan.ask.der)
    const fails = [true, false]
    const issuer = {
      ...whole,
      spki: () => (fails.shift() === true ? Promise.reject(new TypeError('no network')) : whole.spki()),
    }
    await expect(issuerKey(engine, issuer)).rejects.toThrow(new TypeError('no network'))
    expect(seen).toEqual([])
    await issuerKey(engine, issuer)
    expect(seen).toHaveLength(1)
  })
})

describe('a certificate that differs from a pinned one', () => {
  const { report, leaf } = genuineGenoa()
  const judge = async (certificate: Uint8Array, intermediates: 'pinned' | 'arkSigned' = 'pinned') => {
    const required = {
      crl: 'required',
      graceDays: { unchecked: 'not part of this test' },
      minNumbers: { unchecked: 'not part of this test' },
      maxFetchAgeDays: { unchecked: 'not part of this test' },
    } as const
    const stated = intermediates === 'pinned' ? {} : { intermediates, revocation: required }
    const evidence = await evidenceOf({ report, vek: leaf }, { certificates: [certificate] })
    const input = await inputOf(evidence, { at: GENUINE_AT, policy: await policyOf(stated) })
    return outcomeOf({ appraiseEvidence }, input)
  }
  const edited = (der: Uint8Array, at: number): Uint8Array =>
    der.map((byte, index) => (index === at ? byte ^ 1 : byte))
  // In the serial number, in the subject's common name, in the modulus, in the signature.
  const places = (
    der: Uint8Array,
  ): readonly [serial: number, name: number, key: number, signature: number] => {
    const { tbs, spki, subject } = parseCertificate(der)
    const find = (part: Uint8Array): number => Buffer.from(der).lastIndexOf(Buffer.from(part))
    return [find(tbs) + 13, find(subject.raw) + subject.raw.length - 1, find(spki) + 300, der.length - 1]
  }
  const { ark, ask, asvk } = amdRoots('Genoa')

  it('is unknown, with both fingerprints, wherever the bit is', async () => {
    // With another name it is no root, which is what tells the two apart.
    const [serial, name, ...others] = places(ark)
    for (const at of [serial, ...others])
      expect(await judge(edited(ark, at))).toMatchObject({
        code: 'CHAIN_ANCHOR_UNKNOWN',
        error: { details: { expected: sha256Hex(ark), actual: sha256Hex(edited(ark, at)) } },
      })
    expect(await judge(edited(ark, name))).toMatchObject({ code: 'CHAIN_INTERMEDIATE_UNKNOWN' })
    for (const der of [ask, asvk])
      for (const at of places(der))
        expect(await judge(edited(der, at))).toMatchObject({
          code: 'CHAIN_INTERMEDIATE_UNKNOWN',
          error: { details: { expected: sha256Hex(ask), actual: sha256Hex(edited(der, at)) } },
        })
  })

  it('is unknown where it could be a rotated one, too', async () => {
    for (const der of [ask, asvk])
      for (const at of places(der))
        expect(await judge(edited(der, at), 'arkSigned')).toMatchObject({
          code: 'CHAIN_INTERMEDIATE_UNKNOWN',
        })
  })

  it('is told from the pinned ones, which may come along', async () => {
    for (const der of [ark, ask, asvk]) expect(await judge(der)).not.toHaveProperty('code')
  })
})
