// Manifests made to be slow, large or strange: one typed answer each, in time.
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { type ErrorCode, isVerificationError } from '../errors/error.js'
import {
  agentDocument,
  attestedDocument,
  changed,
  expectationsOf,
  schemaCases,
} from '../../test/support/manifest-documents.js'
import { type ManifestCheck, checkManifestText } from './check.js'
import { diffManifests } from './diff.js'
import { explainManifest } from './explain.js'
import type { ManifestSchema } from './model.js'
import { parseManifest } from './parse.js'

const mebibyte = 1024 * 1024

/**
 * What a call gives, in bounded time of this process: other processes' work on the machine does not count. The bound is
 * ten times what is needed; what is quadratic takes minutes.
 */
function inTime<T>(call: () => T): T {
  const start = process.cpuUsage()
  try {
    return call()
  } finally {
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(10_000)
  }
}

/** The rules of severity error that were broken, or the code. */
function outcome(text: string, schema: ManifestSchema): ErrorCode | readonly string[] {
  try {
    const expectations = expectationsOf(schema)
    const { findings } = inTime(() => checkManifestText(text, { schema, bytes: 'canonical' }, expectations))
    return [...new Set(findings.filter(({ severity }) => severity === 'error').map(({ rule }) => rule))]
  } catch (error) {
    if (isVerificationError(error)) return error.code
    throw error
  }
}

const times = <T>(count: number, make: (i: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, i) => make(i))
const short = (i: number): string => `n${i.toString(36)}`

describe.each(schemaCases)('$schema', ({ schema, document }) => {
  test.each([
    ['1 MiB of [', '['.repeat(mebibyte)],
    ['1 MiB of {"a":', '{"a":'.repeat(mebibyte / 5)],
    ['1 MiB of quotes', '"'.repeat(mebibyte)],
    ['one byte too many', ' '.repeat(mebibyte + 1)],
  ])('%s', (_, text) => {
    expect(outcome(text, schema)).toBe('MANIFEST_MALFORMED')
  })

  it('10 000 participants', () => {
    const participants = times(10_000, (i) => ({ name: short(i), DID: `did:web:${i}`, did: `did:web:${i}` }))
    expect(outcome(JSON.stringify({ ...document, participants }), schema)).toEqual(['M1'])
  })

  it('50 000 unknown members', () => {
    const members = Object.fromEntries(times(50_000, (i) => [`k${i}`, 0]))
    expect(outcome(JSON.stringify({ ...document, ...members }), schema)).toEqual(['M1'])
  })

  it('4096 participants of one name', () => {
    const participants = times(4096, () => ({
      name: 'a',
      ...(schema === '2cvm-agent/1' ? { DID: 'did:x:y' } : { did: 'did:x:y' }),
    }))
    expect(outcome(JSON.stringify({ ...document, participants }), schema)).toEqual(['M2', 'M4'])
  })

  it('4096 components of one name', () => {
    const components = times(4096, () => ({
      name: 'cohort',
      participant: 'hospital',
      ...(schema === '2cvm-agent/1' ? {} : { digest: null }),
    }))
    const rules = outcome(JSON.stringify({ ...document, components }), schema)
    expect(rules).toContain('M3')
  })

  it('DIDs and names of the greatest length that fail at the end', () => {
    const did = `did:web:${'a%2F:'.repeat(400)}!`
    const key = schema === '2cvm-agent/1' ? 'DID' : 'did'
    const participants = times(400, (i) => ({ name: `${'a-'.repeat(60)}${i}!`, [key]: did }))
    expect(outcome(JSON.stringify({ ...document, participants }), schema)).toEqual(['M2', 'M4', 'M7'])
  })

  it('any JSON is an answer with a code or findings', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const result = outcome(text, schema)
        expect(result === 'MANIFEST_MALFORMED' || result.includes('M1')).toBe(true)
      }),
    )
  })

  it('any value at any place is an answer with findings', () => {
    const places: string[] = []
    const walk = (value: unknown, path: string): void => {
      if (path !== '') places.push(path)
      if (typeof value !== 'object' || value === null) return
      for (const [key, member] of Object.entries(value)) walk(member, path === '' ? key : `${path}.${key}`)
    }
    walk(document, '')
    const strange = fc.oneof(
      fc.jsonValue(),
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom('__proto__', 'constructor', 'toString'),
    )
    fc.assert(
      fc.property(fc.constantFrom(...places), strange, (place, value) => {
        outcome(JSON.stringify(changed(document, { [place]: value })), schema)
      }),
      { numRuns: 60 },
    )
  })
})

describe('large and allowed', () => {
  const check = (document: unknown, schema: ManifestSchema): ManifestCheck => {
    const text = JSON.stringify(document)
    expect(text.length).toBeGreaterThan(mebibyte / 4)
    expect(text.length).toBeLessThanOrEqual(mebibyte)
    return inTime(() => checkManifestText(text, { schema, bytes: 'raw' }, expectationsOf(schema)))
  }

  it('a chain of 3000 components by outputs, from my data to another', () => {
    const count = 3000
    const document = {
      ...attestedDocument,
      components: times(count, (i) => ({ name: short(i), participant: 'pharma', digest: null })),
      data: [{ name: 'records', participant: 'hospital', digest: null }],
      permissions: times(count, (i) => ({
        component: short(i),
        reads: [i === 0 ? 'records' : `o${i - 1}`],
        capabilities: [],
      })),
      channels: [],
      outputs: times(count, (i) => ({
        name: `o${i}`,
        component: short(i),
        receivers: i === count - 1 ? ['other'] : [],
      })),
    }
    const { findings } = check(document, 'attested/manifest@1')
    expect(findings.filter(({ rule }) => rule === 'M11')).toEqual([
      { rule: 'M11', severity: 'error', path: '/data/0', message: '"records" can come to "other"' },
    ])
  })

  it('3000 data items of mine that all can come to 3000 others', () => {
    const document = {
      ...attestedDocument,
      data: times(3000, (i) => ({ name: `d${i}`, participant: 'hospital', digest: null })),
      permissions: [
        { component: 'cohort', reads: times(3000, (i) => `d${i}`), capabilities: ['filesystem'] },
        { component: 'trainer', reads: times(3000, (i) => `d${i}`), capabilities: ['network'] },
      ],
      outputs: times(3000, (i) => ({ name: `o${i}`, component: 'trainer', receivers: [`r${i}`] })),
    }
    const { findings } = check(document, 'attested/manifest@1')
    const flows = findings.filter(({ rule }) => rule === 'M11')
    expect(flows).toHaveLength(3000)
    expect(flows[0]?.message).toBe('"d0" can come to "r0", "r1", "r2" and others')
  })

  it('3000 data items that all come to other components and receivers, in words and compared', () => {
    const count = 3000
    const document = (cut: number): string =>
      JSON.stringify({
        ...attestedDocument,
        components: times(count, (i) => ({ name: short(i), participant: 'pharma', digest: null })),
        data: times(count, (i) => ({ name: `d${i}`, participant: 'hospital', digest: null })),
        permissions: times(count, (i) => ({
          component: short(i),
          reads: i === 0 || i === cut ? [`d${i}`] : [`d${i}`, `o${i - 1}`],
          capabilities: [],
        })),
        channels: [],
        outputs: times(count, (i) => ({ name: `o${i}`, component: short(i), receivers: [`r${i}`] })),
      })
    const schema = 'attested/manifest@1'
    const [before, after] = [-1, count / 2].map((cut) =>
      parseManifest(document(cut), { schema, bytes: 'raw' }),
    )
    if (before === undefined || after === undefined) throw new Error('two manifests')
    const { statements } = inTime(() => explainManifest(before, expectationsOf(schema)))
    const changes = inTime(() => diffManifests(before, after))
    const [first] = statements.filter(({ topic }) => topic === 'flow')
    expect(first?.text).toBe(
      `can come to n0, n1, n2, n3, n4, n5, n6, n7 and 2992 more; can reach ${times(8, (i) => `r${i} (by o${i} of n${i})`).join(', ')} and 2992 more; you do not name r0, r1, r2, r3, r4, r5, r6, r7 and 2992 more`,
    )
    const flows = changes.filter(({ path }) => path.startsWith('/flow/d0/'))
    expect(flows.map(({ path, effect }) => `${path} ${effect}`)).toEqual([
      '/flow/d0/receivers narrowed',
      '/flow/d0/components narrowed',
    ])
    expect(flows[0]?.before).toEqual({
      names: times(1500, (i) => `r${i + 1500}`).slice(0, 32),
      more: 1468,
    })
  })

  it('1000 permission entries for one component, with 3000 imports', () => {
    const document = {
      ...agentDocument,
      permissions: times(1000, (i) => ({
        component: 'cohort',
        data_permissions: [],
        output: [],
        wasi_imports: times(3, (k) => `hospital:cohort/i${i * 3 + k}@1.0.0`),
      })).concat({
        component: 'trainer',
        data_permissions: [],
        output: [],
        wasi_imports: times(4000, () => 'hospital:cohort/rows@1.2.0'),
      }),
    }
    const { findings } = check(document, '2cvm-agent/1')
    expect(findings.filter(({ rule }) => rule === 'M5')).toHaveLength(999)
    expect(findings.filter(({ rule }) => rule === 'M9')).toHaveLength(3999)
  })

  test.each([
    ['WAC comments', '/*'.repeat(mebibyte / 2 - 2000)],
    ['parentheses', `package a:b; export ${'('.repeat(mebibyte - 4000)}`],
    ['new', `package a:b; let x = ${'new a:b {'.repeat(100_000)}`],
    ['white space', ' '.repeat(mebibyte - 4000)],
  ])('almost 1 MiB of %s', (_, composition) => {
    expect(outcome(JSON.stringify({ ...agentDocument, composition }), '2cvm-agent/1')).toEqual(['M12'])
  })
})
