// The shape of vector files. They are a product: an implementation in another language can run them.
// The schema for others is vectors/schema/vectors.schema.json; a test holds both against each other.

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

export interface CrlInput {
  /** Base64, DER or PEM. */
  readonly crl: string
  readonly fetchedAt?: string
  readonly scope?: 'vcek' | 'vlek'
}

/** What REPORT_DATA must be. */
export type BindingInput =
  | { readonly form: 'reportData'; readonly expected: string; readonly challenge?: string }
  | {
      readonly form: 'digest'
      readonly algorithm: string
      readonly bytes: string
      readonly challenge?: string
    }
  | {
      readonly form: 'manifest'
      /** The document's text. */
      readonly manifest: string
      /** Hex. */
      readonly challenge?: string
      readonly algorithm?: string
      readonly carrier?: 'REPORT_DATA' | 'HOST_DATA'
      readonly accept: AcceptInput
    }
  | {
      readonly form: 'profile'
      readonly profile: string
      /** Hex, by name. What a container holds is not among them. */
      readonly inputs: Readonly<Record<string, string>>
      readonly accept?: Readonly<Record<string, AcceptInput>>
    }
  | { readonly form: 'unchecked'; readonly reason: string }

/** Which document is accepted: by a digest (hex), by expectations (a document), or any. */
export type AcceptInput =
  | { readonly digest: string }
  | { readonly expect: Json; readonly schema: string }
  | { readonly unchecked: string }

/** One whole verification. Bytes are standard base64 unless said; hex is lower case. */
export interface VectorInput {
  /** The name of a file in vectors/trust. */
  readonly trust: string
  readonly at: string
  readonly format: string
  readonly evidence: string
  /** A directory, its files by name: stands over `evidence`. */
  readonly files?: Readonly<Record<string, string>>
  readonly endorsementKey?: string | null
  readonly certificates?: readonly string[]
  readonly crls?: readonly CrlInput[]
  /** A policy document, or `policyText` for one that is no proper JSON. */
  readonly policy?: Json
  readonly policyText?: string
  readonly binding: BindingInput
}

export interface Expectation {
  readonly result: 'accepted' | 'rejected' | 'unverifiable' | 'malformed'
  /** Exactly one code, `null` for accepted. */
  readonly code: string | null
  /** The ids of all checks that fail, where verification got far enough to have any. */
  readonly failed: readonly string[]
}

export interface VectorTest extends Expectation {
  readonly id: string
  readonly comment: string
  /** What goes wrong if an implementation answers otherwise. */
  readonly why: string
  /** Where the rule stands. */
  readonly source: string
  readonly flags: readonly string[]
  readonly input: Partial<VectorInput>
}

export interface VectorGroup {
  readonly id: string
  readonly comment: string
  /** Shared by the tests, which override single members. */
  readonly input: VectorInput
  readonly tests: readonly VectorTest[]
}

export interface Note {
  readonly bugType: string
  readonly description: string
}

export interface VectorFile {
  readonly schema: 'attested/vectors@1'
  readonly stage: string
  readonly source: { readonly name: string; readonly licence: string }
  readonly notes: Readonly<Record<string, Note>>
  readonly numberOfTests: number
  readonly groups: readonly VectorGroup[]
}

/** Flags, after Wycheproof's types of bugs. */
export const notes: Readonly<Record<string, Note>> = {
  valid: { bugType: 'BASIC', description: 'A case that must be accepted.' },
  bypass: { bugType: 'AUTH_BYPASS', description: 'Accepting it accepts evidence that nobody genuine made.' },
  missingStep: { bugType: 'MISSING_STEP', description: 'A verifier that leaves out one check accepts it.' },
  encoding: {
    bugType: 'BER_ENCODING',
    description: 'BER that is not DER, or a second encoding of one value.',
  },
  modified: { bugType: 'MODIFIED_PARAMETER', description: 'An algorithm or parameter was exchanged.' },
  malleable: { bugType: 'MALLEABILITY', description: 'A second valid form of one signature.' },
  edge: { bugType: 'EDGE_CASE', description: 'A boundary that is easily missed by one.' },
  container: { bugType: 'CONTAINER', description: 'A container that two readers could read differently.' },
}

/** A test without its boilerplate. */
export interface TestSketch {
  readonly comment: string
  readonly why: string
  readonly source: string
  readonly flags?: readonly string[]
  readonly input?: Partial<VectorInput>
  /** Absent for a case that must be accepted. */
  readonly code?: string
  readonly verdict?: Exclude<Expectation['result'], 'accepted'>
  readonly failed?: readonly string[]
}

/** A group out of sketches; ids are the group's and a number. */
export function group(
  id: string,
  comment: string,
  input: VectorInput,
  sketches: readonly TestSketch[],
): VectorGroup {
  const tests = sketches.map((sketch, index): VectorTest => {
    const { code = null, verdict = 'rejected', failed = [] } = sketch
    return {
      id: `${id}/${String(index + 1)}`,
      comment: sketch.comment,
      why: sketch.why,
      source: sketch.source,
      flags: sketch.flags ?? (code === null ? ['valid'] : ['missingStep']),
      input: sketch.input ?? {},
      result: code === null ? 'accepted' : verdict,
      code,
      failed,
    }
  })
  return { id, comment, input, tests }
}

export function vectorFile(stage: string, groups: readonly VectorGroup[]): VectorFile {
  const used = new Set(groups.flatMap(({ tests }) => tests.flatMap(({ flags }) => flags)))
  return {
    schema: 'attested/vectors@1',
    stage,
    source: { name: 'attested, synthetic PKI of test/support', licence: 'Apache-2.0' },
    notes: Object.fromEntries(Object.entries(notes).filter(([flag]) => used.has(flag))),
    numberOfTests: groups.reduce((sum, { tests }) => sum + tests.length, 0),
    groups,
  }
}
