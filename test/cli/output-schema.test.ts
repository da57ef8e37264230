// The published JSON Schemas of what the command prints beside verdicts, inspections and policies.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { isVerificationError } from '../../src/errors/index.js'
import { parseExpectations } from '../../src/manifest/index.js'
import { sourcePaths } from '../package/source-graph.js'
import { vtpmDocument, azureEvidence, jsonBytes } from '../support/azure.js'
import { toHex } from '../support/der.js'
import { type FakeKds, startFakeKds } from '../support/kds.js'
import { labSettings } from '../support/lab-command.js'
import {
  agentDocument,
  agentExpectations,
  attestedDocument,
  attestedExpectations,
  changed,
} from '../support/manifest-documents.js'
import { labEvidence } from '../support/pki.js'
import { vcekUrl } from '../../src/kds/url.js'
import { parseReport } from '../../src/report/report.js'
import { repositoryRoot } from '../support/real-folder.js'
import { LAB_REPORT_DATA, patchReport } from '../support/report.js'
import { type Json, attested, jsonOf, lab, temporaryFolder } from './harness.js'
import { type Schema, subschemas, violations } from './json-schema.js'

const { file } = temporaryFolder()
const root = repositoryRoot()
const schemaOf = (name: string): Schema =>
  JSON.parse(readFileSync(join(root, `docs/schema/${name}.schema.json`), 'utf8')) as Schema

const names = [
  'bundle-created',
  'bundle-inspection',
  'explain',
  'kds-fetch',
  'kds-urls',
  'manifest-check',
  'manifest-diff',
  'manifest-digest',
  'manifest-explanation',
  'replay',
] as const
type Name = (typeof names)[number]

const outputs = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, Json[]>
const print = async (name: Name, ...argv: readonly string[]): Promise<void> => {
  outputs[name].push(jsonOf(await lab([...argv, '--json'])))
}

const manifest = (name: string, document: unknown): string => file(name, JSON.stringify(document))
const own = manifest('own.json', attestedDocument)
const agent = manifest('agent.json', agentDocument)
const asAgent = ['--schema', '2cvm-agent/1']
const broken = manifest('broken.json', changed(attestedDocument, { title: undefined, more: 1 }))

async function manifests(): Promise<void> {
  const mine = manifest('mine.json', attestedExpectations)
  for (const more of [[own], [own, '--expect', mine], [agent, ...asAgent], [broken]])
    await print('manifest-check', 'manifest', 'check', ...more)
  for (const more of [[own], [own, '--raw', '--alg', 'sha512'], [agent, ...asAgent, '--alg', 'sha384']])
    await print('manifest-digest', 'manifest', 'digest', ...more)
  for (const more of [
    [own, '--expect', mine],
    [agent, ...asAgent],
  ])
    await print('manifest-explanation', 'manifest', 'explain', ...more)
  const wider = changed(attestedDocument, {
    'outputs.0.receivers': ['pharma', 'x'],
    'components.0.digest': null,
  })
  await print('manifest-diff', 'manifest', 'diff', own, manifest('wider.json', wider))
  await print('manifest-diff', 'manifest', 'diff', own, own)
  const other = changed(agentDocument, { composition: 'package other:one;' })
  await print('manifest-diff', 'manifest', 'diff', agent, manifest('other.json', other), ...asAgent)
}

async function bundles(): Promise<void> {
  await lab(['make', '--out', file('made')])
  const keys = ['--vek', file('made/vek.der'), '--crl', `${file('made/crl.der')},scope=vcek`]
  const policy = ['--policy', file('made/policy.json')]
  const azure = azureEvidence()
  const evidence = {
    good: [file('made/report.bin'), ...keys],
    bare: [file('made/report.bin')],
    version: [
      file(
        'six.bin',
        patchReport(new Uint8Array(readFileSync(file('made/report.bin'))), 0, Uint8Array.of(6)),
      ),
    ],
    azure: [file('azure.json', jsonBytes(vtpmDocument(azure)))],
  }
  const inputs = ['--input', 'nonce=hex:' + '07'.repeat(32), '--input', 'pcrSelection=hex:ffffff']
  const runs = [
    [evidence.good, ['--report-data', toHex(LAB_REPORT_DATA), '--challenge']],
    [evidence.good, ['--unchecked-report-data', 'x']],
    [evidence.good, ['--binding', 'manifest/1', '--manifest', own]],
    [evidence.bare, ['--report-data', 'ab'.repeat(64)]],
    [evidence.version, ['--unchecked-report-data', 'x']],
    [evidence.azure, ['--binding', 'azure-hcl/1', ...inputs, '--input', 'pcrs=unchecked:x']],
  ] as const
  for (const [index, [argv, binding]] of runs.entries()) {
    const out = file(`bundle-${String(index)}.json`)
    await print('bundle-created', 'bundle', 'create', ...argv, ...policy, ...binding, '--out', out)
    await print('bundle-inspection', 'bundle', 'inspect', out)
    await print('replay', 'bundle', 'replay', out)
    outputs.replay.push(jsonOf(await attested(['bundle', 'replay', out, '--json'])))
  }
}

async function collateral(kds: FakeKds): Promise<void> {
  const { network: _, ...settings } = labSettings()
  const network = { fetch: (url: string, init?: RequestInit) => fetch(url, init), random: () => 0 }
  for (const [name, { report }] of Object.entries({
    vcek: labEvidence(),
    vlek: labEvidence({ signer: 'vlek' }),
  })) {
    const evidence = file(`${name}.bin`, report)
    await print('kds-urls', 'kds', 'url', evidence)
    const argv = ['kds', 'fetch', evidence, '--out', file(name), '--kds-base', kds.baseUrl, '--json']
    outputs['kds-fetch'].push(jsonOf(await attested(argv, { settings: { ...settings, network } })))
    outputs['kds-fetch'].push(JSON.parse(readFileSync(file(`${name}/kds.json`), 'utf8')))
  }
  await print('kds-urls', 'kds', 'url', file('vcek.bin'), '--kind', 'crl', '--kds-base', kds.baseUrl)
}

beforeAll(async () => {
  const milan = labEvidence()
  const address = new URL(vcekUrl(parseReport(milan.report)))
  const kds = await startFakeKds(new Map([[address.pathname + address.search, milan]]))
  try {
    await collateral(kds)
  } finally {
    await kds.close()
  }
  await manifests()
  await bundles()
  for (const code of ['DER_LIMIT', 'REVOCATION_STALE', 'SIGNATURE_INVALID'])
    await print('explain', 'explain', code)
}, 60_000)

/** Every schema that a source file prints, by its name in front of the version. */
function printed(): readonly string[] {
  const found = sourcePaths(root, 'src')
    .filter((path) => /^src\/(cli|results)\//.test(path) && !path.endsWith('.test.ts'))
    .flatMap((path) => [...readFileSync(join(root, path), 'utf8').matchAll(/\bschema: '(attested\/[^']+)'/g)])
  const schemas = new Set(found.map(([, schema = '']) => schema))
  // That of documents which the command reads: it has a file of its own.
  schemas.delete('attested/manifest@1')
  return [...schemas].sort()
}

describe('the files', () => {
  test('are those of the schemas that are printed, and of the documents that are written by hand', () => {
    const schemas = printed()
    for (const schema of schemas) expect(schema).toMatch(/^attested\/[a-z-]+@1$/)
    const documents = ['expectations', 'manifest-1', 'manifest-check', 'policy']
    expect(readdirSync(join(root, 'docs/schema')).sort()).toEqual(
      [...schemas.map((schema) => schema.slice('attested/'.length, -2)), ...documents]
        .map((name) => `${name}.schema.json`)
        .sort(),
    )
    for (const schema of schemas)
      expect((schemaOf(schema.slice('attested/'.length, -2))['properties'] as Schema)['schema']).toEqual({
        const: schema,
      })
  })

  test('parts that two of them have are the same in both', () => {
    const [inspect, bundle] = [schemaOf('inspect'), schemaOf('bundle-inspection')].map(
      (schema) => schema['$defs'] as Schema,
    )
    const { record: _, unchecked: __, ...shared } = bundle ?? {}
    expect(shared).toEqual(inspect)
  })
})

/** Copies of a value with one thing wrong: a value of a kind that no JSON has, a key less, a key more. */
function wrong(value: Json, free: RegExp, at = '$'): readonly (readonly [what: string, value: Json])[] {
  const found: [string, Json][] = free.test(at) ? [] : [[`${at} is another`, 42n]]
  if (typeof value !== 'object' || value === null || free.test(at)) return found
  if (!Array.isArray(value) && !at.endsWith('.inputs')) found.push([`${at} has more`, { ...value, more: 1 }])
  for (const [key, member] of Object.entries(value)) {
    const put = (next: Json): Json =>
      Array.isArray(value)
        ? value.map((one, index) => (String(index) === key ? next : one))
        : { ...value, [key]: next }
    for (const [what, next] of wrong(member, free, `${at}.${key}`)) found.push([what, put(next)])
    if (Array.isArray(value) || at.endsWith('.inputs') || optional.includes(key)) continue
    const { [key]: _, ...less } = value as Record<string, Json>
    found.push([`${at} without ${key}`, less])
  }
  return found
}

/** What an object may lack. */
const optional: readonly string[] = ['lab', 'bootloader', 'tee', 'snp', 'microcode', 'fmc']
/** Where any JSON may stand. */
const free = /^\$\.changes\.\d+\.(before|after)/

describe.each(names)('%s', (name) => {
  const schema = schemaOf(name)

  test('its schema is closed: every object lists its keys, and all but lab and levels of a TCB are required', () => {
    for (const one of subschemas(schema)) {
      if (one['type'] !== 'object') continue
      expect(one['additionalProperties']).toBeDefined()
      if (one['properties'] === undefined) continue
      expect(one['additionalProperties']).toBe(false)
      const required = one['required'] as readonly string[]
      const keys = Object.keys(one['properties'] as Schema)
      expect(required.filter((key) => !keys.includes(key))).toEqual([])
      expect(keys.filter((key) => !required.includes(key) && !optional.includes(key))).toEqual([])
    }
  })

  test('outputs are valid, from the lab or not', () => {
    expect(outputs[name].length).toBeGreaterThan(1)
    for (const output of outputs[name]) {
      expect(violations(schema, output)).toEqual([])
      const { lab: _, ...real } = output
      expect(violations(schema, real)).toEqual([])
      expect(violations(schema, { ...output, lab: false })).not.toEqual([])
    }
  })

  test('with anything wrong in them they are not', () => {
    const missed = outputs[name].flatMap((output) =>
      wrong(output, free).flatMap(([what, value]) => (violations(schema, value).length === 0 ? [what] : [])),
    )
    expect(missed).toEqual([])
  })
})

test('the outputs are of every kind', () => {
  const of = (name: Name, pick: (output: Json) => unknown): ReadonlySet<unknown> =>
    new Set(outputs[name].map(pick))
  expect(of('bundle-created', ({ verdict }) => verdict)).toEqual(
    new Set(['accepted', 'rejected', 'unverifiable']),
  )
  expect(of('bundle-inspection', ({ error }) => error?.code ?? null)).toEqual(
    new Set([null, 'REPORT_VERSION_UNSUPPORTED']),
  )
  expect(of('bundle-inspection', ({ attachments }) => attachments.length)).toEqual(new Set([0, 4]))
  expect(of('bundle-inspection', ({ record }) => Object.keys(record.binding)[0])).toEqual(
    new Set(['challenge', 'unchecked', 'profile']),
  )
  expect(of('replay', ({ outcome }) => outcome)).toEqual(new Set(['reproduced', 'not reproduced']))
  expect(of('kds-urls', ({ vcek }) => vcek === null)).toEqual(new Set([true, false]))
  expect(of('kds-fetch', ({ signer }) => signer)).toEqual(new Set(['vcek', 'vlek']))
  expect(of('manifest-check', ({ schema }) => schema)).toEqual(
    new Set(['attested/manifest@1', '2cvm-agent/1']),
  )
  expect(
    new Set(
      outputs['manifest-check'].flatMap(({ findings }) => findings.map(({ severity }: Json) => severity)),
    ),
  ).toEqual(new Set(['error', 'warning']))
  expect(
    new Set(outputs['manifest-diff'].flatMap(({ changes }) => changes.map(({ effect }: Json) => effect))),
  ).toEqual(new Set(['widened', 'narrowed', 'changed']))
})

describe('expectations', () => {
  const schema = schemaOf('expectations')
  const isValid = (value: unknown): boolean => violations(schema, value).length === 0

  test('that the command drafts are valid', async () => {
    for (const [path, more, expected] of [
      [own, [], attestedExpectations],
      [agent, asAgent, agentExpectations],
    ] as const) {
      const draft = jsonOf(await lab(['manifest', 'expect', path, ...more, '--participant', 'hospital']))
      expect(draft).toEqual(expected)
      expect(violations(schema, draft)).toEqual([])
    }
  })

  test.each([
    ['attested/manifest@1', attestedExpectations],
    ['2cvm-agent/1', agentExpectations],
  ] as const)('of %s: it refuses what the reader does', (name, document) => {
    const isRead = (value: unknown): boolean => {
      try {
        parseExpectations(JSON.stringify(value), name)
        return true
      } catch (error) {
        if (isVerificationError(error)) return false
        throw error
      }
    }
    const values = [
      null,
      0,
      '',
      {},
      [],
      [0],
      ['clock'],
      { x: [] },
      { x: [1] },
      'x'.repeat(128),
      ['x'.repeat(257)],
    ]
    const differ: unknown[] = []
    let valid = 0
    for (const key of [...Object.keys(document), 'receiversOf.records', 'receivers.0', 'more']) {
      const long = ['x'.repeat(129), ['x'.repeat(129)], 'x'.repeat(1025), 'x'.repeat(2049)]
      for (const value of [undefined, ...values, ...long]) {
        const other = changed(document, { [key]: value })
        // A list that lost its only item still has a hole, which JSON writes as null.
        const plain: unknown = JSON.parse(JSON.stringify(other))
        const [seen, taken] = [isValid(plain), isRead(plain)]
        // Without its two members, or with them, a document can be one of the other schema.
        if (seen !== taken && !/^transferRequestId/.test(key)) differ.push([key, value, seen, taken])
        valid += seen ? 1 : 0
      }
    }
    expect(differ).toEqual([])
    expect(valid).toBeGreaterThan(10)
  })
})
