import { describe, expect, it, test } from 'vitest'
import {
  agentDocument,
  attestedDocument,
  changed,
  expectationsOf,
  schemaCases,
} from '../../test/support/manifest-documents.js'
import type { Expectations } from './expectations.js'
import { type ManifestStatement, explainManifest } from './explain.js'
import type { Manifest } from './manifest.js'
import type { ManifestSchema } from './model.js'
import { parseManifest } from './parse.js'

type Changes = Readonly<Record<string, unknown>>

const manifestOf = (schema: ManifestSchema, changes: Changes = {}): Manifest => {
  const document = schema === '2cvm-agent/1' ? agentDocument : attestedDocument
  return parseManifest(JSON.stringify(changed(document, changes)), { schema, bytes: 'raw' })
}
const explain = (schema: ManifestSchema, changes: Changes = {}, expectations: Expectations | null = null) =>
  explainManifest(manifestOf(schema, changes), expectations)

const own = 'attested/manifest@1'
const agent = '2cvm-agent/1'
const hex = (digit: string): string => `sha256:${digit.repeat(64)}`

/** As one line: severity, path, subject and text. */
const line = ({ severity, path, subject, text }: ManifestStatement): string =>
  `${severity === 'warning' ? '! ' : ''}${path} ${subject}: ${text}`
const linesOf = (
  topic: ManifestStatement['topic'],
  schema: ManifestSchema,
  changes: Changes = {},
  expectations: Expectations | null = null,
): readonly string[] =>
  explain(schema, changes, expectations)
    .statements.filter((item) => item.topic === topic)
    .map(line)

describe('a whole manifest', () => {
  test('of our schema', () => {
    const manifest = manifestOf(own)
    const { schema, digest, statements, rules } = explainManifest(manifest)
    expect(schema).toBe(own)
    expect(digest).toBe(Buffer.from(manifest.digest('sha256')).toString('hex'))
    // M2, M8, M9, M10, M11, M12 and M16.
    expect(rules).toEqual({ errors: 0, warnings: 0, unchecked: 7 })
    expect(statements.map((item) => `${item.topic} ${line(item)}`)).toEqual([
      'agreement /title title: "Training on hospital records"',
      'participants /participants/0 participant hospital: did:web:hospital.example; brings code cohort; brings data records',
      'participants /participants/1 participant pharma: did:web:pharma.example; brings code trainer; brings data weights; receives model.bin',
      `components /components/0 component cohort of hospital: its code is ${hex('a')}; reads records; may use clock`,
      `components /components/1 component trainer of pharma: its code is ${hex('b')}; reads weights`,
      `data /data/0 data records of hospital: is ${hex('c')}; may be read by cohort`,
      `data /data/1 data weights of pharma: is ${hex('d')}; may be read by trainer`,
      'channels /channels/0 cohort and trainer: exchange data, both ways',
      'outputs /outputs/0 output model.bin of trainer: goes to pharma',
      'flow /data/0 data records of hospital: can come to cohort, trainer; can reach pharma (by model.bin of trainer)',
      'flow /data/1 data weights of pharma: can come to cohort, trainer; can reach pharma (by model.bin of trainer)',
    ])
  })

  test('of the agent', () => {
    const { schema, statements, rules } = explain(agent)
    expect(schema).toBe(agent)
    expect(rules).toEqual({ errors: 0, warnings: 4, unchecked: 5 })
    expect(statements.map((item) => `${item.topic} ${line(item)}`)).toEqual([
      'agreement /transferRequestIdIMEC transferRequestIdIMEC: is request-1',
      'agreement /transferRequestIdFabless transferRequestIdFabless: is request-2',
      'participants /participants/0 participant hospital: did:web:hospital.example; brings code cohort; brings data records',
      'participants /participants/1 participant pharma: did:web:pharma.example; brings code trainer; brings data weights; receives model.bin',
      'components ! /components/0 component cohort of hospital: no digest pins its code; reads records; imports wasi:io/streams@0.2.0',
      'components ! /components/1 component trainer of pharma: no digest pins its code; reads weights; imports hospital:cohort/rows@1.2.0, wasi:io/streams@0.2.0',
      'data ! /data/0 data records of hospital: no digest pins it; may be read by cohort',
      'data ! /data/1 data weights of pharma: no digest pins it; may be read by trainer',
      'channels /composition cohort and trainer: exchange data, both ways',
      'outputs /permissions/1/output/0 output model.bin of trainer: goes to pharma',
      'flow /data/0 data records of hospital: can come to cohort, trainer; can reach pharma (by model.bin of trainer)',
      'flow /data/1 data weights of pharma: can come to cohort, trainer; can reach pharma (by model.bin of trainer)',
      'pins !  no digest pins: the code of cohort, trainer; the data records, weights; this schema has no place for digests',
    ])
  })

  it.each(schemaCases)('with expectations that it meets: $schema', ({ schema }) => {
    const { statements, rules } = explain(schema, {}, expectationsOf(schema))
    expect(rules.errors).toBe(0)
    const [me, other] = statements.filter(({ topic }) => topic === 'participants')
    expect(me).toMatchObject({ severity: 'note', text: expect.stringMatching(/^you; did:web:hospital/) })
    expect(other?.text).toMatch(/^did:web:pharma/)
    expect(statements.filter(({ text }) => text.includes('you ')).map(line)).toEqual([])
  })
})

describe('what deserves a warning', () => {
  test('code and data without a digest, in a schema that has them', () => {
    const changes = { 'components.1.digest': null, 'data.0.digest': null }
    expect(linesOf('components', own, changes)[1]).toBe(
      '! /components/1 component trainer of pharma: no digest pins its code; reads weights',
    )
    expect(linesOf('components', own, changes)[0]).not.toContain('!')
    expect(linesOf('data', own, changes)[0]).toBe(
      '! /data/0 data records of hospital: no digest pins it; may be read by cohort',
    )
    expect(linesOf('pins', own, changes)).toEqual([
      '!  no digest pins: the code of trainer; the data records',
    ])
    expect(linesOf('pins', own, { 'data.0.digest': null })).toEqual(['!  no digest pins: the data records'])
    expect(linesOf('pins', own, { 'components.0.digest': null })).toEqual([
      '!  no digest pins: the code of cohort',
    ])
  })

  test('files and network, unless I allow them', () => {
    const changes = { 'permissions.1.capabilities': ['filesystem', 'http', 'clock'] }
    const text = `/components/1 component trainer of pharma: its code is ${hex('b')}; reads weights; may use filesystem, http, clock; CAN REACH all data and outputs by filesystem; CAN REACH the network by http`
    expect(linesOf('components', own, changes)[1]).toBe(`! ${text}`)
    expect(linesOf('components', own, changes, expectationsOf(own))[1]).toBe(
      `! ${text}; you do not allow filesystem, http`,
    )
    const one = expectationsOf(own, { capabilities: ['filesystem'] })
    expect(linesOf('components', own, changes, one)[1]).toBe(`! ${text}; you do not allow http`)
    const both = expectationsOf(own, { capabilities: ['filesystem', 'http'] })
    expect(linesOf('components', own, changes, both)[1]).toBe(text)
  })

  test('a component without a permission entry, or with two', () => {
    const rest = `component trainer of pharma: its code is ${hex('b')}`
    expect(linesOf('components', own, { permissions: [] })[1]).toBe(
      `! /components/1 ${rest}; has no permission entry; reads no data`,
    )
    const twice = { 'permissions.2': { component: 'trainer', reads: ['records'], capabilities: ['random'] } }
    expect(linesOf('components', own, twice)[1]).toBe(
      `/components/1 ${rest}; reads weights, records; may use random`,
    )
  })

  test('data that nobody may read, and that can come to nobody', () => {
    const changes = { 'permissions.0.reads': [] }
    expect(linesOf('data', own, changes)[0]).toBe(
      `/data/0 data records of hospital: is ${hex('c')}; no permission reads it`,
    )
    expect(linesOf('flow', own, changes)[0]).toBe(
      '/data/0 data records of hospital: no component can come to hold it; no participant can receive anything that is made of it',
    )
  })

  test('data that can be sent over the network', () => {
    expect(linesOf('flow', own, { 'permissions.1.capabilities': ['network'] })[0]).toBe(
      '! /data/0 data records of hospital: can come to cohort, trainer; can reach pharma (by model.bin of trainer); trainer can send it over the network, nobody says where',
    )
  })

  test('an output that goes to nobody, and one to somebody whom I do not accept', () => {
    expect(linesOf('outputs', own, { 'outputs.0.receivers': [] })).toEqual([
      '/outputs/0 output model.bin of trainer: goes to nobody',
    ])
    const two = { 'outputs.0.receivers': ['pharma', 'hospital'] }
    expect(linesOf('outputs', own, two)).toEqual([
      '/outputs/0 output model.bin of trainer: goes to pharma, hospital',
    ])
    expect(linesOf('outputs', own, two, expectationsOf(own))).toEqual([
      '! /outputs/0 output model.bin of trainer: goes to pharma, hospital; you do not accept hospital',
    ])
  })

  test('my data that can reach somebody whom I do not name', () => {
    const reach = 'can come to cohort, trainer; can reach pharma (by model.bin of trainer)'
    const mine = `/data/0 data records of hospital: ${reach}`
    const theirs = `/data/1 data weights of pharma: ${reach}`
    expect(linesOf('flow', own, {}, expectationsOf(own))).toEqual([mine, theirs])
    // Mine that I did not list may come to nobody.
    expect(linesOf('flow', own, {}, expectationsOf(own, { receiversOf: {} }))).toEqual([
      `! ${mine}; you do not name pharma`,
      theirs,
    ])
    // What I listed is judged whoever brings it.
    const listed = { receiversOf: { records: ['pharma'], weights: ['hospital'] } }
    expect(linesOf('flow', own, {}, expectationsOf(own, listed))).toEqual([
      mine,
      `! ${theirs}; you do not name pharma`,
    ])
  })

  test('another DID than mine, and that I am not listed', () => {
    const other = expectationsOf(own, { selfDid: 'did:web:other' })
    expect(linesOf('participants', own, {}, other)[0]).toBe(
      '! /participants/0 participant hospital: you, but your DID is did:web:other; did:web:hospital.example; brings code cohort; brings data records',
    )
    const absent = expectationsOf(own, { self: 'clinic' })
    const lines = linesOf('participants', own, {}, absent)
    expect(lines).toHaveLength(3)
    expect(lines[2]).toBe('! /participants participant clinic: you are not listed')
  })

  test('transfer requests that I do not expect', () => {
    const changes = { transferRequestIdFabless: 'request-3' }
    expect(linesOf('agreement', agent, changes, expectationsOf(agent))).toEqual([
      '/transferRequestIdIMEC transferRequestIdIMEC: is request-1',
      '! /transferRequestIdFabless transferRequestIdFabless: is request-3; you expect request-2',
    ])
  })

  test('a composition that cannot be read', () => {
    expect(linesOf('channels', agent, { composition: 'package' })).toEqual([
      '! /composition composition: cannot be read: every component is taken to exchange data with every other',
    ])
    expect(explain(agent, { composition: 'package' }).rules).toEqual({
      errors: 1,
      warnings: 4,
      unchecked: 7,
    })
  })
})

describe('names of others', () => {
  it.each([
    ['a, b', '"a, b"'],
    ['\u202egnp\u001b[2J', '"\\u{202e}gnp\\u001b[2J"'],
    ['caf\u00e9', '"café"'],
    ['', '""'],
    ['a\nb', '"a\\nb"'],
    ['n'.repeat(64), 'n'.repeat(64)],
    ['n'.repeat(65), `"${'n'.repeat(64)}…"`],
    ['__proto__', '"__proto__"'],
    ['constructor', 'constructor'],
  ])('%j is shown as %s', (name, shown) => {
    const changes = { 'outputs.0.name': name, 'data.1.name': name, 'permissions.1.reads': [name] }
    expect(linesOf('outputs', own, changes)).toEqual([
      `/outputs/0 output ${shown} of trainer: goes to pharma`,
    ])
    expect(linesOf('flow', own, changes)[1]).toBe(
      `/data/1 data ${shown} of pharma: can come to cohort, trainer; can reach pharma (by ${shown} of trainer)`,
    )
  })

  test('of many, eight are shown', () => {
    const names = (count: number) => Array.from({ length: count }, (_, index) => `p${index}`)
    const goesTo = (count: number) => linesOf('outputs', own, { 'outputs.0.receivers': names(count) })[0]
    expect(goesTo(8)).toMatch(/: goes to p0, p1, p2, p3, p4, p5, p6, p7$/)
    expect(goesTo(9)).toMatch(/: goes to p0, p1, p2, p3, p4, p5, p6, p7 and 1 more$/)
    const by = '(by model.bin of trainer)'
    const reach = (count: number) => linesOf('flow', own, { 'outputs.0.receivers': names(count) })[0]
    expect(reach(8)).toMatch(new RegExp(`p7 \\${by.slice(0, -1)}\\)$`))
    expect(reach(11)).toMatch(new RegExp(`p7 \\${by.slice(0, -1)}\\) and 3 more$`))
  })

  test('a reason is the first output whose component can hold the data, and may be missing', () => {
    const outputs = (count: number) => [
      ...Array.from({ length: count }, (_, index) => ({
        name: `o${index}`,
        component: 'x',
        receivers: ['r'],
      })),
      { name: 'last', component: 'trainer', receivers: ['r'] },
    ]
    expect(linesOf('flow', own, { outputs: outputs(63) })[0]).toMatch(/can reach r \(by last of trainer\)$/)
    expect(linesOf('flow', own, { outputs: outputs(64) })[0]).toMatch(/can reach r$/)
  })
})

describe('arguments', () => {
  it('must be manifests and expectations, of one schema', () => {
    expect(() => explainManifest({ ...manifestOf(own) })).toThrow(TypeError)
    expect(() => explainManifest(manifestOf(own), expectationsOf(agent))).toThrow(TypeError)
    expect(() => explainManifest(manifestOf(own), { ...expectationsOf(own) })).toThrow(TypeError)
  })
})

test('one name many times does not cost what goes by it each time', () => {
  const many = <T>(count: number, item: T): readonly T[] => Array.from({ length: count }, () => item)
  const changes = {
    participants: many(4000, { name: 'p', did: 'd' }),
    components: many(4000, { name: 'c', participant: 'p', digest: null }),
    data: many(4000, { name: 'd', participant: 'p', digest: null }),
    permissions: many(25, { component: 'c', reads: many(4000, 'd'), capabilities: [] }),
    outputs: many(25, { name: 'o', component: 'c', receivers: many(1000, 'p') }),
  }
  const start = process.cpuUsage()
  expect(explain(own, changes).statements).toHaveLength(12_000 + 1 + 1 + 25 + 4000 + 1)
  // Of this process alone; under a second where it is linear.
  expect(process.cpuUsage(start).user / 1000).toBeLessThan(10_000)
})
