// Stage container: the answer of a 2cVM attestation agent. What it commits to is another stage's; here it is one
// report, one key and one manifest, or nothing.
import { type AgentAnswer, agentBody } from '../agent-2cvm.js'
import { concat } from '../der.js'
import { labEvidence } from '../pki.js'
import { bad, ok, utf8 } from './container-sketch.js'
import { type TestSketch, type VectorGroup, type VectorInput, group } from './format.js'
import { base64, inputOf } from './inputs.js'

const own = labEvidence({ line: 'Genoa', version: 3 })
const agent = 'idlab-discover/2cVM-attestation-agent'

/** The endorsement key is given beside it: an agent sends none. */
const bytes = (evidence: Uint8Array, format = '2cvm-agent'): Partial<VectorInput> => ({
  evidence: base64(evidence),
  format,
})
const answer = (parts: Partial<AgentAnswer>, format?: string): Partial<VectorInput> =>
  bytes(agentBody(own.report, parts), format)
const body = Buffer.from(agentBody(own.report)).toString('utf8')
const unlocked = Buffer.from(agentBody(own.report, { manifest: 'null', signature: 'null' })).toString('utf8')
const edited = (from: string, to: string): Partial<VectorInput> => bytes(utf8(body.replace(from, () => to)))
const text = (value: Uint8Array): string => JSON.stringify(base64(value))
const twice = 'two readers could take different ones'

const answers: readonly TestSketch[] = [
  ok('report, key, manifest and signature', 'as the agent answers', answer({})),
  ok('the same, recognised', 'as the agent answers', answer({}, 'auto')),
  ok(
    'neither manifest nor signature',
    'a guest that is not locked: the binding refuses it, the container is whole',
    answer({ manifest: 'null', signature: 'null' }),
  ),
  ok('white space between all parts', 'JSON allows it', edited('{"platform', ' {\n"platform')),
  bad(
    'the mock of an agent without SEV-SNP',
    'EVIDENCE_MALFORMED',
    'it is what an agent answers by default',
    answer({ report: '"abcdef"' }),
    agent,
  ),
  bad(
    'a report in base64url',
    'EVIDENCE_MALFORMED',
    'the agent writes base64',
    answer({ report: text(own.report).replaceAll('+', '-').replaceAll('/', '_') }),
  ),
  bad('a report in a list', 'EVIDENCE_MALFORMED', 'no report', answer({ report: `[${text(own.report)}]` })),
  bad(
    'a report of 1183 bytes',
    'REPORT_LENGTH',
    'a report has 1184 bytes',
    answer({ report: text(own.report.slice(1)) }),
  ),
  bad('a report that is null', 'EVIDENCE_MALFORMED', 'no report', answer({ report: 'null' })),
  bad('a key that is null', 'EVIDENCE_MALFORMED', 'the report commits to one', answer({ key: 'null' })),
  bad('a key that is no base64', 'EVIDENCE_MALFORMED', 'no key', answer({ key: '"-----BEGIN"' })),
  bad('a manifest that is text', 'EVIDENCE_MALFORMED', 'no manifest', answer({ manifest: '"{}"' })),
  bad('a manifest that is a list', 'EVIDENCE_MALFORMED', 'no manifest', answer({ manifest: '[]' })),
  bad('a signature that is no base64', 'EVIDENCE_MALFORMED', 'no signature', answer({ signature: '"!"' })),
  bad(
    'the report twice',
    'EVIDENCE_MALFORMED',
    twice,
    edited('{"platform', `{"platform_attestation":${text(own.report)},"platform`),
  ),
  bad(
    'the manifest twice, one key escaped',
    'EVIDENCE_MALFORMED',
    twice,
    edited('"commitment_manifest":', String.raw`"commitment\u005fmanifest":{},"commitment_manifest":`),
  ),
  bad('a key of the manifest twice', 'EVIDENCE_MALFORMED', twice, answer({ manifest: '{"a":1,"a":2}' })),
  bad('an unknown key', 'EVIDENCE_MALFORMED', 'nothing is read past', edited('{"platform', '{"a":1,"platform')),
  bad(
    'an unknown key beside the manifest',
    'EVIDENCE_MALFORMED',
    'nothing is read past',
    edited('{"commitment_manifest"', '{"a":1,"commitment_manifest"'),
  ),
  bad(
    'bytes after the object',
    'EVIDENCE_MALFORMED',
    'a document ends where it ends',
    bytes(concat(agentBody(own.report), utf8('{}'))),
  ),
  bad(
    'a string that is not UTF-8',
    'EVIDENCE_MALFORMED',
    'not every reader keeps it',
    bytes(agentBody(own.report, { manifest: '{"a":"~"}' }).map((byte) => (byte === 0x7e ? 0xff : byte))),
  ),
  bad(
    'a lone surrogate',
    'EVIDENCE_MALFORMED',
    'not every reader keeps it',
    answer({ manifest: String.raw`{"a":"\ud800"}` }),
  ),
  bad('an array of one answer', 'EVIDENCE_MALFORMED', 'no object', bytes(utf8(`[${body}]`))),
  bad(
    'a commitment that is an array',
    'EVIDENCE_MALFORMED',
    'no object',
    bytes(utf8(body.replace(/"commitment_attestation":(\{.*\}),"tee/, '"commitment_attestation":[$1],"tee'))),
  ),
  bad(
    'an answer that is also a TSM report, recognised',
    'EVIDENCE_FORMAT',
    'two formats are not guessed between: name one',
    bytes(
      utf8(unlocked.replace('{', () => `{"outblob":${text(own.report)},`)),
      'auto',
    ),
  ),
  bad('as the directory that it is not', 'EVIDENCE_FORMAT', 'a document is no directory', answer({}, 'tsm-dir')),
]

export const agentGroup = (): VectorGroup =>
  group('container/2cvm-agent', 'The answer of a 2cVM attestation agent', inputOf(own), answers)
