// Stage revocation, guards: for each guard of the CRL reader a CRL that it alone refuses. The pinned ARK signed all.
import { authorityKeyIdentifier, extensionDer } from '../certificates.js'
import { type CrlOptions, crlNumber } from '../crl.js'
import { concat, explicit, integer, octetString, oid, sequence, tlv, utcTime } from '../der.js'
import { rsaKey } from '../keys.js'
import { amdName } from '../names.js'
import { labPki } from '../pki.js'
import { signPss } from '../pss.js'
import { type TestSketch } from './format.js'
import { crlOf, missing, policyOf, rfc, unverifiable } from './revocation-sketch.js'

type Outcome = readonly [code: string, verdict: 'malformed' | 'unverifiable' | 'rejected']

const malformed: Outcome = ['REVOCATION_MALFORMED', 'malformed']
const trailing: Outcome = ['DER_TRAILING_DATA', 'malformed']
const notCanonical: Outcome = ['DER_NOT_CANONICAL', 'malformed']
const limit: Outcome = ['DER_LIMIT', 'malformed']
const ends = 'two readers could take different ends'
const x690 = 'ITU-T X.690'

const shape = (
  comment: string,
  why: string,
  options: Partial<CrlOptions>,
  [code, verdict]: Outcome,
  source = x690,
): TestSketch => ({
  comment,
  why,
  source,
  flags: code.startsWith('DER') ? ['encoding'] : ['missingStep'],
  input: { crls: [crlOf(options)], policy: policyOf() },
  code,
  verdict,
  failed: ['revocation.structure'],
})

const { key } = labPki().lines.Genoa.ark
const usual = [authorityKeyIdentifier(key.keyId), crlNumber(7)].map(extensionDer)
/** Extensions as raw bytes: the list is left out, and they follow as what may follow it. */
const raw = (...content: readonly Uint8Array[]): Partial<CrlOptions> => ({
  edit: () => [],
  extraTbs: explicit(0, ...content),
})
const date = utcTime(new Date('2026-05-01T12:00:00Z'))
const entry = (...more: readonly Uint8Array[]): Partial<CrlOptions> => ({
  rawEntries: sequence(sequence(integer(5), date, ...more)),
})
const reason = sequence(extensionDer({ oid: '2.5.29.21', value: Uint8Array.of(0x0a, 1, 1) }))

export const crlGuards: readonly TestSketch[] = [
  shape(
    'an unknown extension whose value has an indefinite length',
    'BER that is not DER',
    raw(sequence(...usual, sequence(oid('1.2.3.4'), Uint8Array.of(4, 0x80)))),
    notCanonical,
  ),
  shape(
    'a CRL number with a criticality of FF 00',
    'a BOOLEAN is one byte',
    raw(sequence(sequence(oid('2.5.29.20'), tlv(1, Uint8Array.of(0xff, 0)), octetString(integer(7))))),
    notCanonical,
  ),
  shape(
    '33 extensions',
    'the count is bounded',
    {
      edit: (list) => [
        ...list,
        ...Array.from({ length: 31 }, (_, index) => ({ oid: `1.2.3.${String(index)}`, value: integer(1) })),
      ],
    },
    limit,
  ),
  shape(
    'an entry with an empty list of extensions',
    'RFC 5280 wants at least one',
    entry(sequence()),
    malformed,
    rfc,
  ),
  shape('an element after the list of extensions', ends, raw(sequence(...usual), integer(0)), trailing),
  shape('an element after the extensions', ends, { extraTbs: integer(0) }, trailing),
  shape('an element after the signature', ends, { extraOuter: integer(0) }, trailing),
  shape('an element after the extensions of an entry', ends, entry(reason, integer(0)), trailing),
  shape(
    'bytes after the CRL number',
    ends,
    {
      number: null,
      edit: (list) => [...list, { oid: '2.5.29.20', value: concat(integer(7), Uint8Array.of(0)) }],
    },
    trailing,
  ),
  shape(
    'a signature of 256 bytes',
    'RSA-4096 makes 512',
    { sign: (tbs) => signPss(tbs, rsaKey('weak-ask')) },
    malformed,
    rfc,
  ),
  {
    ...unverifiable(
      'signed by the ARK in another name',
      'whose list it is, its name says',
      [crlOf({ issuer: amdName('ARK-Other') })],
      missing,
    ),
  },
]
