// Stages policy and container, guards: texts that are not strict JSON, PEM or base64. A reader that is less strict than
// ours takes each for the policy or certificate that it almost is.
import { pem } from '../cert-table.js'
import { concat } from '../der.js'
import { labEvidence, labPki } from '../pki.js'
import { type TestSketch, type VectorInput } from './format.js'
import { base64, basePolicy } from './inputs.js'

const own = labEvidence({ line: 'Genoa', version: 3 })
const { ask, ark } = labPki().lines.Genoa
const text = (value: string): Uint8Array => new TextEncoder().encode(value)
const strict = 'what two readers understand differently is refused'

const document = JSON.stringify(basePolicy)
const json = (comment: string, find: string, replace: string): TestSketch => {
  if (document.split(find).length < 2) throw new Error(`the policy does not hold ${find}`)
  return {
    comment,
    why: strict,
    source: 'RFC 8259',
    flags: ['container'],
    input: { policyText: document.replace(find, replace) },
    code: 'POLICY_INVALID',
    verdict: 'malformed',
  }
}

export const jsonGuards: readonly TestSketch[] = [
  json('a key without its first quote', '"version"', 'xversion"'),
  json('arrays 17 deep', '"version":1', `"deep":${'['.repeat(17)}${']'.repeat(17)},"version":1`),
  json('a key and a value without a colon', '"version":1', '"version" 1'),
  json('two members without a comma', '"version":1,', '"version":1 '),
  json('two elements without a comma', '"Milan","Genoa"', '"Milan" "Genoa"'),
  json('a control character in a string', '"lab"', '"l\tab"'),
  json('an escape of two hex digits', '"lab"', '"\\u00zz"'),
  json('an unknown escape', '"lab"', '"l\\ab"'),
  json('a number that is not there', '"bootloader":0', '"bootloader":'),
  json('a number of -0', '"bootloader":0', '"bootloader":-0'),
  json('a number of 401 characters', '"bootloader":0', `"bootloader":0.${'0'.repeat(399)}`),
]

const bad = (comment: string, input: Partial<VectorInput>, source = 'RFC 7468'): TestSketch => ({
  comment,
  why: strict,
  source,
  flags: ['container'],
  input,
  code: 'EVIDENCE_MALFORMED',
  verdict: 'malformed',
})
const block = pem(ask.der)
const [begin = '', ...body] = block.trimEnd().split('\n')
const end = body.pop() ?? ''
const certificates = (...lines: readonly string[]): Partial<VectorInput> => ({
  certificates: [base64(text(lines.join('\n')))],
})
const report = (encoded: string): Partial<VectorInput> => ({
  evidence: base64(text(encoded)),
  format: 'snp-report',
})
const encoded = base64(own.report)
const rfc = 'RFC 4648 §3'
const url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
/** A table whose base64 needs no padding. */
const table = concat(own.table, new Uint8Array((3 - (own.table.length % 3)) % 3))
const unpadded = pem(ark.der)
  .trimEnd()
  .split('\n')
  .map((line) => line.replace(/=+$/, ''))

export const textGuards: readonly TestSketch[] = [
  bad('PEM: a second BEGIN in a block', certificates(begin, begin, ...body, end)),
  bad('PEM: 17 blocks', certificates(...new Array<string>(17).fill(block.trimEnd()))),
  bad('PEM: an empty line in a block', certificates(begin, '', ...body, end)),
  bad('PEM: a line of 80 characters', certificates(begin, ...(body.join('').match(/.{1,80}/g) ?? []), end)),
  bad('PEM: a block that does not end', certificates(begin, ...body, end, begin, ...body)),
  bad('PEM: an empty block', certificates(begin, ...body, end, begin, end)),
  bad('PEM: base64 without padding', certificates(...unpadded)),
  bad('base64: one padding character too many', report(encoded + '='), rfc),
  bad('base64: an unused bit that is set', report(encoded.replace(/A=$/, 'B=')), rfc),
  bad('base64: a character that is none in place of a zero', report(encoded.replace(/A=$/, '*=')), rfc),
  bad(
    'base64: one character more than bytes need',
    {
      evidence: base64(text(JSON.stringify({ outblob: url(own.report), auxblob: url(table) + 'A' }))),
      format: 'tsm',
    },
    rfc,
  ),
]
