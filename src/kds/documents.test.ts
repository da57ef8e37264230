import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pem } from '../../test/support/cert-table.js'
import { labCrl, labEvidence, labPki } from '../../test/support/pki.js'
import { labChipId } from '../../test/support/report.js'
import { toUtf8 } from '../encoding/text.js'
import { parseReport } from '../report/report.js'
import { chainDocument, crlDocument, vcekDocument } from './documents.js'
import { vcekIdOf } from './url.js'

const milan = labEvidence()
const turin = labEvidence({ line: 'Turin' })
const otherChip = labEvidence({ report: { chipId: labChipId('Milan').map((byte) => byte ^ 1) } })
const otherTcb = labEvidence({ report: { reportedTcb: { bootloader: 1, tee: 0, snp: 1, microcode: 1 } } })
const { ark, ask, asvk } = labPki().lines.Milan
const genoa = labPki().lines.Genoa

const refused = (message: RegExp) =>
  expect.objectContaining({
    code: 'KDS_RESPONSE',
    verdict: 'unverifiable',
    message: expect.stringMatching(message) as unknown,
  })
const joined = (...parts: readonly string[]) => toUtf8(parts.join(''))

describe('a VCEK', () => {
  it.each([milan, turin])('is read, and has its end', (evidence) => {
    const { read, what } = vcekDocument(vcekIdOf(parseReport(evidence.report)))
    expect(what).toBe(`the VCEK of a ${evidence.line} chip`)
    expect(read(evidence.vek)).toEqual({ value: evidence.vek, expiresAt: expect.any(Number) as unknown })
    const notAfter = new Date('2027-01-02T03:04:05Z')
    const { vek } = labEvidence({ line: evidence.line, vek: { notAfter } })
    expect(read(vek).expiresAt).toBe(notAfter.getTime())
  })

  it.each([
    ['a page', toUtf8('<html>'), /: the answer is none: /],
    ['nothing', new Uint8Array(), /: the answer is none: /],
    ['more than a certificate', Buffer.concat([milan.vek, Buffer.of(0)]), /: the answer is none: /],
    ['half a certificate', milan.vek.slice(0, 500), /: the answer is none: /],
    ['PEM', joined(pem(milan.vek)), /: the answer is none: /],
    ['the certificate of another chip', otherChip.vek, /: the answer is that of another chip$/],
    ['the certificate of another TCB', otherTcb.vek, /: the answer is that of another TCB$/],
    ['the certificate of another line', turin.vek, /: the answer is that of a Turin chip$/],
    ['a VLEK', labEvidence({ signer: 'vlek' }).vek, /: the answer is a VLEK$/],
    ['an intermediate', ask.der, /: the answer is none: /],
  ])('is not %s', (_, bytes, message) => {
    const { read } = vcekDocument(vcekIdOf(parseReport(milan.report)))
    expect(() => read(bytes)).toThrow(refused(message))
  })
})

describe('a chain', () => {
  it('is an intermediate and its root, and ends with the first of them', () => {
    const { read, what, maxBytes } = chainDocument('Milan', 'vcek')
    expect([what, maxBytes]).toEqual(['the vcek chain of Milan', 65_536])
    const { value, expiresAt } = read(joined(pem(ask.der), pem(ark.der)))
    expect(value).toEqual({ intermediate: ask.der, root: ark.der })
    expect(expiresAt).toBeGreaterThan(Date.parse('2040-01-01T00:00:00Z'))
    const other = chainDocument('Milan', 'vlek').read(joined(pem(asvk.der), '\n', pem(ark.der)))
    expect(other.value).toEqual({ intermediate: asvk.der, root: ark.der })
  })

  it.each([
    ['one certificate', joined(pem(ask.der)), /no PEM of two certificates$/],
    ['three', joined(pem(ask.der), pem(ark.der), pem(ark.der)), /no PEM of two certificates$/],
    ['DER', ask.der, /no PEM of two certificates$/],
    ['bytes that are no text', Uint8Array.of(0xff), /no PEM of two certificates$/],
    ['PEM of a CRL', joined(pem(ask.der), pem(ark.der, 'X509 CRL')), /PEM of something else$/],
    ['PEM of no certificate', joined(pem(ask.der), pem(Uint8Array.of(48, 0))), /the answer is none: /],
    ['the other order', joined(pem(ark.der), pem(ask.der)), /one of "ARK-Milan"$/],
    ['that of the other kind', joined(pem(asvk.der), pem(ark.der)), /one of "SEV-VLEK-Milan"$/],
    ['that of another line', joined(pem(genoa.ask.der), pem(genoa.ark.der)), /one of "SEV-Genoa"$/],
    ['that of another root', joined(pem(ask.der), pem(genoa.ark.der)), /one of "ARK-Genoa"$/],
  ])('is not %s', (_, bytes, message) => {
    expect(() => chainDocument('Milan', 'vcek').read(bytes)).toThrow(refused(message))
  })
})

describe('a CRL', () => {
  it('is one of its root, and ends with nextUpdate', () => {
    const { read, what, maxBytes } = crlDocument('Genoa', 'vlek')
    expect([what, maxBytes]).toEqual(['the vlek CRL of Genoa', 1024 * 1024 - 8])
    const nextUpdate = new Date('2026-07-01T00:00:00Z')
    const crl = labCrl('Genoa', { nextUpdate })
    expect(read(crl)).toEqual({ value: crl, expiresAt: nextUpdate.getTime() })
  })

  it.each([
    ['a page', toUtf8('<html>'), /the answer is none: /],
    ['that of another line', labCrl('Genoa'), /one of "ARK-Genoa"$/],
    ['a certificate', milan.vek, /the answer is none: /],
  ])('is not %s', (_, bytes, message) => {
    expect(() => crlDocument('Milan', 'vcek').read(bytes)).toThrow(refused(message))
  })

  it('names what our own reader found', () => {
    const { read } = crlDocument('Milan', 'vcek')
    expect(() => read(new Uint8Array())).toThrow(
      expect.objectContaining({
        code: 'KDS_RESPONSE',
        details: { code: 'DER_TRUNCATED' },
        cause: expect.objectContaining({ code: 'DER_TRUNCATED' }) as unknown,
      }),
    )
  })
})

it('any bytes are the document or KDS_RESPONSE, and never another failure', () => {
  const chain = joined(pem(ask.der), pem(ark.der))
  const documents = [
    [vcekDocument(vcekIdOf(parseReport(milan.report))), milan.vek],
    [chainDocument('Milan', 'vcek'), chain],
    [crlDocument('Milan', 'vcek'), labCrl('Milan')],
  ] as const
  const damage = fc.record({
    which: fc.nat({ max: 2 }),
    place: fc.nat({ max: 3000 }),
    byte: fc.nat({ max: 255 }),
    cut: fc.option(fc.nat({ max: 2000 })),
  })
  fc.assert(
    fc.property(damage, ({ which, place, byte, cut }) => {
      const [document, good] = documents[which] ?? documents[0]
      const bytes = good.slice(0, cut ?? good.length)
      if (place < bytes.length) bytes[place] = byte
      try {
        document.read(bytes)
      } catch (error) {
        expect(error).toEqual(refused(/./))
      }
    }),
    { numRuns: 200 },
  )
})
