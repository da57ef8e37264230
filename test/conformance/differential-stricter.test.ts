// What the general readers take, as readers of any certificate must, and ours refuses. Each with its code and reason,
// and with both sides run: a line that no longer holds fails. There is no line the other way round.
import 'reflect-metadata'
import { X509Certificate, X509Crl } from '@peculiar/x509'
import { describe, expect, it } from 'vitest'
import { parseEndorsementKey } from '../../src/endorsement/endorsement-key.js'
import { parseCrl } from '../../src/x509/crl.js'
import { derTree, writeSpoiled } from '../fuzz/der-tree.js'
import { type Outcome, outcomeOf } from '../fuzz/outcome.js'
import { AMD_OIDS, makeVek, repeatExtension, setExtension } from '../support/certificates.js'
import type { VekOptions } from '../support/certificates.js'
import { makeCrl } from '../support/crl.js'
import type { CrlOptions } from '../support/crl.js'
import {
  ascii,
  concat,
  explicit,
  hex,
  implicit,
  longFormTlv,
  nullValue,
  sequence,
  tlv,
} from '../support/der.js'
import { p256Spki } from '../support/keys.js'
import { labCrl, labEvidence, labPki } from '../support/pki.js'
import { pkcs1Algorithm, pssAlgorithm } from '../support/pss.js'

type Line = readonly [name: string, der: Uint8Array, code: Outcome, reason: string]

const { ark, ask } = labPki().lines.Genoa
const sign = (): Uint8Array => new Uint8Array(512)
const vek = (options: Partial<VekOptions>): Uint8Array =>
  makeVek({ line: 'Genoa', kind: 'vcek', authority: ask, sign, ...options }).der
const crl = (options: Partial<CrlOptions>): Uint8Array =>
  makeCrl({ authority: ark, entries: [{ serial: 5 }], sign, ...options }).der

const leaf = derTree(labEvidence({ line: 'Genoa' }).vek)
const long = (path: string): Uint8Array =>
  writeSpoiled(leaf, path, (tag, content) => longFormTlv(tag, 1, content))
const open = (path: string): Uint8Array =>
  writeSpoiled(leaf, path, (tag, content) => concat(Uint8Array.of(tag, 0x80), content, hex('0000')))
const utc = (text: string): Uint8Array => tlv(0x17, ascii(text))

const oneForm = 'DER has one form of a value; with two, the digest of a certificate is not its name'
const oneDocument = 'bytes beside a document are in no signature'
const pinned = 'the algorithm is ours to say, not the certificate’s'
const once = 'two readers could take different ones'
const profile = 'not in the profile that AMD issues'
const lists = 'delta, indirect and partitioned lists mean something else than a plain one'

const certificates: readonly Line[] = [
  ['a byte after the certificate', vek({ trailing: hex('00') }), 'DER_TRAILING_DATA', oneDocument],
  ['an element after the signature', vek({ extraOuter: nullValue() }), 'DER_TRAILING_DATA', oneDocument],
  ['a long length of the whole', long(''), 'DER_NOT_CANONICAL', oneForm],
  ['a long length of the signed part', long('0'), 'DER_NOT_CANONICAL', oneForm],
  ['a long length of the serial number', long('0.1'), 'DER_NOT_CANONICAL', oneForm],
  ['a long length of a name', long('0.3'), 'DER_NOT_CANONICAL', oneForm],
  ['an indefinite length of the whole', open(''), 'DER_NOT_CANONICAL', oneForm],
  ['an indefinite length of a name', open('0.5'), 'DER_NOT_CANONICAL', oneForm],
  ['a serial number with a byte too many', vek({ serial: hex('0001') }), 'DER_NOT_CANONICAL', oneForm],
  [
    'critical FALSE written out',
    vek({ edit: (list) => setExtension(list, AMD_OIDS.blSpl, { critical: false }) }),
    'DER_NOT_CANONICAL',
    oneForm,
  ],
  ['31 February', vek({ notAfter: utc('330231000000Z') }), 'DER_NOT_CANONICAL', oneForm],
  ['24:00', vek({ notAfter: utc('330101240000Z') }), 'DER_NOT_CANONICAL', oneForm],
  [
    'an extension twice',
    vek({ edit: (list) => repeatExtension(list, AMD_OIDS.blSpl) }),
    'CERTIFICATE_MALFORMED',
    once,
  ],
  [
    'two different algorithm identifiers',
    vek({ outerAlgorithm: pssAlgorithm({ explicitTrailer: true }) }),
    'CERTIFICATE_ALGORITHM_MISMATCH',
    once,
  ],
  ['PKCS #1 v1.5', vek({ algorithm: pkcs1Algorithm() }), 'CERTIFICATE_ALGORITHM', pinned],
  ['SHA-256', vek({ algorithm: pssAlgorithm({ hash: 'sha256' }) }), 'CERTIFICATE_ALGORITHM', pinned],
  [
    'a salt of 32 bytes',
    vek({ algorithm: pssAlgorithm({ saltLength: 32 }) }),
    'CERTIFICATE_ALGORITHM',
    pinned,
  ],
  ['version 2', vek({ version: 2 }), 'CERTIFICATE_MALFORMED', profile],
  ['a negative serial number', vek({ serial: -5 }), 'CERTIFICATE_MALFORMED', profile],
  ['a serial number of 30 bytes', vek({ serial: 1n << 230n }), 'DER_LIMIT', profile],
  [
    'a unique identifier',
    vek({ extensions: concat(implicit(1, hex('00aa')), explicit(3, sequence())) }),
    'CERTIFICATE_MALFORMED',
    profile,
  ],
  ['no extensions', vek({ extensions: null }), 'CERTIFICATE_MALFORMED', profile],
  [
    'an IA5 name',
    vek({ subject: [{ oid: 'CN', value: 'SEV-VCEK', type: 'ia5' }] }),
    'CERTIFICATE_MALFORMED',
    profile,
  ],
  ['a P-256 key', vek({ spki: p256Spki('stricter') }), 'CERTIFICATE_MALFORMED', profile],
  ['a signature of 256 bytes', vek({ sign: () => new Uint8Array(256) }), 'CERTIFICATE_MALFORMED', profile],
  ['another issuer', vek({ issuer: [{ oid: 'CN', value: 'somebody' }] }), 'CERTIFICATE_PROFILE', profile],
  [
    'a level of 256',
    vek({ edit: (list) => setExtension(list, AMD_OIDS.blSpl, { value: hex('02020100') }) }),
    'CERTIFICATE_PROFILE',
    profile,
  ],
]

const crls: readonly Line[] = [
  ['a byte after the list', crl({ trailing: hex('00') }), 'DER_TRAILING_DATA', oneDocument],
  ['an element after the signature', crl({ extraOuter: nullValue() }), 'DER_TRAILING_DATA', oneDocument],
  [
    'a long length of the whole',
    writeSpoiled(derTree(labCrl('Genoa')), '', (tag, content) => longFormTlv(tag, 1, content)),
    'DER_NOT_CANONICAL',
    oneForm,
  ],
  ['a serial number twice', crl({ entries: [{ serial: 5 }, { serial: 5 }] }), 'REVOCATION_MALFORMED', once],
  ['an empty list of entries', crl({ rawEntries: sequence() }), 'REVOCATION_MALFORMED', oneForm],
  ['no nextUpdate', crl({ nextUpdate: null }), 'REVOCATION_MALFORMED', 'it would never be stale'],
  ['no number', crl({ number: null }), 'REVOCATION_MALFORMED', 'nobody could say which of two is newer'],
  [
    'a critical extension',
    crl({ edit: (list) => [...list, { oid: '1.2.3', critical: true, value: nullValue() }] }),
    'REVOCATION_UNSUPPORTED',
    lists,
  ],
  [
    'a delta CRL indicator',
    crl({ edit: (list) => [...list, { oid: '2.5.29.27', critical: true, value: hex('020101') }] }),
    'REVOCATION_UNSUPPORTED',
    lists,
  ],
  [
    'a critical extension of an entry',
    crl({ entries: [{ serial: 5, extensions: [{ oid: '1.2.3', critical: true, value: nullValue() }] }] }),
    'REVOCATION_UNSUPPORTED',
    lists,
  ],
  [
    'two different algorithm identifiers',
    crl({ outerAlgorithm: pssAlgorithm({ explicitTrailer: true }) }),
    'REVOCATION_MALFORMED',
    once,
  ],
  ['PKCS #1 v1.5', crl({ algorithm: pkcs1Algorithm() }), 'REVOCATION_MALFORMED', pinned],
]

describe('certificates: ours alone refuses', () => {
  it.each(certificates)('%s', (_, der, code) => {
    expect(outcomeOf(() => parseEndorsementKey(der))).toBe(code)
    expect(new X509Certificate(new Uint8Array(der)).subject).toContain('CN=SEV-VCEK')
  })
})

describe('CRLs: ours alone refuses', () => {
  it.each(crls)('%s', (_, der, code) => {
    expect(outcomeOf(() => parseCrl(der))).toBe(code)
    expect(new X509Crl(new Uint8Array(der)).issuer).toContain('CN=ARK-Genoa')
  })
})
