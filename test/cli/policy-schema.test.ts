// The published schema of policies against what parsePolicy takes: never stricter, and as strict as a schema can be.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readPolicyDocument } from '../../src/appraisal/schema.js'
import { policyFromReport } from '../../src/appraisal/from-report.js'
import { environmentNames, recommendedPolicy } from '../../src/appraisal/recommended.js'
import type { JsonValue } from '../../src/errors/error.js'
import { parseReport } from '../../src/report/report.js'
import { openPolicy } from '../support/lab-verifier.js'
import { labEvidence } from '../support/pki.js'
import { fullDocument } from '../support/policy-document.js'
import { addKey, dropKey, pathsOf } from '../support/policy-edit.js'
import { repositoryRoot } from '../support/real-folder.js'
import { every, sampleOf } from '../support/sampling.js'
import type { VectorFile } from '../support/vectors/format.js'
import { type Schema, subschemas, violations } from './json-schema.js'

const root = repositoryRoot()
const read = (path: string): JsonValue => JSON.parse(readFileSync(join(root, path), 'utf8')) as JsonValue
const schema = read('docs/schema/policy.schema.json') as Schema
const isValid = (value: unknown): boolean => violations(schema, value).length === 0
const isPolicy = (value: unknown): boolean => {
  try {
    readPolicyDocument(value as JsonValue)
    return true
  } catch {
    return false
  }
}

test('every object is closed; all keys are required but those that a policy may lack', () => {
  const optional: string[] = []
  for (const one of subschemas(schema)) {
    if (one['type'] !== 'object') continue
    expect(one['additionalProperties']).toBe(false)
    const required = one['required'] as readonly string[]
    optional.push(...Object.keys(one['properties'] as Schema).filter((key) => !required.includes(key)))
  }
  expect(optional).toEqual(['Milan', 'Genoa', 'Turin', 'notAfter'])
})

/** A copy of the document in which one value can be replaced again and again. */
function withPlace(path: string): { readonly copy: unknown; readonly put: (value: JsonValue) => void } {
  const keys = path.split('.')
  const copy: unknown = structuredClone(fullDocument)
  let parent = copy as Record<string, unknown>
  for (const key of keys.slice(0, -1)) parent = parent[key] as Record<string, unknown>
  return {
    copy,
    put: (value) => {
      parent[keys.at(-1) ?? ''] = value
    },
  }
}

const { objects, members } = pathsOf(fullDocument)

describe('as parsePolicy, structurally', () => {
  test('documents of every kind are valid', () => {
    expect(violations(schema, fullDocument)).toEqual([])
    expect(violations(schema, openPolicy)).toEqual([])
    const options = {
      products: ['Milan', 'Turin'] as const,
      measurements: [{ label: 'a', value: 'ab'.repeat(48) }],
    }
    for (const environment of environmentNames)
      expect(violations(schema, recommendedPolicy({ environment, ...options }))).toEqual([])
    for (const line of ['Milan', 'Genoa', 'Turin'] as const)
      for (const version of line === 'Turin' ? [3, 5] : [2, 3, 4, 5]) {
        const made = labEvidence({ line, version })
        for (const key of [{}, { endorsementKey: made.vek }]) {
          const { policy } = policyFromReport(parseReport(made.report), key)
          expect(violations(schema, JSON.parse(JSON.stringify(policy)))).toEqual([])
        }
      }
  })

  test.each(members)('without %s', (path) => {
    const less = dropKey(fullDocument, path)
    // Levels of Turin without fmc are refused by parsePolicy later, as floors of Turin.
    const isLater = path.endsWith('.fmc')
    expect([isValid(less), isPolicy(less)]).toEqual([
      /notAfter|minNumbers\./.test(path),
      isLater || /notAfter|minNumbers\./.test(path),
    ])
  })

  test.each(objects)('with one key more in %s', (path) => {
    const more = addKey(fullDocument, path === '' ? 'more' : `${path}.more`, 1)
    expect([isValid(more), isPolicy(more)]).toEqual([false, false])
  })

  const values: readonly JsonValue[] = [
    ...[null, true, false, 0, 1, 2, 3, 4, 5, 6, 255, 256, 3650, 3651, 2 ** 32 - 1, 2 ** 32, -1, 0.5],
    ...[
      Number.MAX_SAFE_INTEGER,
      Number.MAX_SAFE_INTEGER + 1,
      '',
      'any',
      'none',
      'required',
      'require',
      'forbid',
    ],
    ...[
      'allow',
      'microcodeOnly',
      'pinned',
      'arkSigned',
      'challenge',
      'session',
      'monotonic',
      'ledger',
      'none ',
    ],
    ...[
      'Milan',
      'milan',
      'vcek',
      '1.55',
      '01.5',
      '1.55.40',
      '1.055.40',
      '1000.1.1',
      '2026-12-31',
      '2026-12-31T00:00:00Z',
    ],
    ...[
      '2026-12-31T00:00:00.1234Z',
      '2026-12-31T00:00:00+00:00',
      '26-12-31',
      'x'.repeat(256),
      'x'.repeat(257),
    ],
    ...[16, 32, 64, 96, 128].flatMap((digits) => [
      'a'.repeat(digits),
      'A'.repeat(digits),
      'a'.repeat(digits - 1),
    ]),
    ...[[], [[]], [0], [4], ['Milan'], ['vlek'], ['x'], ['a'.repeat(64)], ['a'.repeat(96)], {}, [{}]],
    ...[
      { unchecked: 'why' },
      { unchecked: '' },
      { unchecked: ' ' },
      { unchecked: 1 },
      { unchecked: 'x'.repeat(501) },
    ],
    ...[
      { unchecked: 'x'.repeat(500) },
      { unchecked: 'why', more: 1 },
      { recommended: { asOf: '2026-11-01' } },
    ],
    ...[{ floors: [] }, { recommended: {} }, { Milan: 1 }, { Milan: 0 }, { minCommitted: '1.55.40' }],
  ]

  test.each(members.map((path, index) => [path, index] as const))(
    `${every('third')} of the other values of %s`,
    (path, index) => {
      const { copy, put } = withPlace(path)
      for (const value of sampleOf(values, 3, index)) {
        put(value)
        // Floors that the schema tells apart by product, parsePolicy does as a second step.
        const isLater = path === 'tcb.floors.0.product' && value === 'Milan'
        const [seen, taken] = [isValid(copy), isPolicy(copy) && !isLater]
        // The comparison first: an expectation per value costs more than both readers.
        if (seen !== taken) expect([value, seen]).toEqual([value, taken])
      }
    },
  )
})

/** What a schema cannot see, by the comments of the vectors. A policy that it comes to see fails the test as well. */
const unseen = [
  'a chip of zeros',
  'a chip of zeros beside the right one',
  'a day that does not exist',
  'a microcode floor for any stepping',
  'a microcode floor of 1 for any stepping',
  'an ID key digest of zeros',
  'an author key digest of zeros',
  'an author key digest of zeros, under AUTHOR_KEY_EN',
  'arkSigned with crl unchecked',
  'arkSigned with revocation unchecked',
  'family 26 for Genoa',
  'family 26 for Genoa, beside a floor for all of it',
  "firmware 1.37.23, a bulletin's hexadecimal",
  'firmware 1.256.0',
  'firmware 1.49.256',
  'idBlock states no key',
  'identity required, nothing states the software',
  'model 1 for Genoa',
  'model 1 for Genoa, beside a floor for all of it',
  'recommended floors before the first edition',
  'two equal floors',
  'two floors that are equally specific',
]

test('the policies of all vectors: valid ones are, and of the others all but those that only sense refuses', () => {
  const judged = new Map<string, boolean>()
  const missed: string[] = []
  let [valid, refused] = [0, 0]
  const files = readdirSync(join(root, 'vectors'), { recursive: true, encoding: 'utf8' })
  for (const file of files.filter((name) => /^\w[\w-]*\/[\w-]+\.json$/.test(name.replaceAll('\\', '/')))) {
    for (const { input, tests } of (read(join('vectors', file)) as unknown as Partial<VectorFile>).groups ??
      [])
      for (const { id, comment, code, input: own } of tests) {
        const policy = own.policy ?? input.policy
        if (policy === undefined || 'policyText' in own) continue
        const text = JSON.stringify(policy)
        const ok = judged.get(text) ?? isValid(policy)
        judged.set(text, ok)
        if (code !== 'POLICY_INVALID') {
          valid += 1
          expect([id, ok]).toEqual([id, true])
        } else if (ok) missed.push(comment)
        else refused += 1
      }
  }
  expect(valid).toBeGreaterThan(500)
  expect(refused).toBeGreaterThan(90)
  expect(missed.sort()).toEqual([...unseen].sort())
})
