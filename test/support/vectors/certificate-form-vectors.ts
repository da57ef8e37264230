// Signature algorithms and times of endorsement keys that the lab signed although AMD issues no such.
import { generalizedTime, ia5, tlv } from '../der.js'
import { rsaKey } from '../keys.js'
import { labPki } from '../pki.js'
import { ecdsaAlgorithm, pkcs1Algorithm, pssAlgorithm, signPkcs1, signPss } from '../pss.js'
import {
  algorithm,
  fine,
  malformed,
  mismatch,
  notCanonical,
  refused,
  rfc,
  unexpected,
  x690,
} from './certificate-sketch.js'
import { type TestSketch } from './format.js'

const ask = labPki().lines.Genoa.ask.key
export const algorithms: readonly TestSketch[] = [
  fine(
    'trailerField written out',
    { algorithm: pssAlgorithm({ explicitTrailer: true }) },
    'AMD wrote it out until 2024',
  ),
  fine('trailerField left out', { algorithm: pssAlgorithm() }, 'AMD leaves it out since 2024'),
  refused(
    'signed with, unsigned without trailerField',
    { innerAlgorithm: pssAlgorithm({ explicitTrailer: true }) },
    mismatch,
    'the two must be equal',
    rfc,
  ),
  refused(
    'PSS with SHA-256',
    {
      algorithm: pssAlgorithm({ hash: 'sha256', mgfHash: 'sha256', saltLength: 32 }),
      sign: (tbs) => signPss(tbs, ask, { hash: 'sha256', mgfHash: 'sha256', saltLength: 32 }),
    },
    algorithm,
    'the algorithm is pinned, not chosen by the certificate',
  ),
  refused(
    'PSS with MGF1-SHA-256',
    {
      algorithm: pssAlgorithm({ mgfHash: 'sha256' }),
      sign: (tbs) => signPss(tbs, ask, { mgfHash: 'sha256' }),
    },
    algorithm,
    'the algorithm is pinned',
  ),
  refused(
    'PSS with a salt of 32',
    { algorithm: pssAlgorithm({ saltLength: 32 }), sign: (tbs) => signPss(tbs, ask, { saltLength: 32 }) },
    algorithm,
    'the algorithm is pinned',
  ),
  refused(
    'PKCS#1 v1.5',
    { algorithm: pkcs1Algorithm(), sign: (tbs) => signPkcs1(tbs, ask) },
    algorithm,
    'the algorithm is pinned',
  ),
  refused('ECDSA', { algorithm: ecdsaAlgorithm() }, algorithm, 'the algorithm is pinned'),
  refused(
    'PSS in the signed part, PKCS#1 outside',
    { outerAlgorithm: pkcs1Algorithm() },
    mismatch,
    'the two must be equal',
    rfc,
  ),
  refused(
    'PKCS#1 in the signed part, PSS outside',
    { innerAlgorithm: pkcs1Algorithm() },
    algorithm,
    'the signed one counts, and is pinned',
    rfc,
  ),
  refused(
    'a signature of 256 bytes',
    { sign: (tbs) => signPss(tbs, rsaKey('weak-ask')) },
    malformed,
    'RSA-4096 makes 512',
  ),
  refused(
    'unused bits in the signature',
    { unusedSignatureBits: 1 },
    notCanonical,
    'a signature is whole bytes',
    x690,
  ),
]

const utc = (text: string): Uint8Array => tlv(0x17, new TextEncoder().encode(text))
const general = (text: string): Uint8Array => tlv(0x18, new TextEncoder().encode(text))
const timeWhy = 'one instant, one encoding, and no date that does not exist'
export const times: readonly TestSketch[] = [
  ...[
    '2601010000Z',
    '260101000000+0000',
    '260101000000',
    '260231000000Z',
    '261301000000Z',
    '260101240000Z',
    '260101006000Z',
    '260101000060Z',
    '260100000000Z',
    '26010100000 Z',
    '',
  ].map((text) =>
    refused(
      `notBefore UTCTime "${text}"`,
      { notBefore: utc(text) },
      notCanonical,
      timeWhy,
      'RFC 5280 §4.1.2.5',
    ),
  ),
  ...['20260101000000Z', '20491231235959Z', '20500101000000.5Z', '205001010000Z', '20500231000000Z'].map(
    (text) =>
      refused(
        `notAfter GeneralizedTime "${text}"`,
        { notAfter: general(text) },
        notCanonical,
        timeWhy,
        'RFC 5280 §4.1.2.5',
      ),
  ),
  refused(
    'notBefore as IA5String',
    { notBefore: ia5('260101000000Z') },
    unexpected,
    timeWhy,
    'RFC 5280 §4.1.2.5',
  ),
  fine(
    'notBefore UTCTime of 1950',
    { notBefore: utc('500101000000Z') },
    'two digits from 50 are of the last century',
    'RFC 5280 §4.1.2.5',
  ),
  fine(
    'notAfter GeneralizedTime of 9999',
    { notAfter: generalizedTime(new Date('9999-12-31T23:59:59Z')) },
    'RFC 5280 writes it for "no end"',
    'RFC 5280 §4.1.2.5',
  ),
  fine('29 February of a leap year', { notBefore: utc('240229000000Z') }, 'it exists', 'RFC 5280 §4.1.2.5'),
  refused(
    '29 February of another year',
    { notBefore: utc('230229000000Z') },
    notCanonical,
    timeWhy,
    'RFC 5280 §4.1.2.5',
  ),
]
