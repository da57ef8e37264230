// Manifests that no rule finds an error in, one per schema, and a way to change one place of a copy.
import { type Expectations, parseExpectations } from '../../src/manifest/expectations.js'
import { type ManifestCheck, checkManifestText } from '../../src/manifest/check.js'
import type { ManifestSchema } from '../../src/manifest/model.js'

/** A JSON document that tests take apart. */
export type Loose = Record<string, unknown>

const wac = `package demo:lab;

let store = new hospital:cohort { ... };
let model = new pharma:trainer { "hospital:cohort/rows@1.2.0": store["hospital:cohort/rows@1.2.0"], ... };

export model...;
`

/** As the 2cVM agent writes it: members in the order of its model. */
export const agentDocument: Loose = {
  participants: [
    { name: 'hospital', DID: 'did:web:hospital.example' },
    { name: 'pharma', DID: 'did:web:pharma.example' },
  ],
  components: [
    { name: 'cohort', participant: 'hospital' },
    { name: 'trainer', participant: 'pharma' },
  ],
  data: [
    { name: 'records', participant: 'hospital' },
    { name: 'weights', participant: 'pharma' },
  ],
  composition: wac,
  permissions: [
    {
      component: 'cohort',
      data_permissions: [{ type: 'read', source: 'records' }],
      output: [],
      wasi_imports: ['wasi:io/streams@0.2.0'],
    },
    {
      component: 'trainer',
      data_permissions: [{ type: 'read', sources: ['weights'] }],
      output: [{ type: 'file', function: 'train', name: 'model.bin', participant: 'pharma' }],
      wasi_imports: ['hospital:cohort/rows@1.2.0', 'wasi:io/streams@0.2.0'],
    },
  ],
  transferRequestIdIMEC: 'request-1',
  transferRequestIdFabless: 'request-2',
}

export const agentExpectations: Loose = {
  self: 'hospital',
  selfDid: 'did:web:hospital.example',
  receivers: ['pharma'],
  receiversOf: { records: ['pharma'] },
  capabilities: [],
  transferRequestIdIMEC: 'request-1',
  transferRequestIdFabless: 'request-2',
}

const digestOf = (digit: string): string => `sha256:${digit.repeat(64)}`

/** The same agreement in our own schema; every digest is stated. */
export const attestedDocument: Loose = {
  schema: 'attested/manifest@1',
  title: 'Training on hospital records',
  participants: [
    { name: 'hospital', did: 'did:web:hospital.example' },
    { name: 'pharma', did: 'did:web:pharma.example' },
  ],
  components: [
    { name: 'cohort', participant: 'hospital', digest: digestOf('a') },
    { name: 'trainer', participant: 'pharma', digest: digestOf('b') },
  ],
  data: [
    { name: 'records', participant: 'hospital', digest: digestOf('c') },
    { name: 'weights', participant: 'pharma', digest: digestOf('d') },
  ],
  permissions: [
    { component: 'cohort', reads: ['records'], capabilities: ['clock'] },
    { component: 'trainer', reads: ['weights'], capabilities: [] },
  ],
  channels: [{ from: 'cohort', to: 'trainer' }],
  outputs: [{ name: 'model.bin', component: 'trainer', receivers: ['pharma'] }],
}

export const attestedExpectations: Loose = {
  self: 'hospital',
  selfDid: 'did:web:hospital.example',
  receivers: ['pharma'],
  receiversOf: { records: ['pharma'] },
  capabilities: [],
}

/** The two schemas with all that goes with them. */
export const schemaCases: readonly {
  readonly schema: ManifestSchema
  readonly document: Loose
  readonly expectations: Loose
}[] = [
  { schema: '2cvm-agent/1', document: agentDocument, expectations: agentExpectations },
  { schema: 'attested/manifest@1', document: attestedDocument, expectations: attestedExpectations },
]

/** A copy in which the value at a path (`permissions.0.reads`) is replaced; `undefined` takes it away. */
export function changed(document: Loose, changes: Readonly<Record<string, unknown>>): Loose {
  const copy = structuredClone(document)
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split('.')
    const last = keys.pop() ?? ''
    let parent = copy
    for (const key of keys) parent = parent[key] as Loose
    if (value === undefined) Reflect.deleteProperty(parent, last)
    else parent[last] = value
  }
  return copy
}

export function expectationsOf(
  schema: ManifestSchema,
  changes: Readonly<Record<string, unknown>> = {},
): Expectations {
  const { expectations = {} } = schemaCases.find((item) => item.schema === schema) ?? {}
  return parseExpectations(JSON.stringify(changed(expectations, changes)), schema)
}

/** All rules over the schema's document with changes, and expectations with changes or none. */
export function check(
  schema: ManifestSchema,
  changes: Readonly<Record<string, unknown>> = {},
  expected: Readonly<Record<string, unknown>> | null = {},
): ManifestCheck {
  const { document = {} } = schemaCases.find((item) => item.schema === schema) ?? {}
  return checkManifestText(
    JSON.stringify(changed(document, changes)),
    { schema, bytes: 'raw' },
    expected === null ? null : expectationsOf(schema, expected),
  )
}

/** The errors alone, as `rule path`. */
export function errorsOf({ findings }: ManifestCheck): readonly string[] {
  return findings.filter(({ severity }) => severity === 'error').map(({ rule, path }) => `${rule} ${path}`)
}
