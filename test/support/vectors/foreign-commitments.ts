// Commitments by Python, with signatures of guests by OpenSSL: manifests, native frames and the answers of an agent.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { rsaKey } from '../keys.js'
import { repositoryRoot } from '../real-folder.js'
import { type ForeignKit, type Refusal, malformed, rejected } from './foreign-kit.js'
import { ecPrivate } from './foreign-openssl.js'
import { leafKey } from './foreign-pki.js'
import { signForeign } from './foreign-signature.js'
import {
  type AcceptInput,
  type BindingInput,
  type Json,
  type TestSketch,
  type VectorGroup,
  type VectorInput,
  group,
} from './format.js'
import { base64 } from './inputs.js'

/** One commitment. Bytes are base64 (`report`, unsigned) or hex. */
interface Commitment {
  readonly report: string
  /** The manifest's text. */
  readonly text?: string
  /** Of the manifest, as it is pinned. */
  readonly digest: string
  readonly challenge?: string
  readonly key?: string
  /** An agent's answer, with a mark where the signed report goes. */
  readonly body?: string
}

type Commitments = Readonly<Record<string, Commitment>>

interface Script {
  /** What a participant expects of the manifest. */
  readonly expected: Json
  readonly manifests: Commitments
  readonly frames: Commitments
  readonly direct: Commitments
  readonly agents: Commitments
}

function runScript(): Script {
  const pem = (name: 'tee' | 'weak-ask'): string =>
    rsaKey(name).privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
  const script = join(repositoryRoot(), 'test/support/vectors/foreign_commitments.py')
  const input = JSON.stringify({ tee: pem('tee'), other: pem('weak-ask') })
  return JSON.parse(execFileSync('python3', [script], { input, encoding: 'utf8', maxBuffer: 1 << 26 })) as Script
}

const mark = '@REPORT@'

/** The evidence with the report signed, in its container where it has one. */
function evidenceOf({ report, body }: Commitment): string {
  const bytes = new Uint8Array(Buffer.from(report, 'base64'))
  const signed = base64(signForeign(bytes, ecPrivate(leafKey('Milan', 'vcek'))))
  return body === undefined ? signed : base64(new TextEncoder().encode(body.replace(mark, signed)))
}

type Bind = (commitment: Commitment) => BindingInput
type One = (name: string, why: string, refusal?: Refusal, change?: Partial<Commitment>, bind?: Bind) => TestSketch

/** Tests over commitments of one kind. `change` is what the caller has in the place of what the guest committed to. */
function tests(from: Commitments, source: string, usual: Bind, label = ''): One {
  return (name, why, refusal = {}, change = {}, bind = usual) => {
    const commitment = from[name]
    if (commitment === undefined) throw new Error(`no commitment ${name}`)
    const other = Object.keys(change).join(' and ')
    return {
      comment: `${label}${name}${other === '' ? '' : `, another ${other}`}`,
      why,
      source,
      flags: refusal.code === undefined ? ['valid'] : ['bypass'],
      input: { evidence: evidenceOf(commitment), binding: bind({ ...commitment, ...change }) },
      ...refusal,
    }
  }
}

const mismatch = rejected('BINDING_MISMATCH', 'binding')
const stale = rejected('FRESHNESS_MISMATCH', 'binding.challenge')
const pin = rejected('MANIFEST_DIGEST_MISMATCH', 'binding.accept')
const unreadable = malformed('MANIFEST_MALFORMED', 'binding.decode')
const shapeless = rejected('MANIFEST_SCHEMA', 'binding.decode')
const empty = rejected('BINDING_EMPTY', 'binding.empty')
const elsewhere = { digest: 'ab'.repeat(32), challenge: 'cd'.repeat(32), key: 'ef'.repeat(44) }

const manifestOf =
  (more: Partial<Extract<BindingInput, { readonly form: 'manifest' }>> = {}, accept?: AcceptInput): Bind =>
  ({ text = '', digest, challenge }) => ({
    form: 'manifest',
    manifest: text,
    accept: accept ?? { digest },
    ...(challenge === undefined ? {} : { challenge }),
    ...more,
  })

function manifestGroup(input: VectorInput, { manifests, expected }: Script): VectorGroup {
  const one = tests(manifests, 'RFC 8785', manifestOf())
  const [alike, strict] = ['every writing of one document has one digest', 'two readers would read it differently']
  const canonical = 'the canonical form is committed to, and no other'
  const any = manifestOf({}, { unchecked: 'this vector is about the commitment' })
  const agreed = manifestOf({}, { expect: expected, schema: 'attested/manifest@1' })
  return group('foreign/python-manifests', 'Manifests and their digests by Python', input, [
    one('canonical', 'its digest, and zeros'),
    one('indented, members backwards', alike),
    one('tabs and line ends of Windows', alike),
    one('all that JSON escapes', 'text is escaped where JSON demands it, and nowhere else'),
    one('escaped to ASCII', alike),
    one('escapes that need not be', alike),
    one('empty lists', alike),
    one('SHA-384', 'the caller names the algorithm', {}, {}, manifestOf({ algorithm: 'sha384' })),
    one('SHA-512', 'the caller names the algorithm', {}, {}, manifestOf({ algorithm: 'sha512' })),
    { ...one('indented, members backwards', 'no rule finds an error', {}, {}, agreed), comment: 'judged by its rules' },
    one('canonical', 'the report commits to it, and the caller wants another', pin, { digest: elsewhere.digest }),
    one('digest of text with spaces', canonical, mismatch, {}, any),
    one('digest of text escaped to ASCII', canonical, mismatch, {}, any),
    one('digest of members unsorted', canonical, mismatch, {}, any),
    one('digest with a line end', canonical, mismatch, {}, any),
    one('digest of another normal form', 'text that looks alike is not the same', mismatch, {}, any),
    one('BOM', strict, unreadable),
    one('NaN', strict, unreadable),
    one("Python's own notation", strict, unreadable),
    one('comma behind the last', strict, unreadable),
    one('tab within text', strict, unreadable),
    one('key twice', strict, unreadable),
    one('half a surrogate pair', strict, unreadable),
    one('two documents', strict, unreadable),
    one('title is a number', 'it does not follow its schema', shapeless),
    one('no outputs', 'every member is required', shapeless),
  ])
}

function frameGroup(input: VectorInput, { frames }: Script): VectorGroup {
  const source = 'docs/commitments.md, native frame'
  const one = tests(frames, source, manifestOf())
  const launch = tests(frames, source, manifestOf({ carrier: 'HOST_DATA' }))
  const [exact, where] = ['two frames must never be one', 'a frame says what it is for, and where it stands']
  const sized = (algorithm: string): Bind => manifestOf({ algorithm })
  return group('foreign/python-frames', 'Native frames by Python', input, [
    one('sha256 and a challenge', 'both are in one digest'),
    one('sha384 and a challenge', 'lengths are in the frame', {}, {}, sized('sha384')),
    one('sha512 and a challenge', 'lengths are in the frame', {}, {}, sized('sha512')),
    one('challenge of 16 bytes', 'the shortest'),
    one('challenge of 1024 bytes', 'the longest'),
    launch('sha256 at launch', 'the host chose it'),
    launch('sha384 at launch', 'the host chose it', {}, {}, manifestOf({ carrier: 'HOST_DATA', algorithm: 'sha384' })),
    one('sha256 and a challenge', 'a stored report would pass', mismatch, { challenge: elsewhere.challenge }),
    one('sha256 and a challenge', 'another manifest', pin, { digest: elsewhere.digest }),
    one('values without lengths', exact, mismatch),
    one('lengths little-endian', exact, mismatch),
    one('lengths of 16 bits', exact, mismatch),
    one('inputs backwards', exact, mismatch),
    one('another tag', where, mismatch),
    one('version 2', where, mismatch),
    one('another profile', where, mismatch),
    one('another carrier', where, mismatch),
    one('SHA-256 of the frame', 'REPORT_DATA has SHA-512 of it', mismatch),
    one('SHA3-512 of the frame', 'REPORT_DATA has SHA-512 of it', mismatch),
    launch('at launch, another profile', where, mismatch),
    launch('at launch, another carrier', where, mismatch),
    launch('at launch, the digest alone', exact, mismatch),
    launch('at launch, nothing', 'zeros commit to nothing', empty),
  ])
}

function profileGroup(input: VectorInput, { direct, agents }: Script): VectorGroup {
  const hashed = tests(
    direct,
    'docs/commitments.md, native frame',
    ({ key = '', digest, challenge = '' }) => ({
      form: 'profile',
      profile: '2cvm-direct/1',
      inputs: { key, manifest: digest, nonce: challenge },
    }),
    '2cvm-direct, ',
  )
  const agent = tests(
    agents,
    '2cVM-attestation-agent, agent/routes/attestation.py',
    ({ digest, challenge = '' }) => ({
      form: 'profile',
      profile: '2cvm-agent/1',
      inputs: { nonce: challenge },
      accept: { manifest: { digest } },
    }),
    '2cvm-agent, ',
  )
  const answered: One = (...args) => {
    const sketch = agent(...args)
    return { ...sketch, input: { ...sketch.input, format: '2cvm-agent' } }
  }
  const unsigned = rejected('MANIFEST_SIGNATURE_INVALID', 'binding.signature')
  const inexact = rejected('MANIFEST_NOT_CANONICAL', 'binding.decode')
  const uncommitted = rejected('BINDING_KEY_NOT_COMMITTED', 'binding')
  const fixed = 'the profile fixes the algorithm, its salt included'
  return group('foreign/python-profiles', 'Evidence of two profiles by Python, signed by OpenSSL', input, [
    hashed('key, manifest, challenge', 'all three are in one digest'),
    hashed('key, manifest, challenge', 'an old answer', mismatch, { challenge: elsewhere.challenge }),
    hashed('key, manifest, challenge', 'whoever stands between has a key too', mismatch, { key: elsewhere.key }),
    hashed('key, manifest, challenge', 'another agreement', mismatch, { digest: elsewhere.digest }),
    hashed('another key in the report', 'the key is part of the commitment', mismatch),
    hashed('another manifest in the report', 'the manifest is part of the commitment', mismatch),
    hashed('lengths of 64 bits', 'two frames must never be one', mismatch),
    answered('a manifest that is pinned', 'as the agent answers'),
    answered('all that JSON escapes', 'non-ASCII is kept'),
    answered('a challenge of 16 bytes', 'the shortest'),
    answered('a challenge of 64 bytes', 'the longest'),
    answered('a manifest that is pinned', 'an old answer', stale, { challenge: elsewhere.challenge }),
    answered('a manifest that is pinned', 'another agreement', pin, { digest: elsewhere.digest }),
    answered('signed with spaces', 'the agent writes none', inexact),
    answered('signed as escaped to ASCII', 'the agent keeps non-ASCII', inexact),
    answered('signed with members sorted', 'the agent has an order of its own', inexact),
    answered('signed with a member more', 'the agent drops it', shapeless),
    answered('signed without spaces, sent with them', 'the very bytes are signed', unsigned),
    answered('a salt of 32 bytes', fixed, unsigned),
    answered('no salt', fixed, unsigned),
    answered('PKCS #1 v1.5', fixed, unsigned),
    answered('SHA-384', fixed, unsigned),
    answered('signed by another key', 'the committed key vouches for the manifest', unsigned),
    answered('another key in the answer', 'whoever stands between has a key too', uncommitted),
    answered('DER is committed', 'the text of the key is', uncommitted),
    answered('PEM with line ends of Windows', 'one key has one text', malformed('BINDING_KEY_MALFORMED', 'binding.signature')),
    answered('not locked', 'nothing was agreed to', rejected('MANIFEST_NOT_LOCKED', 'binding.inputs')),
    answered('the mock', 'it is no evidence', malformed('EVIDENCE_MALFORMED')),
  ])
}

export function commitmentGroups(kit: ForeignKit): readonly VectorGroup[] {
  const script = runScript()
  const input = kit.input('Milan v3', 'Milan')
  return [manifestGroup(input, script), frameGroup(input, script), profileGroup(input, script)]
}
