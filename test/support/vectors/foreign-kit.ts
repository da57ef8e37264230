// What the foreign vectors start from: one piece of evidence of each kind, no byte of which our own writers made.
import { type Line } from '../names.js'
import { LAB_NOW } from '../pki.js'
import { type OpensslAuthority, ecPrivate, makeCertificate } from './foreign-openssl.js'
import { type ForeignLine, authorities, leafKey, leafOf } from './foreign-pki.js'
import { type ForeignFacts, foreignFacts } from './foreign-python.js'
import { signForeign } from './foreign-signature.js'
import {
  type Json,
  type TestSketch,
  type VectorFile,
  type VectorGroup,
  type VectorInput,
  notes,
} from './format.js'
import { base64, basePolicy, policyWith } from './inputs.js'

export type ForeignKind = 'vcek' | 'vlek'
export type Refusal = Pick<TestSketch, 'code' | 'verdict' | 'failed'>

export interface ForeignKit {
  readonly facts: ForeignFacts
  readonly lines: Readonly<Record<Line, ForeignLine>>
  /** The genuine leaf of a line. */
  readonly leaf: (line: Line, kind?: ForeignKind) => OpensslAuthority
  /** The unsigned report of a name. */
  readonly report: (name: string) => Uint8Array
  /** It, signed by the key of a line, in base64. */
  readonly signed: (name: string, line?: Line, kind?: ForeignKind) => string
  /** An accepted verification of the report of a name. */
  readonly input: (name: string, line: Line, kind?: ForeignKind) => VectorInput
  /** The base policy with the value at a path replaced. */
  readonly policy: (path: string, value: Json) => Json
}

export function foreignKit(): ForeignKit {
  const facts = foreignFacts()
  const lines = authorities()
  const leaves = new Map<string, OpensslAuthority>()
  const leaf = (line: Line, kind: ForeignKind = 'vcek'): OpensslAuthority => {
    const name = `${line} ${kind}`
    const issuer = lines[line][kind === 'vcek' ? 'ask' : 'asvk']
    const made = leaves.get(name) ?? makeCertificate(leafOf(facts, line, kind, issuer))
    leaves.set(name, made)
    return made
  }
  const report = (name: string): Uint8Array => {
    const text = facts.reports[name]
    if (text === undefined) throw new Error(`no report ${name}`)
    return new Uint8Array(Buffer.from(text, 'base64'))
  }
  const signed = (name: string, line: Line = 'Milan', kind: ForeignKind = 'vcek'): string =>
    base64(signForeign(report(name), ecPrivate(leafKey(line, kind))))
  const measurements = [{ label: 'foreign', value: facts.measurement }]
  const plain = policyWith('vmpl', [0, 1], policyWith('measurements', measurements, basePolicy))
  return {
    facts,
    lines,
    leaf,
    report,
    signed,
    policy: (path, value) => policyWith(path, value, plain),
    input: (name, line, kind = 'vcek') => ({
      trust: 'openssl',
      at: LAB_NOW.toISOString(),
      format: 'snp-report',
      evidence: signed(name, line, kind),
      endorsementKey: base64(leaf(line, kind).der),
      policy: plain,
      binding: { form: 'reportData', expected: facts.reportData },
    }),
  }
}

export function foreignFile(name: string, groups: readonly VectorGroup[]): VectorFile {
  const used = new Set(groups.flatMap(({ tests }) => tests.flatMap(({ flags }) => flags)))
  return {
    schema: 'attested/vectors@1',
    stage: 'foreign',
    source: { name, licence: 'Apache-2.0' },
    notes: Object.fromEntries(Object.entries(notes).filter(([flag]) => used.has(flag))),
    numberOfTests: groups.reduce((sum, { tests }) => sum + tests.length, 0),
    groups,
  }
}

const of =
  (verdict: NonNullable<Refusal['verdict']>) =>
  (code: string, ...failed: readonly string[]): Refusal => ({ code, verdict, failed })
export const rejected = of('rejected')
export const malformed = of('malformed')
export const unverifiable = of('unverifiable')
