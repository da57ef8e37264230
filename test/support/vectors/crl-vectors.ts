// CRLs that are none, or not what AMD issues.
import { type CrlOptions } from '../crl.js'
import { concat, integer, sequence } from '../der.js'
import { rsaKey } from '../keys.js'
import { amdName } from '../names.js'
import { labCrl, labPki } from '../pki.js'
import { pssAlgorithm, signPss } from '../pss.js'
import { type TestSketch } from './format.js'
import { base64 } from './inputs.js'
import {
  accept,
  crlOf,
  fetchedAt,
  missing,
  policyOf,
  rfc,
  unchecked,
  unverifiable,
} from './revocation-sketch.js'

/** Makes another entry of serial 0x20001 in a signed list. */
function changeSerial(tbs: Uint8Array): Uint8Array {
  const at = Buffer.from(tbs).indexOf(Buffer.from([0x02, 0x03, 0x02, 0x00, 0x01]))
  if (at < 0) throw new Error('the entry is not in the list')
  return tbs.map((byte, index) => (index === at + 4 ? 9 : byte))
}

const forged = (comment: string, why: string, options: Partial<CrlOptions>): TestSketch => ({
  comment,
  why,
  source: rfc,
  flags: ['bypass'],
  input: { crls: [crlOf(options)], policy: policyOf() },
  code: 'REVOCATION_SIGNATURE',
  failed: ['revocation.signature'],
})
const ext = (id: string, value: Uint8Array, critical: boolean) => ({
  oid: id,
  value,
  ...(critical ? { critical } : {}),
})
const shape = (
  comment: string,
  why: string,
  options: Partial<CrlOptions>,
  code: string,
  verdict: 'malformed' | 'unverifiable' | 'rejected',
): TestSketch => ({
  comment,
  why,
  source: 'RFC 5280 §5.1, §5.2',
  flags: code.startsWith('DER') ? ['encoding'] : ['missingStep'],
  input: { crls: [crlOf(options)], policy: policyOf() },
  code,
  verdict,
  failed: ['revocation.structure'],
})
const criticalWhy = 'a critical extension changes what the CRL covers'

export const genuine: readonly TestSketch[] = [
  forged('signed by an attacker in the name of the ARK', 'anybody can write a CRL', {
    sign: (tbs) => signPss(tbs, rsaKey('attacker-ark')),
  }),
  forged('signed by the ASK in the name of the ARK', 'the ARK signs CRLs', {
    sign: (tbs) => signPss(tbs, labPki().lines.Genoa.ask.key),
  }),
  forged('a byte of the list changed after signing', 'the signature covers the list', {
    entries: [{ serial: 0x20001n }],
    tamperTbs: (tbs) => changeSerial(tbs),
  }),
  {
    ...forged(
      'a forged CRL with revocation unchecked',
      'a CRL in the name of the ARK that it did not sign is an attack',
      { sign: (tbs) => signPss(tbs, rsaKey('attacker-ark')) },
    ),
    input: { crls: [crlOf({ sign: (tbs) => signPss(tbs, rsaKey('attacker-ark')) })], policy: unchecked },
  },
  unverifiable(
    'issued by the ASK, in its own name',
    'only the ARK issues CRLs',
    [
      {
        crl: base64(
          labCrl('Genoa', {
            issuer: amdName('SEV-Genoa'),
            sign: (tbs) => signPss(tbs, labPki().lines.Genoa.ask.key),
          }),
        ),
        fetchedAt,
      },
    ],
    missing,
  ),
  shape(
    'no nextUpdate',
    'without it a CRL never ends',
    { nextUpdate: null },
    'REVOCATION_MALFORMED',
    'malformed',
  ),
  shape(
    'no CRL number',
    'without it nothing bounds its age',
    { number: null },
    'REVOCATION_MALFORMED',
    'malformed',
  ),
  shape('version 1', 'version 1 has no extensions', { version: null }, 'DER_UNEXPECTED', 'malformed'),
  shape('version 3', 'there is no such version', { version: 3 }, 'REVOCATION_MALFORMED', 'malformed'),
  shape(
    'an empty list of entries',
    'RFC 5280 leaves the list out',
    { rawEntries: sequence() },
    'REVOCATION_MALFORMED',
    'malformed',
  ),
  shape(
    'a serial number listed twice',
    'two readers could take different entries',
    { entries: [{ serial: 5 }, { serial: 5 }] },
    'REVOCATION_MALFORMED',
    'malformed',
  ),
  shape(
    'a delta CRL (critical indicator)',
    criticalWhy,
    { edit: (list) => [...list, ext('2.5.29.27', integer(1), true)] },
    'REVOCATION_UNSUPPORTED',
    'unverifiable',
  ),
  shape(
    'an indirect CRL (critical distribution point)',
    criticalWhy,
    { edit: (list) => [...list, ext('2.5.29.28', sequence(), true)] },
    'REVOCATION_UNSUPPORTED',
    'unverifiable',
  ),
  shape(
    'an unknown critical extension',
    criticalWhy,
    { edit: (list) => [...list, ext('1.2.3.4', integer(1), true)] },
    'REVOCATION_UNSUPPORTED',
    'unverifiable',
  ),
  shape(
    'an entry with a critical certificate issuer',
    criticalWhy,
    { entries: [{ serial: 5, extensions: [ext('2.5.29.29', sequence(), true)] }] },
    'REVOCATION_UNSUPPORTED',
    'unverifiable',
  ),
  accept('an unknown extension that is not critical', 'that is what not critical means', [
    crlOf({ edit: (list) => [...list, ext('1.2.3.4', integer(1), false)] }),
  ]),
  accept('an entry with a reason', 'reasons do not matter', [
    crlOf({
      entries: [{ serial: 5, extensions: [ext('2.5.29.21', concat(Uint8Array.of(0x0a, 1, 1)), false)] }],
    }),
  ]),
  accept('with the trailerField written out', 'both encodings of the algorithm are genuine', [
    crlOf({ algorithm: pssAlgorithm({ explicitTrailer: true }) }),
  ]),
  shape(
    'PSS with SHA-256',
    'the algorithm is pinned',
    { algorithm: pssAlgorithm({ hash: 'sha256', mgfHash: 'sha256', saltLength: 32 }) },
    'REVOCATION_MALFORMED',
    'malformed',
  ),
  shape(
    'signed and unsigned algorithm differ in encoding',
    'they must be equal',
    { outerAlgorithm: pssAlgorithm({ explicitTrailer: true }) },
    'REVOCATION_MALFORMED',
    'malformed',
  ),
  shape(
    'bytes after the CRL',
    'two documents in one',
    { trailing: Uint8Array.of(0) },
    'DER_TRAILING_DATA',
    'malformed',
  ),
  shape(
    'an extension twice',
    'two readers could take different ones',
    { edit: (list) => [...list, ...list] },
    'REVOCATION_MALFORMED',
    'malformed',
  ),
  shape(
    'a default written out',
    'DER leaves defaults out',
    { edit: (list) => list.map((one) => ({ ...one, critical: false })) },
    'DER_NOT_CANONICAL',
    'malformed',
  ),
  shape(
    'a negative CRL number',
    'numbers are from 0 up',
    { number: -1 },
    'REVOCATION_MALFORMED',
    'malformed',
  ),
]
