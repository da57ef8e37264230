// What the readers call each field, and what they say of sizes: the codes are in the other tests of this folder.
import { describe, expect, it } from 'vitest'
import { derTree, writeSpoiled } from '../../test/fuzz/der-tree.js'
import { type Extension, X509_OIDS, authorityKeyIdentifier } from '../../test/support/certificates.js'
import { makeCrl } from '../../test/support/crl.js'
import { bitString, concat, hex, integer, nullValue, oid, sequence, tlv } from '../../test/support/der.js'
import { ecKey } from '../../test/support/keys.js'
import { labEvidence, labPki } from '../../test/support/pki.js'
import { isVerificationError } from '../errors/error.js'
import { readPublicKey } from './algorithm.js'
import { maxCertificateBytes, parseCertificate } from './certificate.js'
import { issuerOfCrl, maxCrlBytes, parseCrl } from './crl.js'
import { summarizeCertificate } from './general.js'

function refusalOf(run: () => unknown) {
  try {
    run()
  } catch (error) {
    if (!isVerificationError(error)) throw error
    const { code, message, details, cause } = error
    return { code, message, details, cause }
  }
  throw new Error('nothing was refused')
}

const authority = labPki().lines.Genoa.ark
const makeList = (edit: readonly Extension[] | null = null): Uint8Array =>
  makeCrl({
    authority,
    entries: [{ serial: 0x20001 }],
    sign: () => new Uint8Array(512),
    ...(edit === null ? {} : { edit: () => edit }),
  }).der

type Field = readonly [path: string, what: string, tag: string]

/** With a UTF8String in the place of the field. */
function expectNames(der: Uint8Array, parse: (der: Uint8Array) => unknown, fields: readonly Field[]): void {
  const tree = derTree(der)
  expect(() => parse(der)).not.toThrow()
  for (const [path, what, tag] of fields) {
    const spoiled = writeSpoiled(tree, path, (_tag, content) => tlv(0x0c, content))
    expect(refusalOf(() => parse(spoiled)).message).toBe(`${what}: expected tag 0x${tag}, got 0x0c`)
  }
}

describe('fields are named', () => {
  it('in a certificate', () => {
    expectNames(labEvidence().vek, parseCertificate, [
      ['', 'certificate', '30'],
      ['0', 'TBSCertificate', '30'],
      ['0.0', 'version', 'a0'],
      ['0.0.0', 'version', '02'],
      ['0.1', 'serial number', '02'],
      ['0.2', 'signature', '30'],
      ['0.3', 'issuer', '30'],
      ['0.3.0', 'issuer', '31'],
      ['0.3.0.0', 'issuer', '30'],
      ['0.3.0.0.0', 'issuer', '06'],
      ['0.4', 'validity', '30'],
      ['0.4.0', 'notBefore', '17'],
      ['0.4.1', 'notAfter', '17'],
      ['0.5', 'subject', '30'],
      ['0.6', 'public key', '30'],
      ['0.7.0', 'certificate extensions', '30'],
      ['0.7.0.0', 'certificate extension', '30'],
      ['0.7.0.0.0', 'certificate extension', '06'],
      ['0.7.0.0.1', 'certificate extension', '04'],
      ['1', 'signatureAlgorithm', '30'],
      ['2', 'signature', '03'],
    ])
  })

  it('in a CRL', () => {
    expectNames(makeList(), parseCrl, [
      ['', 'CRL', '30'],
      ['0', 'TBSCertList', '30'],
      ['0.0', 'CRL version', '02'],
      ['0.1', 'signature', '30'],
      ['0.2', 'CRL issuer', '30'],
      ['0.3', 'thisUpdate', '17'],
      ['0.5', 'CRL extensions', 'a0'],
      ['0.5.0', 'CRL entry', '30'],
      ['0.5.0.0', 'revoked serial number', '02'],
      ['0.5.0.1', 'revocation date', '17'],
      ['0.6', 'CRL extensions', 'a0'],
      ['0.6.0', 'CRL extensions', '30'],
      ['0.6.0.0', 'CRL extension', '30'],
      ['1', 'signatureAlgorithm', '30'],
      ['2', 'signature', '03'],
    ])
    const late = writeSpoiled(derTree(makeList()), '0.4', (tag) => tlv(tag, hex('30')))
    expect(refusalOf(() => parseCrl(late)).message).toBe('nextUpdate: a value that is not in its DER form')
  })

  it('where only the issuer of a CRL is looked for', () => {
    expectNames(makeList(), issuerOfCrl, [
      ['', 'CRL', '30'],
      ['0', 'TBSCertList', '30'],
      ['0.0', 'signature', '30'],
      ['0.1', 'signature', '30'],
      ['0.2', 'CRL issuer', '30'],
    ])
  })

  it('in an RSA key', () => {
    const { spki } = authority.key
    expectNames(spki, readPublicKey, [
      ['', 'public key', '30'],
      ['0', 'public key algorithm', '30'],
      ['1', 'RSA key', '03'],
    ])
    const tree = derTree(spki)
    const inner = derTree((tree.children?.[1]?.content ?? hex('')).slice(1))
    const wrap = (key: Uint8Array) => writeSpoiled(tree, '1', () => bitString(key))
    expectNames(inner.raw, (key) => readPublicKey(wrap(key)), [
      ['', 'RSA key', '30'],
      ['0', 'RSA modulus', '02'],
      ['1', 'RSA exponent', '02'],
    ])
    const three = writeSpoiled(inner, '1', () => integer(3))
    expect(refusalOf(() => readPublicKey(wrap(three)))).toEqual({
      code: 'CERTIFICATE_MALFORMED',
      message: 'an RSA key that is not RSA-4096 with e = 65537',
      details: {},
      cause: undefined,
    })
  })
})

describe('sizes', () => {
  it('are told', () => {
    expect(refusalOf(() => parseCertificate(new Uint8Array(maxCertificateBytes + 1)))).toEqual({
      code: 'DER_LIMIT',
      message: 'a certificate of more than 16384 bytes',
      details: { bytes: 16385 },
      cause: undefined,
    })
    for (const read of [parseCrl, issuerOfCrl])
      expect(refusalOf(() => read(new Uint8Array(maxCrlBytes + 1)))).toEqual({
        code: 'DER_LIMIT',
        message: 'a CRL of more than 1048576 bytes',
        details: { bytes: 1048577 },
        cause: undefined,
      })
  })

  it('up to the limit the content decides', () => {
    expect(refusalOf(() => parseCertificate(new Uint8Array(maxCertificateBytes))).code).toBe('DER_UNEXPECTED')
    expect(refusalOf(() => parseCrl(new Uint8Array(maxCrlBytes))).code).toBe('DER_UNEXPECTED')
    expect(refusalOf(() => issuerOfCrl(new Uint8Array(maxCrlBytes))).code).toBe('DER_UNEXPECTED')
  })
})

describe('a P-384 key', () => {
  it('has 97 bytes and nothing after them', () => {
    const { spki } = ecKey('a P-384 key of this test')
    expect(readPublicKey(spki)).toMatchObject({ kind: 'p384' })
    for (const other of [concat(spki, hex('00')), spki.slice(0, -1)])
      expect(refusalOf(() => readPublicKey(other)).code).toMatch(/^(CERTIFICATE_MALFORMED|DER_TRUNCATED)$/)
  })
})

describe('extensions of a CRL', () => {
  const number = (content: string, critical?: boolean): Extension => ({
    oid: X509_OIDS.crlNumber,
    value: hex(content),
    ...(critical === undefined ? {} : { critical }),
  })

  it('may be critical if they are known', () => {
    const { oid: authorityOid, value } = authorityKeyIdentifier(authority.key.keyId)
    const list = makeList([number('020107', true), { oid: authorityOid, value, critical: true }])
    expect(parseCrl(list).number).toBe(7n)
  })

  it('hold a number from 0 up', () => {
    expect(parseCrl(makeList([number('02017f')])).number).toBe(127n)
    expect(parseCrl(makeList([number('02020080')])).number).toBe(128n)
    for (const negative of ['020180', '0201ff'])
      expect(refusalOf(() => parseCrl(makeList([number(negative)])))).toMatchObject({
        code: 'REVOCATION_MALFORMED',
        message: 'CRL: a negative CRL number',
        details: { problem: 'a negative CRL number' },
      })
    expect(refusalOf(() => parseCrl(makeList([number('0c00')]))).message).toBe(
      'CRL number: expected tag 0x02, got 0x0c',
    )
  })
})

describe('a summary', () => {
  it('says why it cannot be made', () => {
    expect(refusalOf(() => summarizeCertificate(nullValue()))).toEqual({
      code: 'CERTIFICATE_MALFORMED',
      message: 'not understood as a certificate',
      details: {},
      cause: expect.any(Error),
    })
  })

  it('names an algorithm that has no hash', () => {
    const tree = derTree(labEvidence().vek)
    const ed25519 = () => sequence(oid('1.3.101.112'))
    const der = writeSpoiled(derTree(writeSpoiled(tree, '0.2', ed25519)), '1', ed25519)
    expect(summarizeCertificate(der).signatureAlgorithm).toBe('Ed25519')
  })
})
