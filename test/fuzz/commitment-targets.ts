// Readers of what evidence commits to: manifests, compositions, expectations, keys, and whole evidence of an agent.
import { createPublicKey } from 'node:crypto'
import { ownChallenge } from '../../src/binding/challenge.js'
import { committedBytes } from '../../src/binding/claims.js'
import { readStatementKey } from '../../src/crypto/statement-key.js'
import { equalBytes } from '../../src/encoding/bytes.js'
import { fromUtf8 } from '../../src/encoding/text.js'
import { decodeEvidence } from '../../src/evidence/evidence.js'
import { type Expectations, parseExpectations } from '../../src/manifest/expectations.js'
import { checkManifest } from '../../src/manifest/check.js'
import { explainManifest } from '../../src/manifest/explain.js'
import { parseManifest } from '../../src/manifest/parse.js'
import { parseWac } from '../../src/manifest/wac/parse.js'
import { wiringOf } from '../../src/manifest/wac/wiring.js'
import { twoCvmAgent } from '../../src/profiles/2cvm-agent.js'
import { compactJson } from '../support/agent-body.js'
import { agentEvidence, pemOf } from '../support/committed-evidence.js'
import { RSA_KEY_NAMES, ecKey, p256Spki, rsaKey } from '../support/keys.js'
import { inputOf, labVerifier } from '../support/lab-verifier.js'
import { agentDocument, expectationsOf, schemaCases } from '../support/manifest-documents.js'
import { mutateJson } from './mutate-structured.js'
import { mutateWords } from './mutate-words.js'
import { require } from './require.js'
import type { Seeds } from './seeds.js'
import type { Target } from './targets.js'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

/** All rules over a manifest, and all words about it: none of it throws, whatever stands in the document. */
function judge(manifest: ReturnType<typeof parseManifest>, expectations: Expectations): void {
  const { findings, unchecked } = checkManifest(manifest, expectations)
  const open = checkManifest(manifest, null)
  require(open.unchecked.length >=
    unchecked.length, 'nothing is unchecked that was checked without expectations')
  for (const { message } of findings) require(!/[\n\r]/.test(message) && message.length < 2000, 'one line')
  explainManifest(manifest)
}

const manifestTargets = schemaCases.map(({ schema, document }): Target => {
  const expectations = expectationsOf(schema)
  return {
    name: `parseManifest of ${schema}`,
    seeds: [utf8(compactJson(document)), utf8(JSON.stringify(document, null, 1))],
    mutator: mutateJson,
    codes: /^MANIFEST_(MALFORMED|SCHEMA)$/,
    run: (bytes) => {
      const manifest = parseManifest(bytes, { schema, bytes: 'canonical' })
      const again = parseManifest(manifest.bytes, { schema, bytes: 'raw' })
      require(equalBytes(again.bytes, manifest.bytes), 'the canonical form is its own')
      require(compactJson(again.document) === compactJson(manifest.document), 'one document')
      judge(manifest, expectations)
    },
  }
})

const expectationTargets = schemaCases.map(({ schema, expectations }): Target => ({
  name: `parseExpectations of ${schema}`,
  seeds: [utf8(JSON.stringify(expectations))],
  mutator: mutateJson,
  codes: /^MANIFEST_EXPECTATIONS_MALFORMED$/,
  run: (bytes) => {
    const read = parseExpectations(bytes, schema)
    require(Object.isFrozen(read.document.receivers), 'frozen')
    require(JSON.stringify(Object.keys(read.document).sort()) ===
      JSON.stringify(Object.keys(expectations).sort()), 'its members')
  },
}))

const pems: Seeds = [
  ...RSA_KEY_NAMES.slice(-3).map((name) => pemOf(rsaKey(name))),
  ...[p256Spki('fuzz'), ecKey('fuzz').spki].map((spki) => pemOf({ ...rsaKey('tee'), spki })),
]

const wac = String(agentDocument['composition'])
const compositions: Seeds = [
  wac,
  'package a:b@1.0.0;\nlet c = new d:e { "f:g/h@1.0.0": i, ...i, j, ... };\nexport c.k["l"] as "m"; // n',
  'package a:b; /* /* */ */ let i = (new d:e {}); export (i)...; export new d:e { x: i.y } as z;',
].map(utf8)

const agentText = compactJson(agentDocument)
const challenge = Uint8Array.from({ length: 32 }, (_, at) => at + 1)
const locked = agentEvidence(utf8(agentText), challenge)
const any = { manifest: { unchecked: 'whatever it says, it is what was signed' } }

export const commitmentTargets: readonly Target[] = [
  ...manifestTargets,
  {
    name: 'parseManifest of what an agent signs',
    seeds: [utf8(agentText)],
    mutator: mutateJson,
    codes: /^MANIFEST_(MALFORMED|SCHEMA|NOT_CANONICAL)$/,
    run: (bytes) => {
      const manifest = parseManifest(bytes, { schema: '2cvm-agent/1', bytes: 'raw', requireExact: true })
      require(compactJson(manifest.document) === fromUtf8(bytes), 'the bytes that another writer writes')
    },
  },
  ...expectationTargets,
  {
    name: 'parseWac',
    seeds: compositions,
    mutator: mutateWords,
    codes: /^MANIFEST_COMPOSITION$/,
    run: (bytes) => {
      const text = fromUtf8(bytes)
      if (text === null) return 'nothing'
      const { instances, exports } = wiringOf(parseWac(text))
      for (const [at, { arguments: items, spreads }] of instances.entries())
        for (const { instance } of [...items.map(({ from }) => from), ...spreads])
          require(instance < at, 'what an instance takes from comes before it')
      require(exports.every(({ from }) => from.instance < instances.length), 'instances that there are')
      return 'accepted'
    },
  },
  {
    name: 'readStatementKey of PEM',
    seeds: pems,
    codes: /^BINDING_KEY_MALFORMED$/,
    run: (bytes) => {
      const { spki } = readStatementKey(bytes, 'spki-pem')
      const theirs = createPublicKey({ key: Buffer.from(bytes), format: 'pem' })
      require(equalBytes(
        new Uint8Array(theirs.export({ format: 'der', type: 'spki' })),
        spki,
      ), 'the key of OpenSSL')
    },
  },
  {
    name: 'evidence with the answer of a locked agent changed',
    every: 8,
    seeds: [locked.body],
    mutator: mutateJson,
    codes: /./,
    run: async (bytes) => {
      const evidence = await decodeEvidence(bytes, '2cvm-agent', { endorsementKey: locked.vek })
      const binding = twoCvmAgent.with({ nonce: ownChallenge(challenge), accept: any })
      const { binding: claims } = await labVerifier.verifyEvidence(await inputOf(evidence, { binding }))
      if (claims === null) throw new Error('accepted without claims')
      const [manifest, key] = ['manifest', 'teeKeyPem'].map((name) => committedBytes(claims, name))
      require(manifest != null && equalBytes(manifest, utf8(agentText)), 'the manifest that was signed')
      require(key != null && equalBytes(key, locked.teeKeyPem), 'the key that was committed to')
    },
  },
]
