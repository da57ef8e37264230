import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { derTree, writeSpoiled } from '../../test/fuzz/der-tree.js'
import { outcomeOf } from '../../test/fuzz/outcome.js'
import { concat, hex, longFormTlv, nullValue, sequence } from '../../test/support/der.js'
import { assertDer } from '../asn1/der.js'
import { fromPem } from '../encoding/pem.js'
import { productLineNames } from '../product/line.js'
import { amdRoots } from '../product/roots.js'
import { parseCertificate } from './certificate.js'
import { summarizeCertificate } from './general.js'

const limits = { maxBytes: 1 << 16, maxDepth: 16, maxElements: 1000 }
const genuine = productLineNames.flatMap((line) => {
  const { ark, ask, asvk } = amdRoots(line)
  return [ark, ask, asvk]
})

describe('AMD’s genuine authorities', () => {
  it('are strict DER, and so is what their extensions hold', () => {
    for (const der of genuine) {
      expect(outcomeOf(() => assertDer(der, limits))).toBe('accepted')
      for (const { oid, value } of parseCertificate(der).extensions.values())
        expect(
          outcomeOf(() => assertDer(value, limits)),
          oid,
        ).toBe('accepted')
    }
  })

  it('pass although two values are not minimal for their type, which no reader of elements can see', () => {
    const [ark, ask] = genuine
    // KeyUsage keyCertSign alone, of seven bits: a named bit list drops its trailing zero bits in DER.
    const usage = (der: Uint8Array | undefined): Uint8Array | undefined =>
      parseCertificate(der ?? hex('')).extensions.get('2.5.29.15')?.value
    expect([usage(ark), usage(ask)]).toEqual([hex('03020106'), hex('03020104')])
    // trailerField 1 is a default, and written out.
    expect(Buffer.from(ark ?? []).toString('hex')).toContain('a303020101')
  })
})

/** A certificate of another world: ECDSA P-256, made by OpenSSL. */
const foreignPem = `-----BEGIN CERTIFICATE-----
MIIBizCCATKgAwIBAgIBTTAKBggqhkjOPQQDAjAlMRAwDgYDVQQDDAdmb3JlaWdu
MREwDwYDVQQKDAhTb21lYm9keTAeFw0yNjExMjEwMzI4MTJaFw0zNjExMTgwMzI4
MTJaMCUxEDAOBgNVBAMMB2ZvcmVpZ24xETAPBgNVBAoMCFNvbWVib2R5MFkwEwYH
KoZIzj0CAQYIKoZIzj0DAQcDQgAE6cdm9GX9OosYnw5d81fHUoLi/p2UlAsdYShM
76lKu/RLvlHMt5cuinwfval/KG8/m4Z3BApzIgRt0DdKJmByNaNTMFEwHQYDVR0O
BBYEFLRcPq/NDkQHPc4qln32lLKNEbdbMB8GA1UdIwQYMBaAFLRcPq/NDkQHPc4q
ln32lLKNEbdbMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgJFvx
NaYNip3OlAVfmOTH8DaNLPIGpVpr1teevKpOeKMCIAUbxPvpjdGZy7YrpyzUX4p5
cB8DlTsJEYANVADOS9GT
-----END CERTIFICATE-----
`

describe('a summary', () => {
  const foreign = fromPem(foreignPem)?.[0]?.bytes ?? hex('')

  it('says what a certificate of any profile says', () => {
    expect(outcomeOf(() => parseCertificate(foreign))).toBe('CERTIFICATE_ALGORITHM')
    const node = new X509Certificate(foreign)
    const { subject, serialNumber, notBefore, notAfter, signatureAlgorithm, extensions } =
      summarizeCertificate(foreign)
    expect(subject).toMatch(/CN=foreign/)
    expect(serialNumber).toBe('4d')
    expect(signatureAlgorithm).toBe('ECDSA SHA-256')
    expect([notBefore, notAfter].map((time) => Date.parse(time))).toEqual(
      [node.validFrom, node.validTo].map((time) => Date.parse(time)),
    )
    expect(extensions).toContainEqual({ oid: '2.5.29.19', critical: true })
  })

  it('is made of strict DER alone', () => {
    const tree = derTree(foreign)
    const long = writeSpoiled(tree, '0.3', (tag, content) => longFormTlv(tag, 1, content))
    expect(outcomeOf(() => summarizeCertificate(long))).toBe('DER_NOT_CANONICAL')
    expect(outcomeOf(() => summarizeCertificate(concat(foreign, hex('00'))))).toBe('DER_TRAILING_DATA')
    expect(outcomeOf(() => summarizeCertificate(foreign.subarray(0, -1)))).toBe('DER_TRUNCATED')
    expect(outcomeOf(() => summarizeCertificate(new Uint8Array(16 * 1024 + 1)))).toBe('DER_LIMIT')
  })

  it('is not made of DER that is no certificate', () => {
    for (const bytes of [
      nullValue(),
      sequence(),
      sequence(sequence(), sequence(), hex('030100')),
      hex('0201ff'),
    ])
      expect(outcomeOf(() => summarizeCertificate(bytes))).toBe('CERTIFICATE_MALFORMED')
  })
})
