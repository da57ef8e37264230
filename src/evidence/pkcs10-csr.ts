/**
 * A certificate request (PKCS #10, RFC 2986), DER or PEM, that asks for an extension with evidence in it: what Enarx
 * sends to Steward. Source: enarx/steward, `crates/attestation`.
 *
 *   SEQUENCE { SEQUENCE { INTEGER 0, subject, key, [0] attributes }, algorithm, BIT STRING signature }
 *
 * The signature is not checked: it says that the sender has the key, which is nothing about the report. That the
 * report commits to the key is the binding's to say. Other attributes are of no use here and not read.
 */
import { type Cursor, contextTag, expectElement, tags } from '../asn1/der.js'
import { readOid, readSmallInteger } from '../asn1/values.js'
import { readExtensions } from '../x509/extension.js'
import { duplicate, malformed, oneDocument } from './container.js'
import { maxDerBytes, rawElement, readDer, recognisesDer, within } from './der-fields.js'
import { type Extensions, hasEvidence, readEvidenceExtension } from './evidence-extension.js'
import type { BytesFormat } from './format.js'

const what = 'pkcs10-csr'
const extensionRequest = '1.2.840.113549.1.9.14'

interface Request {
  readonly csr: Uint8Array
  readonly spki: Uint8Array
  readonly extensions: Extensions
}

function readRequest(bytes: Uint8Array): Request {
  const csr = oneDocument(bytes, 'CERTIFICATE REQUEST', what, maxDerBytes)
  return readDer(csr, what, (document) => {
    const request = within(document, tags.sequence, 'request', (info) => {
      if (readSmallInteger(info, 'version') !== 0) throw malformed(what, 'not of version 1')
      expectElement(info, tags.sequence, 'subject')
      const spki = rawElement(info, tags.sequence, 'key')
      return { csr, spki, extensions: within(info, contextTag(0), 'attributes', readRequested) }
    })
    expectElement(document, tags.sequence, 'algorithm')
    expectElement(document, tags.bitString, 'signature')
    return request
  })
}

function readRequested(attributes: Cursor): Extensions {
  const requested: Extensions[] = []
  while (attributes.at < attributes.end)
    within(attributes, tags.sequence, 'attribute', (attribute) => {
      const isRequest = readOid(attribute, 'attribute') === extensionRequest
      within(attribute, tags.set, 'values', (values) => {
        if (isRequest) requested.push(readExtensions(values, 'request'))
        else values.at = values.end
      })
    })
  const [only, ...more] = requested
  if (only === undefined) throw malformed(what, 'it asks for no extensions')
  if (more.length > 0) throw duplicate(what, 'it asks for extensions twice')
  return only
}

export const pkcs10Csr: BytesFormat = {
  name: what,
  takes: 'bytes',
  recognises: (sniff) => recognisesDer(sniff, (bytes) => hasEvidence(readRequest(bytes).extensions)),
  decode: async (bytes) => {
    const { csr, spki, extensions } = readRequest(bytes)
    return { ...(await readEvidenceExtension(extensions, what)), attachments: { spki, csr } }
  },
}
