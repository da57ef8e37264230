import { describe, expect, it } from 'vitest'
import { jsonBytes, thimDocument } from '../../test/support/azure.js'
import { pem } from '../../test/support/cert-table.js'
import { pemChain } from '../../test/support/containers-c.js'
import { labEvidence } from '../../test/support/pki.js'
import { orNull } from './container.js'
import { readHostCertificates } from './host-certificates.js'

const lab = labEvidence({ line: 'Genoa' })
const vlek = labEvidence({ line: 'Genoa', signer: 'vlek' })
const none = new Uint8Array()
const text = (value: string): Uint8Array => new TextEncoder().encode(value)

describe('certificates that a host gave', () => {
  it.each([
    ['PEM', pemChain(lab)],
    ['the answer of the metadata service', jsonBytes(thimDocument(lab))],
  ])('are a VCEK and two hints: %s', (_, bytes) => {
    expect(readHostCertificates(bytes, 'chain')).toEqual({
      leaves: [{ kind: 'vcek', der: lab.vek }],
      authorities: [lab.ask, lab.ark],
      crls: [],
    })
  })

  it('may be none, or one', () => {
    expect(readHostCertificates(none, 'chain')).toEqual({ leaves: [], authorities: [], crls: [] })
    expect(readHostCertificates(text(pem(vlek.vek)), 'chain')).toEqual({
      leaves: [{ kind: 'vlek', der: vlek.vek }],
      authorities: [],
      crls: [],
    })
  })

  it('have the key in the first place, whatever stands there', () => {
    const { leaves, authorities } = readHostCertificates(text(pem(lab.ask) + pem(lab.vek)), 'chain')
    expect(leaves).toEqual([{ kind: null, der: lab.ask }])
    expect(authorities).toEqual([lab.vek])
  })

  it.each<[string, Uint8Array, string]>([
    ['a CRL', text(pem(lab.crl, 'X509 CRL')), 'chain: not PEM of CERTIFICATE alone'],
    ['text behind PEM', text(`${pem(lab.vek)}x`), 'chain: not PEM of CERTIFICATE alone'],
    ['another object', jsonBytes({ vcekCert: 1 }), 'thim: vcekCert is not text'],
    ['half an object', text('{'), 'thim is not strict JSON: '],
  ])('are not %s', (_, bytes, message) => {
    expect(() => readHostCertificates(bytes, 'chain')).toThrow(message)
  })

  it('are at most 64 KiB', () => {
    expect(() => readHostCertificates(new Uint8Array(64 * 1024 + 1), 'chain')).toThrow(
      'chain: more than 65536 bytes',
    )
  })
})

it('what is empty was not there', () => {
  expect([orNull(null), orNull(none), orNull(Uint8Array.of(0))]).toEqual([null, null, Uint8Array.of(0)])
})
