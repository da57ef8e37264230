// Stage binding: commitments to a manifest that the caller has, what of it is accepted, and the keys that may sign.
import { concat, hex, toHex } from '../der.js'
import { pemOf } from '../committed-evidence.js'
import { type RsaKey, ecKey, p256Spki, rsaKey } from '../keys.js'
import { attestedDocument, attestedExpectations, changed } from '../manifest-documents.js'
import {
  type Hash,
  agentBinding,
  agentEvidence,
  agentInput,
  agentText,
  anyManifest,
  attestedText,
  digestOf,
  expecting,
  fine,
  frameOf,
  freshPolicy,
  nonce,
  pinned,
  refused,
  reportInput,
  utf8,
  withHostData,
  withReportData,
} from './commitment-sketch.js'
import {
  type AcceptInput,
  type BindingInput,
  type TestSketch,
  type VectorFile,
  type VectorInput,
  group,
  vectorFile,
} from './format.js'

const source = 'attested binding'
const text = attestedText()
const bytes = utf8(text)
const own = pinned(text)
const expected = expecting(attestedExpectations, 'attested/manifest@1')

type Form = Extract<BindingInput, { readonly form: 'manifest' }>
const bound = (accept: AcceptInput = own, more: Partial<Form> = {}): Pick<VectorInput, 'binding'> => ({
  binding: { form: 'manifest', manifest: text, accept, ...more },
})
const challenged = { challenge: toHex(nonce) }
const hosted = { carrier: 'HOST_DATA' } as const
const plain = (algorithm: Hash = 'sha256'): Partial<VectorInput> => withReportData(digestOf(algorithm, bytes))
const framed = (algorithm: Hash = 'sha256', challenge = nonce): Partial<VectorInput> =>
  withReportData(
    digestOf('sha512', frameOf(1, 'manifest-nonce/1', { manifest: digestOf(algorithm, bytes), nonce: challenge })),
  )
const launched = (algorithm: Hash = 'sha256'): Partial<VectorInput> =>
  withHostData(digestOf('sha256', frameOf(2, 'manifest-host/1', { manifest: digestOf(algorithm, bytes) })))

const ok = (comment: string, why: string, input: Partial<VectorInput>): TestSketch =>
  fine(comment, why, source, input)
const bad = (
  comment: string,
  why: string,
  input: Partial<VectorInput>,
  answer: readonly [string, string | null] = ['BINDING_MISMATCH', 'binding'],
): TestSketch => refused(comment, why, source, answer, input, { flags: ['bypass'] })

const algorithms: readonly Hash[] = ['sha256', 'sha384', 'sha512']
const spaced = JSON.stringify(attestedDocument, null, 2)

const manifests: readonly TestSketch[] = [
  ...algorithms.flatMap((algorithm) => [
    ok(`its ${algorithm} digest`, 'a digest commits to a document', {
      ...plain(algorithm),
      ...bound(own, { algorithm }),
    }),
    ok(`its ${algorithm} digest and a challenge`, 'both are in one frame', {
      ...framed(algorithm),
      ...bound(own, { algorithm, ...challenged }),
      policy: freshPolicy,
    }),
    ok(`its ${algorithm} digest at launch`, 'the measured guest holds to it', {
      ...launched(algorithm),
      ...bound(own, { algorithm, ...hosted }),
    }),
    ok(`pinned by ${algorithm}`, 'the pin need not be the digest that is committed to', {
      ...plain(),
      ...bound(pinned(text, algorithm)),
    }),
  ]),
  ok('with white space, members in another order', 'the canonical form is committed to', {
    ...plain(),
    ...bound(own, { manifest: spaced }),
  }),
  ok('no rule finds an error in it', 'as a participant expects it', { ...plain(), ...bound(expected) }),
  ok('any manifest, for a stated reason', 'it is committed to all the same', {
    ...plain(),
    ...bound(anyManifest),
  }),
  bad('another manifest', 'one digest, one document', {
    ...plain(),
    ...bound(anyManifest, { manifest: attestedText({ title: 'another' }) }),
  }),
  bad('the digest of the text as it is', 'the canonical form is committed to', {
    ...withReportData(digestOf('sha256', utf8(spaced))),
    ...bound(own, { manifest: spaced }),
  }),
  bad('its SHA-384 digest where SHA-256 is expected', 'the caller names the algorithm', {
    ...plain('sha384'),
    ...bound(),
  }),
  bad('a byte in the zeros behind the digest', 'the zeros are part of the commitment', {
    ...withReportData(digestOf('sha256', bytes), new Uint8Array(31), Uint8Array.of(1)),
    ...bound(),
  }),
  bad('the digest alone where a challenge is expected', 'a stored report would pass', {
    ...plain(),
    ...bound(own, challenged),
  }),
  bad('with another challenge', 'a stored report would pass', {
    ...framed('sha256', digestOf('sha256', nonce)),
    ...bound(own, challenged),
  }),
  bad('with a challenge where none is expected', 'the caller says what is in it', { ...framed(), ...bound() }),
  bad('in REPORT_DATA where HOST_DATA is expected', 'who says it matters', {
    ...withHostData(nonce, concat(digestOf('sha256', bytes), new Uint8Array(32))),
    ...bound(own, hosted),
  }),
  bad('zeros in HOST_DATA', 'nobody chose anything', { ...withHostData(new Uint8Array(32)), ...bound(own, hosted) }, [
    'BINDING_EMPTY',
    'binding.empty',
  ]),
  bad('zeros in REPORT_DATA', 'they commit to nothing', { ...withReportData(), ...bound() }, [
    'BINDING_EMPTY',
    'binding.empty',
  ]),
  ...[{}, hosted].map((more) =>
    bad(
      `no challenge, where one is demanded: ${'carrier' in more ? 'HOST_DATA' : 'REPORT_DATA'}`,
      'a stored report would pass',
      { ...plain(), ...('carrier' in more ? launched() : {}), ...bound(own, more), policy: freshPolicy },
      ['APPRAISAL_FRESHNESS', 'freshness'],
    ),
  ),
]

const malformed = ['MANIFEST_MALFORMED', 'binding.decode'] as const
const broken: readonly (readonly [string, string, string])[] = [
  ['a key twice', 'two readers would take different ones', text.replace('{', '{"title":"x",')],
  ['a key twice, one escaped', 'two readers would take different ones', text.replace('{', String.raw`{"t\u0069tle":"x",`)],
  ['text behind it', 'a document ends where it ends', `${text}{}`],
  ['a lone surrogate', 'not every reader keeps it', text.replace('Training', String.raw`\ud800`)],
  ['nested deeper than 32', 'no reader has to follow', text.replace('"title":', `"x":${'['.repeat(33)}${']'.repeat(33)},"title":`)],
  ['a comment', 'JSON has none', `${text}// agreed`],
  ['nothing', 'it is no document', ''],
]

const texts: readonly TestSketch[] = [
  ...broken.map(([comment, why, manifest]) =>
    bad(`a manifest with ${comment}`, why, { ...plain(), ...bound(own, { manifest }) }, malformed),
  ),
  bad(
    'a manifest of another schema',
    'the form is for attested/manifest@1',
    { ...withReportData(digestOf('sha256', utf8(agentText()))), ...bound(pinned(agentText()), { manifest: agentText() }) },
    ['MANIFEST_SCHEMA', 'binding.decode'],
  ),
]

const wrongPin = ['MANIFEST_DIGEST_MISMATCH', 'binding.accept'] as const
const acceptance: readonly TestSketch[] = [
  ...algorithms.map((algorithm) =>
    bad(
      `another manifest than the one pinned by ${algorithm}`,
      'a guest can commit to any manifest',
      { ...plain(), ...bound(pinned(attestedText({ title: 'another' }), algorithm)) },
      wrongPin,
    ),
  ),
  bad(
    'pinned by the digest of the text as it is',
    'the canonical form is committed to',
    { ...plain(), ...bound(pinned(spaced), { manifest: spaced }) },
    wrongPin,
  ),
  bad(
    'pinned by its SHA-384, which begins with the right SHA-256',
    'the length of the digest says which it is',
    { ...plain(), ...bound({ digest: `${toHex(digestOf('sha256', bytes))}${'00'.repeat(16)}` }) },
    wrongPin,
  ),
  bad(
    'one rule finds an error',
    'a participant does not agree',
    {
      ...plain(),
      ...bound(expecting(changed(attestedExpectations, { receivers: [] }), 'attested/manifest@1')),
    },
    ['MANIFEST_OUTPUT', 'binding.accept'],
  ),
]

const tee = rsaKey('tee')
const spki = toHex(tee.spki)
const pemText = (der: Uint8Array, label = 'PUBLIC KEY', width = 64, end = '\n'): Uint8Array => {
  const lines = Buffer.from(der).toString('base64').match(new RegExp(`.{1,${String(width)}}`, 'g')) ?? []
  return utf8([`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join(end))
}
/** The SubjectPublicKeyInfo with some of its bytes written otherwise, and the length of the whole adapted. */
const respelt = (from: string, to: string): Uint8Array => {
  const content = hex(spki.replace(from, to)).slice(4)
  return concat(Uint8Array.of(0x30, 0x82, content.length >> 8, content.length & 0xff), content)
}

const keySource = 'RFC 5280 §4.1.2.7; RFC 7468'
const badKey = (comment: string, why: string, pem: Uint8Array, key: RsaKey = tee): TestSketch =>
  refused(
    comment,
    why,
    keySource,
    ['BINDING_KEY_MALFORMED', 'binding.signature'],
    agentEvidence({ pem, key }),
    { flags: ['malleable'] },
  )

const even = spki.replace(/(.{2})0203010001$/, '100203010001')
const keys: readonly TestSketch[] = [
  badKey('RSA of 1024 bits', 'it can be factored', pemOf(rsaKey('tee-small')), rsaKey('tee-small')),
  badKey('RSA with e = 3', 'AMD’s and all others have 65537', pemOf(rsaKey('tee-e3')), rsaKey('tee-e3')),
  badKey('RSA with an even modulus', 'it has a small factor', pemText(hex(even))),
  badKey('a key on P-256', 'the profile names the algorithm', pemText(p256Spki('tee'))),
  badKey('a key on P-384', 'the profile names the algorithm', pemText(ecKey('tee').spki)),
  badKey('no NULL behind rsaEncryption', 'one key has one encoding', pemText(respelt('300d06092a864886f70d0101010500', '300b06092a864886f70d010101'))),
  badKey('a byte behind the key', 'one key has one encoding', pemText(concat(tee.spki, Uint8Array.of(0)))),
  badKey('DER without PEM', 'the profile names the form', tee.spki),
  badKey('a block called RSA PUBLIC KEY', 'the label says what is in it', pemText(tee.spki, 'RSA PUBLIC KEY')),
  badKey('lines of 76 characters', 'one key has one text', pemText(tee.spki, 'PUBLIC KEY', 76)),
  badKey('lines that end in CR LF', 'one key has one text', pemText(tee.spki, 'PUBLIC KEY', 64, '\r\n')),
  badKey('a second line end behind it', 'one key has one text', concat(pemOf(tee), utf8('\n'))),
  badKey('a line end before it', 'one key has one text', concat(utf8('\n'), pemOf(tee))),
  badKey('two keys', 'which of them signs would be open', concat(pemOf(tee), pemOf(rsaKey('weak-ask')))),
  badKey('801 bytes', 'no key has so many', concat(pemOf(tee), new Uint8Array(801 - pemOf(tee).length).fill(0x0a))),
  badKey('text that is not UTF-8', 'one key has one text', pemOf(tee).map((byte, at) => (at === 40 ? 0xff : byte))),
]

export function bindingVectors(): VectorFile {
  const input: VectorInput = { ...reportInput, ...plain(), ...bound() }
  const agent: VectorInput = { ...agentInput, ...agentEvidence({}), binding: agentBinding(pinned(agentText())) }
  return vectorFile('binding', [
    group('binding/manifest', 'Commitments to a manifest that the caller has', input, manifests),
    group('binding/text', 'Manifests of the caller’s that cannot be read', input, texts),
    group('binding/acceptance', 'Which manifest the caller accepts', input, acceptance),
    group('binding/keys', 'Committed keys in a form, or of a kind, that is refused', agent, keys),
  ])
}
