// Stage profile: what the evidence of each system commits to, profile by profile, and that none passes as another's.
import { type AzureOptions, azureEvidence, labNonce, labPcrs } from '../azure.js'
import { ecSpki } from '../keys.js'
import { concat, toHex } from '../der.js'
import {
  type Hash,
  attestedText,
  digestOf,
  fine,
  frameOf,
  freshPolicy,
  nonce,
  refused,
  reportInput,
  utf8,
  withHostData,
  withReportData,
} from './commitment-sketch.js'
import { type TestSketch, type VectorFile, type VectorInput, group, vectorFile } from './format.js'
import { base64, policyWith } from './inputs.js'
import { agentProfileGroups } from './profile-agent-vectors.js'

const source = 'attested, native frame'
const manifest = digestOf('sha256', utf8(attestedText()))
const manifest512 = digestOf('sha512', utf8(attestedText()))
const other = digestOf('sha256', utf8('another manifest'))
/** Any bytes do: nothing in the profile reads the key. */
const key = ecSpki(new Uint8Array(97).fill(4))
const flip = (bytes: Uint8Array, at: number): Uint8Array =>
  bytes.map((byte, index) => (index === at ? byte ^ 1 : byte))
const sha512 = (bytes: Uint8Array): Uint8Array => digestOf('sha512', bytes)

type Bytes = Readonly<Record<string, Uint8Array>>

const bound = (profile: string, inputs: Bytes, accept: Readonly<Record<string, string>> = {}) => ({
  binding: {
    form: 'profile' as const,
    profile,
    inputs: Object.fromEntries(Object.entries(inputs).map(([name, bytes]) => [name, toHex(bytes)])),
    accept: Object.fromEntries(Object.entries(accept).map(([name, digest]) => [name, { digest }])),
  },
})

const ok = (comment: string, why: string, input: Partial<VectorInput>): TestSketch =>
  fine(comment, why, source, input)
const bad = (
  comment: string,
  why: string,
  input: Partial<VectorInput>,
  answer: readonly [string, string] = ['BINDING_MISMATCH', 'binding'],
): TestSketch => refused(comment, why, source, answer, input, { flags: ['bypass'] })

const direct = (inputs: Bytes = { key, manifest, nonce }, profile = '2cvm-direct/1', carrier: 1 | 2 = 1) =>
  withReportData(sha512(frameOf(carrier, profile, inputs)))
const asDirect = (inputs: Bytes = { key, manifest, nonce }, accept?: Readonly<Record<string, string>>) =>
  bound('2cvm-direct/1', inputs, accept)
const missing = ['BINDING_INPUT_MISSING', 'binding.inputs'] as const
const keyDigest = toHex(digestOf('sha256', key))

const directs: readonly TestSketch[] = [
  ok('key, manifest and challenge', 'all three are in one digest', { ...direct(), ...asDirect() }),
  ok('the key pinned as well', 'a key that the caller knows', {
    ...direct(),
    ...asDirect(undefined, { key: keyDigest }),
  }),
  ok('a manifest by its SHA-512', 'of 32 to 64 bytes', {
    ...direct({ key, manifest: manifest512, nonce }),
    ...asDirect({ key, manifest: manifest512, nonce }),
  }),
  bad('another challenge', 'an old answer would pass', {
    ...direct(),
    ...asDirect({ key, manifest, nonce: flip(nonce, 31) }),
  }),
  bad('another manifest', 'the guest is another', { ...direct(), ...asDirect({ key, manifest: other, nonce }) }),
  bad('another key', 'whoever stands between would hand out his own', {
    ...direct(),
    ...asDirect({ key: flip(key, 100), manifest, nonce }),
  }),
  bad('a byte of the manifest’s digest in the challenge', 'lengths are in the frame', {
    ...direct(),
    ...asDirect({
      key,
      manifest: concat(manifest, nonce.slice(0, 1)),
      nonce: nonce.slice(1),
    }),
  }),
  bad('the frame of another carrier', 'a frame names its carrier', { ...direct(undefined, undefined, 2), ...asDirect() }),
  bad('the frame of another version', 'a frame names its profile', {
    ...direct(undefined, '2cvm-direct/2'),
    ...asDirect(),
  }),
  bad('a frame that names its inputs otherwise', 'a frame names its inputs', {
    ...direct({ k: key, manifest, nonce }),
    ...asDirect(),
  }),
  bad('a frame with one input more', 'a frame counts its inputs', {
    ...direct({ key, manifest, nonce, policy: other }),
    ...asDirect(),
  }),
  bad('SHA-256 of the frame and zeros', 'the profile names the algorithm', {
    ...withReportData(digestOf('sha256', frameOf(1, '2cvm-direct/1', { key, manifest, nonce }))),
    ...asDirect(),
  }),
  ...[0, 32, 63].map((at) =>
    bad(`byte ${String(at)} of REPORT_DATA changed, and signed by the VCEK`, 'all 64 bytes are compared', {
      ...withReportData(flip(sha512(frameOf(1, '2cvm-direct/1', { key, manifest, nonce })), at)),
      ...asDirect(),
    }),
  ),
  bad('zeros in REPORT_DATA', 'they commit to nothing', { ...withReportData(), ...asDirect() }, [
    'BINDING_EMPTY',
    'binding.empty',
  ]),
  bad(
    'no key, and a commitment to an empty one',
    'what is not there is not empty',
    {
      ...direct({ key: new Uint8Array(), manifest, nonce }),
      ...asDirect({ manifest, nonce }),
    },
    missing,
  ),
  bad('no key', 'without it nothing can be compared', { ...direct(), ...asDirect({ manifest, nonce }) }, missing),
  bad(
    'another key than the pinned one',
    'the caller knows which',
    { ...direct(), ...asDirect(undefined, { key: toHex(other) }) },
    ['BINDING_NOT_ACCEPTED', 'binding.accept'],
  ),
]

const digests: readonly (readonly [profile: string, algorithm: Hash])[] = [
  ['manifest/1', 'sha256'],
  ['manifest-sha384/1', 'sha384'],
  ['manifest-sha512/1', 'sha512'],
]
const open = { unchecked: 'no challenge is in it' }
const stale = policyWith('freshness', open)

const natives: readonly TestSketch[] = [
  ...digests.flatMap(([profile, algorithm]) => {
    const digest = digestOf(algorithm, utf8(attestedText()))
    const wrong = flip(digest, digest.length - 1)
    const input = { policy: stale, ...bound(profile, { manifest: digest }) }
    return [
      ok(`${profile}: the digest`, 'it commits to the manifest', { ...input, ...withReportData(digest) }),
      bad(`${profile}: another digest`, 'another manifest', { ...input, ...withReportData(wrong) }),
      ...(digest.length === 64
        ? []
        : [digest.length, 63].map((at) =>
            bad(`${profile}: a one in byte ${String(at)}, among the zeros`, 'the zeros are compared', {
              ...input,
              ...withReportData(digest, new Uint8Array(at - digest.length), Uint8Array.of(1)),
            }),
          )),
      bad(
        `${profile}: where a challenge is demanded`,
        'a stored report would pass',
        { ...input, ...withReportData(digest), policy: freshPolicy },
        ['APPRAISAL_FRESHNESS', 'freshness'],
      ),
    ]
  }),
  ok('manifest-nonce/1: manifest and challenge', 'both are in one digest', {
    ...withReportData(sha512(frameOf(1, 'manifest-nonce/1', { manifest, nonce }))),
    ...bound('manifest-nonce/1', { manifest, nonce }),
  }),
  bad('manifest-nonce/1: another challenge', 'an old answer would pass', {
    ...withReportData(sha512(frameOf(1, 'manifest-nonce/1', { manifest, nonce }))),
    ...bound('manifest-nonce/1', { manifest, nonce: flip(nonce, 0) }),
  }),
  bad('manifest-nonce/1: another manifest', 'the guest is another', {
    ...withReportData(sha512(frameOf(1, 'manifest-nonce/1', { manifest, nonce }))),
    ...bound('manifest-nonce/1', { manifest: other, nonce }),
  }),
]

const hostFrame = frameOf(2, 'manifest-host/1', { manifest })
const host = { policy: stale, ...bound('manifest-host/1', { manifest }) }
const hosts: readonly TestSketch[] = [
  ok('the digest of the frame', 'the host chose it, and the measured guest holds to it', {
    ...host,
    ...withHostData(digestOf('sha256', hostFrame)),
  }),
  bad('the digest without a frame', 'a frame says what it is for', { ...host, ...withHostData(manifest) }),
  bad('the frame of REPORT_DATA', 'a frame names its carrier', {
    ...host,
    ...withHostData(digestOf('sha256', frameOf(1, 'manifest-host/1', { manifest }))),
  }),
  ...[0, 31].map((at) =>
    bad(`byte ${String(at)} of HOST_DATA changed, and signed by the VCEK`, 'all 32 bytes are compared', {
      ...host,
      ...withHostData(flip(digestOf('sha256', hostFrame), at)),
    }),
  ),
  bad('in REPORT_DATA', 'the profile names the carrier', {
    ...host,
    ...withHostData(other, concat(digestOf('sha256', hostFrame), new Uint8Array(32))),
  }),
  bad('zeros in HOST_DATA', 'nobody chose anything', { ...host, ...withHostData(new Uint8Array(32)) }, [
    'BINDING_EMPTY',
    'binding.empty',
  ]),
  bad(
    'where a challenge is demanded',
    'the host sets it once',
    { ...host, ...withHostData(digestOf('sha256', hostFrame)), policy: freshPolicy },
    ['APPRAISAL_FRESHNESS', 'freshness'],
  ),
]

/** Per profile the inputs that its evidence commits to, and that evidence. */
const systems: readonly (readonly [profile: string, inputs: Bytes, evidence: Partial<VectorInput>])[] = [
  ['manifest/1', { manifest }, withReportData(manifest)],
  [
    'manifest-sha512/1',
    { manifest: manifest512 },
    withReportData(manifest512),
  ],
  [
    'manifest-nonce/1',
    { manifest, nonce },
    withReportData(sha512(frameOf(1, 'manifest-nonce/1', { manifest, nonce }))),
  ],
  ['2cvm-direct/1', { key, manifest, nonce }, direct()],
]

function quoted(quoteParts: AzureOptions['quote'], report: object = {}): Partial<VectorInput> {
  const { blob, lab, quote, signature } = azureEvidence({
    evidence: { line: 'Genoa', version: 3, report },
    quote: quoteParts ?? {},
  })
  return {
    evidence: base64(blob),
    format: 'azure-hcl',
    endorsementKey: base64(lab.vek),
    ...bound('azure-hcl/1', {
      nonce: labNonce,
      pcrSelection: new Uint8Array(3).fill(0xff),
      pcrs: labPcrs,
      tpmQuote: quote,
      tpmSignature: signature,
    }),
  }
}

const parts: readonly TestSketch[] = [
  bad(
    'a challenge that begins like the right one',
    'what is compared is compared whole',
    quoted({ extraData: concat(labNonce, Uint8Array.of(0)) }),
    ['FRESHNESS_MISMATCH', 'binding.challenge'],
  ),
  bad(
    'claims of another level of the VM',
    'whatever runs there has the same MEASUREMENT, and an attestation key of its own',
    { ...quoted({}, { vmpl: 1 }), policy: policyWith('vmpl', open) },
    ['BINDING_VMPL', 'binding.vmpl'],
  ),
]

const exchanged: readonly TestSketch[] = systems.flatMap(([profile, inputs]) =>
  systems
    .filter(([another]) => another !== profile)
    .map(([another, , evidence]) =>
      bad(`${another} read as ${profile}`, 'what one says must not be heard as another', {
        ...evidence,
        ...bound(profile, inputs),
        policy: stale,
      }),
    ),
)

export function profileVectors(): VectorFile {
  const input: VectorInput = { ...reportInput, ...direct(), ...asDirect(), policy: freshPolicy }
  return vectorFile('profile', [
    ...agentProfileGroups(),
    group('profile/2cvm-direct', '2cVM with the manifest in the report', input, directs),
    group('profile/manifest', 'The digest of a manifest in REPORT_DATA', input, natives),
    group('profile/manifest-host', 'The digest of a manifest in HOST_DATA', input, hosts),
    group('profile/claims', 'Parts of a document that another committed', input, parts),
    group('profile/separation', 'Evidence for one profile shown as another’s', input, exchanged),
  ])
}
