// Stage profile, `2cvm-agent/1`: REPORT_DATA commits to a challenge and a key, and the key signs the manifest.
import type { AgentGuest } from '../agent-body.js'
import { pemOf } from '../committed-evidence.js'
import { concat, toHex } from '../der.js'
import { rsaKey } from '../keys.js'
import { agentExpectations, changed } from '../manifest-documents.js'
import { signPkcs1, signPss } from '../pss.js'
import {
  agentBinding,
  agentEvidence,
  agentInput,
  agentText,
  anyManifest,
  digestOf,
  expecting,
  fine,
  freshPolicy,
  hexDigest,
  nonce,
  pinned,
  refused,
  utf8,
} from './commitment-sketch.js'
import { type AcceptInput, type TestSketch, type VectorGroup, type VectorInput, group } from './format.js'
import { policyWith } from './inputs.js'

const source = 'idlab-discover/2cVM-attestation-agent a75c58d, agent/routes/attestation.py'
const ours = 'attested, profile 2cvm-agent/1'
const text = agentText()
const own = pinned(text)
const tee = rsaKey('tee')
const other = rsaKey('weak-ask')
const signed = utf8(text)
const expected: AcceptInput = expecting(agentExpectations, '2cvm-agent/1')

const ok = (comment: string, why: string, guest: Partial<AgentGuest>, binding: VectorInput['binding']): TestSketch =>
  fine(comment, why, source, { ...agentEvidence(guest), binding })

const long = 'é \u{1f512} \u2028 \u007f / < & \b\t\n\f\r\u0001 " \\'
const beyond = agentText({ transferRequestIdIMEC: long })
const [short, longest] = [nonce.slice(0, 16), concat(nonce, nonce.map((byte) => byte ^ 0xff))]
const pemDigest: AcceptInput = { digest: toHex(digestOf('sha256', pemOf(tee))) }
const withKey = (accept: AcceptInput, name = 'teeKeyPem'): VectorInput['binding'] => ({
  form: 'profile',
  profile: '2cvm-agent/1',
  inputs: { nonce: toHex(nonce) },
  accept: { manifest: own, [name]: accept },
})

const accepted: readonly TestSketch[] = [
  ok('a manifest that is pinned', 'as the agent answers', {}, agentBinding(own)),
  ok('pinned by SHA-384', 'the length of the digest says which', {}, agentBinding(pinned(text, 'sha384'))),
  ok('pinned by SHA-512', 'the length of the digest says which', {}, agentBinding(pinned(text, 'sha512'))),
  ok('a manifest in which no rule finds an error', 'as a participant expects it', {}, agentBinding(expected)),
  ok('any manifest, for a stated reason', 'the key is committed all the same', {}, agentBinding(anyManifest)),
  ok(
    'a manifest with all that JSON escapes, and with what it does not',
    'the bytes that were signed are the agent’s, not those of another writer',
    { manifest: beyond },
    agentBinding(
      expecting(changed(agentExpectations, { transferRequestIdIMEC: long }), '2cvm-agent/1'),
    ),
  ),
  ok('a challenge of 16 bytes', 'the shortest', { nonce: short }, agentBinding(own, short)),
  ok('a challenge of 64 bytes', 'the longest', { nonce: longest }, agentBinding(own, longest)),
  ok('the key pinned as well', 'a key that the caller knows', {}, withKey(pemDigest)),
  ok(
    'a key without a line feed at its end',
    'some writers leave it out',
    { pem: pemOf(tee).slice(0, -1) },
    agentBinding(own),
  ),
]

const mismatch = ['FRESHNESS_MISMATCH', 'binding.challenge'] as const
const foreign = ['BINDING_KEY_NOT_COMMITTED', 'binding'] as const
const flipped = (bytes: Uint8Array, at: number): Uint8Array =>
  bytes.map((byte, index) => (index === at ? byte ^ 1 : byte))

const bad = (
  comment: string,
  why: string,
  answer: readonly [string, string | null],
  input: Partial<VectorInput>,
  rest: Parameters<typeof refused>[5] = { flags: ['bypass'] },
): TestSketch => refused(comment, why, source, answer, { binding: agentBinding(own), ...input }, rest)

const commitments: readonly TestSketch[] = [
  ...[0, 31].map((at) =>
    bad(`byte ${String(at)} of the challenge changed`, 'an old answer would pass', mismatch, {
      ...agentEvidence({}),
      binding: agentBinding(own, flipped(nonce, at)),
    }),
  ),
  bad('a challenge that begins like the right one', 'its digest is another', mismatch, {
    ...agentEvidence({}),
    binding: agentBinding(own, concat(nonce, Uint8Array.of(0))),
  }),
  ...[0, 31].map((at) =>
    bad(
      `byte ${String(at)} of REPORT_DATA changed, and signed by the VCEK`,
      'the first half commits to the challenge',
      mismatch,
      agentEvidence({}, (usual) => flipped(usual, at)),
    ),
  ),
  ...[32, 63].map((at) =>
    bad(
      `byte ${String(at)} of REPORT_DATA changed, and signed by the VCEK`,
      'the second half commits to the key',
      foreign,
      agentEvidence({}, (usual) => flipped(usual, at)),
    ),
  ),
  bad(
    'the halves exchanged',
    'each stands in its place',
    mismatch,
    agentEvidence({}, (usual) => concat(usual.subarray(32), usual.subarray(0, 32))),
  ),
  bad(
    'zeros in REPORT_DATA',
    'reports that a host requests have zeros: they commit to nothing',
    ['BINDING_EMPTY', 'binding.empty'],
    agentEvidence({}, () => new Uint8Array(64)),
  ),
  bad(
    'the key of somebody else, who signed the manifest with it',
    'whoever stands between would hand out a key of his own',
    foreign,
    agentEvidence({ key: other, committedPem: pemOf(tee) }),
  ),
  bad(
    'a character of the key changed',
    'it is another key',
    foreign,
    agentEvidence({
      pem: pemOf(tee).map((byte, at) => (at === 200 ? (byte === 0x41 ? 0x42 : 0x41) : byte)),
      committedPem: pemOf(tee),
    }),
  ),
  bad(
    'the key without the line feed that was committed to',
    'the digest is over the text, not over the key',
    foreign,
    agentEvidence({ pem: pemOf(tee).slice(0, -1), committedPem: pemOf(tee) }),
    { flags: ['malleable'] },
  ),
]

const unsigned = ['MANIFEST_SIGNATURE_INVALID', 'binding.signature'] as const
const unlocked = ['MANIFEST_NOT_LOCKED', 'binding.inputs'] as const
const anything = { binding: agentBinding(anyManifest) }

const signatures: readonly TestSketch[] = [
  bad('a character of the manifest changed', 'the key signed another', unsigned, {
    ...agentEvidence({ manifest: agentText({ 'data.0.name': 'recorde' }), signed: text }),
    ...anything,
  }),
  bad('white space in the manifest that was signed without it', 'the signature is over bytes', unsigned, {
    ...agentEvidence({ manifest: `${text.slice(0, -1)} }`, signed: text }),
    ...anything,
  }),
  ...[0, 255].map((at) =>
    bad(
      `byte ${String(at)} of the signature changed`,
      'nobody signed this',
      unsigned,
      agentEvidence({ signature: flipped(signPss(signed, tee, { hash: 'sha256', saltLength: 222 }), at) }),
    ),
  ),
  bad(
    'a signature by another key than the committed one',
    'anybody has a key',
    unsigned,
    agentEvidence({ signature: signPss(signed, other, { hash: 'sha256', saltLength: 222 }) }),
  ),
  ...[221, 32, 0].map((saltLength) =>
    bad(
      `a salt of ${String(saltLength)} bytes`,
      'the agent takes the longest: another salt is another signer',
      unsigned,
      agentEvidence({ saltLength }),
      { flags: ['modified'] },
    ),
  ),
  bad(
    'RSASSA-PSS with SHA-384',
    'the profile names the algorithm',
    unsigned,
    agentEvidence({ signature: signPss(signed, tee, { hash: 'sha384', saltLength: 206 }) }),
    { flags: ['modified'] },
  ),
  bad(
    'a mask by SHA-1',
    'the profile names the algorithm',
    unsigned,
    agentEvidence({ signature: signPss(signed, tee, { hash: 'sha256', mgfHash: 'sha1', saltLength: 222 }) }),
    { flags: ['modified'] },
  ),
  bad(
    'RSASSA-PKCS1-v1_5',
    'the profile names the algorithm',
    unsigned,
    agentEvidence({ signature: signPkcs1(signed, tee, 'sha256') }),
    { flags: ['modified'] },
  ),
  bad(
    'a signature with a zero before it',
    'one signature has one encoding',
    unsigned,
    agentEvidence({
      signature: concat(Uint8Array.of(0), signPss(signed, tee, { hash: 'sha256', saltLength: 222 })),
    }),
    { flags: ['malleable'] },
  ),
  bad('a signature of 256 zeros', 'nobody signed this', unsigned, agentEvidence({ signature: new Uint8Array(256) })),
  bad('neither manifest nor signature', 'nobody has locked the machine', unlocked, {
    ...agentEvidence({ manifest: null }),
    ...anything,
  }),
  bad('a manifest without a signature', 'nobody has locked the machine', unlocked, {
    ...agentEvidence({ signature: null }),
    ...anything,
  }),
  bad('a signature without a manifest', 'nobody has locked the machine', unlocked, {
    ...agentEvidence({ manifest: null, signature: signPss(signed, tee, { hash: 'sha256', saltLength: 222 }) }),
    ...anything,
  }),
  bad('neither, where a manifest is pinned', 'nobody has locked the machine', unlocked, {
    ...agentEvidence({ manifest: null }),
  }),
]

const inexact = ['MANIFEST_NOT_CANONICAL', 'binding.decode'] as const
const twisted = (from: string, to: string): Partial<VectorInput> => {
  const manifest = text.replace(from, () => to)
  return { ...agentEvidence({ manifest }), binding: agentBinding(pinned(manifest)) }
}

const documents: readonly TestSketch[] = [
  bad(
    'signed with white space in it',
    'the agent writes none: another program holds the key',
    inexact,
    twisted(',"components"', ', "components"'),
    { flags: ['malleable'] },
  ),
  bad(
    'signed with two members exchanged',
    'the agent has one order',
    inexact,
    twisted('"name":"hospital","DID":"did:web:hospital.example"', '"DID":"did:web:hospital.example","name":"hospital"'),
    { flags: ['malleable'] },
  ),
  bad(
    'signed with an escape that is not needed',
    'the agent writes none',
    inexact,
    twisted('"model.bin"', String.raw`"model\u002ebin"`),
    { flags: ['malleable'] },
  ),
  bad(
    'signed with a member that the agent does not know',
    'the agent drops it: another program holds the key',
    ['MANIFEST_SCHEMA', 'binding.decode'],
    twisted('{"participants"', '{"expires":"2027-01-01","participants"'),
  ),
  bad('signed, and an empty object', 'it says nothing', ['MANIFEST_SCHEMA', 'binding.decode'], {
    ...agentEvidence({ manifest: '{}' }),
    binding: agentBinding(pinned('{}')),
  }),
  bad(
    'signed, and nested deeper than 32',
    'no reader has to follow',
    ['MANIFEST_MALFORMED', 'binding.decode'],
    twisted('"request-1"', '['.repeat(33) + ']'.repeat(33)),
    { flags: ['edge'] },
  ),
  bad(
    'a key of the manifest twice, signed',
    'two readers would take different ones',
    ['EVIDENCE_MALFORMED', null],
    twisted('"transferRequestIdIMEC":', '"transferRequestIdIMEC":"request-0","transferRequestIdIMEC":'),
  ),
  bad('the mock of an agent without SEV-SNP', 'it is no evidence', ['EVIDENCE_MALFORMED', null], {
    ...agentEvidence({}, undefined, (body) => body.replace(/"platform_attestation":"[^"]*"/, '"platform_attestation":"abcdef"')),
  }),
]

const notPinned = ['MANIFEST_DIGEST_MISMATCH', 'binding.accept'] as const
const notAccepted = ['BINDING_NOT_ACCEPTED', 'binding.accept'] as const
const acceptance: readonly TestSketch[] = [
  ...(['sha256', 'sha384', 'sha512'] as const).map((algorithm) =>
    bad(
      `another manifest than the one pinned by ${algorithm}`,
      'a guest can be locked on any manifest',
      notPinned,
      { ...agentEvidence({}), binding: agentBinding(pinned(agentText({ 'data.0.name': 'x' }), algorithm)) },
    ),
  ),
  bad('pinned by the digest of the canonical form', 'the agent signs the text as it is', notPinned, {
    ...agentEvidence({}),
    binding: agentBinding({ digest: hexDigest('sha256', `${text}\n`) }),
  }),
  bad('another key than the pinned one', 'the caller knows which', notAccepted, {
    ...agentEvidence({ key: other }),
    binding: withKey(pemDigest),
  }),
  bad('a signature that is pinned', 'a signature is no identity: each run makes another', notAccepted, {
    ...agentEvidence({}),
    binding: withKey({ digest: hexDigest('sha256', 'any') }, 'manifestSignature'),
  }),
]

const tooLong = ['BINDING_INPUT_LENGTH', 'binding.inputs'] as const
const pem = new TextDecoder().decode(pemOf(tee))
const sizes: readonly TestSketch[] = [
  bad(
    'a key of 99 bytes',
    'no key is so short',
    tooLong,
    agentEvidence({ pem: utf8(pem.slice(0, 99)) }),
    { flags: ['edge'] },
  ),
  bad(
    'a key with 4 KiB of line ends behind it',
    'work is bounded before it is done',
    tooLong,
    agentEvidence({ pem: utf8(pem.padEnd(4097, '\n')) }),
    { flags: ['edge'] },
  ),
  bad('a signature of no bytes', 'it is none', tooLong, agentEvidence({ signature: new Uint8Array() }), {
    flags: ['edge'],
  }),
  bad(
    'a signature of 1025 bytes',
    'work is bounded before it is done',
    tooLong,
    agentEvidence({ signature: new Uint8Array(1025) }),
    { flags: ['edge'] },
  ),
]

const open = { unchecked: 'the policy of this vector states no software' }
const unidentified = policyWith(
  'identity',
  open,
  policyWith('measurements', open, policyWith('idBlock', open, freshPolicy)),
)
const freshness: readonly TestSketch[] = [
  refused(
    'an unknown program, where a challenge is demanded',
    'no challenge is in what the key signs: the program has to be known that signs one manifest and no other',
    ours,
    ['APPRAISAL_FRESHNESS', 'freshness'],
    { ...agentEvidence({}), binding: agentBinding(own), policy: unidentified },
    { flags: ['bypass'] },
  ),
  fine('an unknown program, where nothing fresh is demanded', 'the caller said so', ours, {
    ...agentEvidence({}),
    binding: agentBinding(own),
    policy: policyWith('freshness', open, unidentified),
  }),
]

export const agentProfileGroups = (): readonly VectorGroup[] => {
  const of = (name: string, comment: string, tests: readonly TestSketch[]): VectorGroup =>
    group(`profile/2cvm-agent/${name}`, comment, { ...agentInput, ...agentEvidence({}), binding: agentBinding(own) }, tests)
  return [
    of('accepted', 'The 2cVM agent: evidence of a locked guest', accepted),
    of('commitment', 'The 2cVM agent: what REPORT_DATA commits to', commitments),
    of('signature', 'The 2cVM agent: the signature over the manifest', signatures),
    of('document', 'The 2cVM agent: manifests that it does not write', documents),
    of('acceptance', 'The 2cVM agent: what the caller accepts', acceptance),
    of('sizes', 'The 2cVM agent: parts of a wrong size', sizes),
    of('freshness', 'The 2cVM agent: a signature without a challenge', freshness),
  ]
}
