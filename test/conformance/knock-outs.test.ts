// Every check and every guard matters: each is knocked out in turn (it always passes, and its id stays), and the
// vector that only it refuses must then be accepted, end to end. So each vector tests what it says, nothing else does
// the work of a check, and no guard is there for nothing. The table is test/support/knock-outs.
import { beforeAll, describe, expect, it } from 'vitest'
import { layoutOf, reportVersions } from '../../src/report/layout.js'
import { checkRegistry } from '../../src/verify/registry.js'
import { edits, points } from '../support/knock-outs/all.js'
import { walkLimits } from '../support/knock-outs/asn1-points.js'
import { type KnockOutBundle, loadBundle, rewrite } from '../support/knock-outs/bundle.js'
import { reachedElsewhere, standsFor } from '../support/knock-outs/check-points.js'
import { exceptions } from '../support/knock-outs/exceptions.js'
import { onlyRethrown, outOfReach, mistakes } from '../support/knock-outs/no-points.js'
import type { Case, Point } from '../support/knock-outs/point.js'
import { refusalsIn, sourceFiles, untouched } from '../support/knock-outs/throws.js'
import type { VectorInput, VectorTest } from '../support/vectors/format.js'
import { readTrustFiles, readVectorFiles } from '../support/vectors/read.js'
import { rememberingEngine } from '../support/remembering-engine.js'
import type { TrustFile } from './vector-runner.js'

type Vector = VectorTest & { readonly merged: VectorInput }

const vectors = new Map<string, Vector>()
for (const { stage, groups } of readVectorFiles()) {
  // Made by other code, which has no hand in keeping one check alone between a case and acceptance.
  if (stage === 'foreign') continue
  for (const { id, input, tests } of groups) {
    for (const test of tests)
      vectors.set(`${id}: ${test.comment}`, { ...test, merged: { ...input, ...test.input } })
  }
}

const accepted = 'accepted'
const nameOf = (one: Case): string => (typeof one === 'string' ? one : one.name)
const codeOf = (one: Case): string | null | undefined =>
  typeof one === 'string' ? vectors.get(one)?.code : one.code

let bundle: KnockOutBundle
const verifiers = new Map<string, ReturnType<KnockOutBundle['verifierOver']>>()

beforeAll(async () => {
  bundle = await loadBundle(edits)
  const engine = bundle.webCryptoEngine()
  if (engine === null) throw new Error('no WebCrypto')
  // No point is in the engine, so what it says of a signature does not depend on them.
  const once = rememberingEngine(engine)
  for (const [name, file] of readTrustFiles())
    verifiers.set(name, bundle.verifierOver(file as TrustFile, once))
})

const made = new Map<Case, VectorInput>()
/** The sets of points that were knocked out so far. */
const sets = new Map<string, number>()
const unharmed = new Map<Case, Promise<string | null>>()

function inputOf(one: Exclude<Case, { readonly der: string }>): VectorInput {
  if (typeof one === 'string') {
    const vector = vectors.get(one)
    if (vector === undefined) throw new Error(`no vector ${one}`)
    return vector.merged
  }
  const input = made.get(one) ?? one.make()
  made.set(one, input)
  return input
}

/** What the verifier answers with nothing knocked out. It is asked once for each case. */
function usualAnswer(one: Case): Promise<string | null> {
  const usual = unharmed.get(one) ?? answer(one, [])
  unharmed.set(one, usual)
  return usual
}

/** What the verifier answers with these points knocked out: `accepted`, a code, or the name of what was thrown. */
async function answer(one: Case, knockedOut: readonly string[]): Promise<string | null> {
  bundle.knockedOut.clear()
  for (const id of knockedOut) bundle.knockedOut.add(id)
  try {
    if (typeof one !== 'string' && 'der' in one) {
      bundle.assertDer(new Uint8Array(Buffer.from(one.der, 'hex')), walkLimits)
      return accepted
    }
    const { policy, ...input } = inputOf(one)
    const verifier = verifiers.get(input.trust)
    if (verifier === undefined) throw new Error(`no trust file ${input.trust}`)
    // The runner remembers policies by their text, so each set of points has texts of its own.
    const set = [...knockedOut].sort().join(' ')
    const number = sets.get(set) ?? sets.size
    sets.set(set, number)
    const policyText = ' '.repeat(number) + (input.policyText ?? JSON.stringify(policy))
    const { result, code } = await bundle.runVector({ ...input, policyText }, verifier)
    return result === accepted ? accepted : code
  } catch (error) {
    return (error as { readonly code?: string }).code ?? (error as Error).constructor.name
  } finally {
    bundle.knockedOut.clear()
  }
}

/** Knocked out together they let the case through; put back alone, each of them refuses it. */
async function expectKnockOut(one: Case, ids: readonly string[]): Promise<void> {
  expect([nameOf(one), await usualAnswer(one)]).toEqual([nameOf(one), codeOf(one)])
  expect([nameOf(one), await answer(one, ids)]).toEqual([nameOf(one), accepted])
  if (ids.length === 1) return
  for (const id of ids) {
    const others = ids.filter((other) => other !== id)
    expect([nameOf(one), id, await answer(one, others)]).not.toEqual([nameOf(one), id, accepted])
  }
}

const isCheck = ({ id }: Point): boolean => id.startsWith('check:')

describe('a check of the registry that always passes', () => {
  const checks = points.filter(isCheck)

  it.each(checks.map((point) => [point.id, point] as const))('%s', async (id, { behind = [] }) => {
    const own = [...vectors].filter(
      ([, { failed }]) => failed.length === 1 && `check:${String(failed[0])}` === id,
    )
    const alone: string[] = []
    for (const [name] of own) {
      const exception = exceptions.find(({ check, has }) => check === id && name.includes(has))
      if (exception === undefined) alone.push(name)
      await expectKnockOut(name, [id, ...behind, ...(exception?.behind ?? [])])
    }
    expect(alone).not.toEqual([])
  })

  it('is every one, but for those that stand for many guards', () => {
    const others = [...Object.keys(standsFor), ...Object.keys(reachedElsewhere)]
    const ids = [...checks.map(({ id }) => id.slice('check:'.length)), ...others]
    expect([...ids].sort()).toEqual(checkRegistry.map(({ id }) => id).sort())
    for (const prefixes of Object.values(standsFor)) {
      for (const prefix of prefixes) expect(points.some(({ id }) => id.startsWith(prefix))).toBe(true)
    }
  })

  it('has no exception for nothing', () => {
    const names = [...vectors.keys()]
    expect(exceptions.filter(({ has }) => !names.some((name) => name.includes(has)))).toEqual([])
  })
})

describe('a guard that always passes', () => {
  const guards = points.filter((point) => !isCheck(point))

  it.each(guards.map((point) => [point.id, point] as const))(
    '%s',
    async (id, { cases, behind = [], instead }) => {
      expect(cases).not.toEqual([])
      for (const one of cases) {
        if (instead === undefined) await expectKnockOut(one, [id, ...behind])
        else {
          expect(await usualAnswer(one)).toBe(codeOf(one))
          expect(await answer(one, [id, ...behind])).toBe(instead.code)
        }
      }
    },
  )

  it('is one of each reserved range of each version', () => {
    const ranges = reportVersions.flatMap((version) =>
      (layoutOf(version)?.reserved ?? []).map(([from]) => `v${String(version)}.${from.toString(16)}`),
    )
    const tried = points
      .map(({ id }) => id.split('report/report.reserved.')[1])
      .filter((id) => id !== undefined)
    expect([...tried].sort()).toEqual([...ranges].sort())
  })
})

describe('the table', () => {
  const ids = points.map(({ id }) => id)
  const readers = sourceFiles(['report', 'asn1', 'x509', 'endorsement', 'evidence'])
  // Of crypto/ only what reads committed keys: the refusals of the rest are about the runtime.
  const statements = sourceFiles(['crypto']).filter((file) => file.startsWith('crypto/statement'))
  const documents = sourceFiles(['manifest', 'manifest/wac'])
  const files = [
    ...readers,
    ...sourceFiles(['appraisal', 'binding', 'verify', 'encoding']),
    ...documents,
    ...statements,
  ]

  it('names each point once, and only points that there are', () => {
    expect(new Set(ids).size).toBe(ids.length)
    const named = [...points, ...exceptions].flatMap(({ behind = [] }) => behind)
    expect(named.filter((id) => !ids.includes(id))).toEqual([])
  })

  it('asks in its edits for the points that it names', () => {
    const texts = edits.map(({ replace }) => replace).join('\n')
    const asked = [...texts.matchAll(/on\('([^']+)'\)/g)].map(([, id]) => id)
    expect(asked.filter((id) => !ids.includes(id ?? ''))).toEqual([])
  })

  // A guard that somebody adds comes here: it needs a point, and the vector that only it refuses.
  it('holds every refusal of the source', () => {
    const left = untouched(files, edits).map(({ file, text }) => `${file}: ${text}`)
    const known = [...onlyRethrown, ...outOfReach.keys()]
    expect(left.filter((one) => !one.includes('throw new TypeError(') && !known.includes(one))).toEqual([])
    expect(known.filter((one) => !left.includes(one))).toEqual([])
  })

  it('knows how many mistakes each file throws a TypeError for', () => {
    const counts = new Map<string, number>()
    for (const { file, text } of untouched(readers, edits)) {
      if (text.includes('throw new TypeError(')) counts.set(file, (counts.get(file) ?? 0) + 1)
    }
    expect(Object.fromEntries(counts)).toEqual(mistakes)
  })

  it('fails for a text that is not there, or twice', () => {
    const edit = { file: 'a.ts', find: 'x > 1', replace: 'x > 2', points: [] }
    expect(() => rewrite('x < 1', [edit])).toThrow('found 0 times')
    expect(() => rewrite('x > 1 || x > 1', [edit])).toThrow('found 2 times')
    expect(() => rewrite('if (x > 1) throw y', [edit, { ...edit, find: '(x > 1)' }])).toThrow('overlaps')
    expect(rewrite('if (x > 1) throw y', [edit])).toContain('if (x > 2) throw y')
  })

  it('finds what refuses', () => {
    const text = "if (a)\n  throw one\n// throw nothing\nfinish(cursor, 'b')\nexport function finish(x) {}\n"
    expect(refusalsIn('a.ts', text).map(({ line, from }) => [line, from])).toEqual([
      [2, 0],
      [4, 36],
    ])
  })
})
