/**
 * A certificate (X.509, RFC 5280), DER or PEM, with evidence about its key in an extension: what servers show that
 * attest in TLS.
 *
 * Nothing else of the certificate is judged, neither its dates nor who signed it: most sign themselves. That the
 * report commits to the key is the binding's to say, and that the peer has the key is for the connection to show.
 */
import { contextTag, expectElement, tags } from '../asn1/der.js'
import { readIntegerBytes, readSmallInteger } from '../asn1/values.js'
import { readExtensions } from '../x509/extension.js'
import { malformed, oneDocument } from './container.js'
import { maxDerBytes, rawElement, readDer, recognisesDer, within } from './der-fields.js'
import { type Extensions, hasEvidence, readEvidenceExtension } from './evidence-extension.js'
import type { BytesFormat } from './format.js'

const what = 'ra-tls'
const parts = ['algorithm', 'issuer', 'validity', 'subject'] as const

interface KeyCertificate {
  readonly certificate: Uint8Array
  readonly spki: Uint8Array
  readonly extensions: Extensions
}

function readKeyCertificate(bytes: Uint8Array): KeyCertificate {
  const certificate = oneDocument(bytes, 'CERTIFICATE', what, maxDerBytes)
  return readDer(certificate, what, (document) => {
    const read = within(document, tags.sequence, 'TBSCertificate', (tbs) => {
      const version = within(tbs, contextTag(0), 'version', (inner) => readSmallInteger(inner, 'version'))
      // Others have no extensions.
      if (version !== 2) throw malformed(what, 'not of version 3')
      readIntegerBytes(tbs, 'serial number', 21)
      for (const part of parts) expectElement(tbs, tags.sequence, part)
      const spki = rawElement(tbs, tags.sequence, 'key')
      const extensions = within(tbs, contextTag(3), 'extensions', (inner) =>
        readExtensions(inner, 'certificate'),
      )
      return { certificate, spki, extensions }
    })
    expectElement(document, tags.sequence, 'algorithm')
    expectElement(document, tags.bitString, 'signature')
    return read
  })
}

export const raTls: BytesFormat = {
  name: what,
  takes: 'bytes',
  recognises: (sniff) => recognisesDer(sniff, (bytes) => hasEvidence(readKeyCertificate(bytes).extensions)),
  decode: async (bytes) => {
    const { certificate, spki, extensions } = readKeyCertificate(bytes)
    return { ...(await readEvidenceExtension(extensions, what)), attachments: { spki, certificate } }
  },
}
