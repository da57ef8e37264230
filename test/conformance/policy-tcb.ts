// Runs over TCB floors, mitigations and firmware versions.
import type { JsonValue } from '../../src/errors/error.js'
import { type PolicyCase, right, wrong } from '../support/policy-case.js'
import type { PolicyChanges } from '../support/policy-edit.js'
import { type Subject, componentsOf, tcbNames } from '../support/policy-subject.js'

const word = (value: bigint): string => value.toString(16).padStart(16, '0')

function* components(subject: Subject): Iterable<PolicyCase> {
  const { facts, line } = subject
  for (const name of tcbNames) {
    for (const component of componentsOf(line)) {
      const level = facts.tcb[name][component]
      const path = `tcb.floors.0.${name}.${component}`
      const key = `tcb.floors.${name}.${component}`
      const silicon = component === 'microcode' && facts.silicon === null ? siliconOf(line) : {}
      if (level > 0 && subject.source === 'lab')
        yield right(subject, key, 'one below', { ...silicon, [path]: level - 1 })
      if (facts.silicon === null) yield right(subject, key, 'equal', { ...silicon, [path]: level })
      // 255 is the highest level that a floor can name.
      if (level < 255)
        yield wrong(subject, key, 'one above', { ...silicon, [path]: level + 1 }, { check: `tcb.${name}` })
    }
  }
}

/** A version 2 report names no silicon: a floor that names some binds it all the same. */
const siliconOf = (line: Subject['line']): PolicyChanges => ({
  'tcb.floors.0.family': line === 'Turin' ? 0x1a : 0x19,
  'tcb.floors.0.model': otherModels[line][1],
  'tcb.floors.0.stepping': 1,
})

/** Two models of each line. */
const otherModels = { Milan: [0x00, 0x01], Genoa: [0x10, 0x11], Turin: [0x01, 0x02] } as const

function* silicon(subject: Subject): Iterable<PolicyCase> {
  const { facts, line, policy } = subject
  const check = 'tcb.reported'
  const { reported } = facts.tcb
  const floor = (product: string, levels: JsonValue): JsonValue => ({
    product,
    family: 'any',
    model: 'any',
    stepping: 'any',
    reported: levels,
    committed: levels,
    current: levels,
    launch: levels,
    mitigations: { unchecked: 'none needed' },
  })
  const zero = { bootloader: 0, tee: 0, snp: 0, microcode: 0 }
  const other = line === 'Turin' ? floor('Genoa', zero) : floor('Turin', { ...zero, fmc: 0 })
  yield wrong(
    subject,
    'tcb.floors.product',
    'no floor for this line',
    { tcb: { floors: [other] } },
    { check },
  )
  if (facts.silicon === null) return
  const { family, model, stepping } = facts.silicon
  const model2 = otherModels[line].find((one) => one !== model) ?? 0
  yield wrong(
    subject,
    'tcb.floors.model',
    'no floor for this model',
    { 'tcb.floors.0.model': model2 },
    { check },
  )
  yield wrong(
    subject,
    'tcb.floors.stepping',
    'no floor for this stepping',
    { 'tcb.floors.0.stepping': stepping + 1 },
    { check },
  )
  const mine = draftedFloor(policy)
  const wide = (levels: JsonValue): JsonValue => floor(line, levels)
  const low = line === 'Turin' ? { ...zero, fmc: 0 } : zero
  const high = { ...low, bootloader: 255 }
  const narrow = { ...mine, reported: { ...reportedOf(subject), bootloader: reported.bootloader + 1 } }
  const floors = (...list: readonly JsonValue[]): JsonValue => ({ floors: list })
  yield right(subject, 'tcb.floors', 'the most specific decides, and is met', {
    tcb: floors(wide(high), mine),
  })
  yield right(subject, 'tcb.floors', 'in any order', { tcb: floors(mine, wide(high)) })
  yield wrong(
    subject,
    'tcb.floors',
    'the most specific decides, and is missed',
    { tcb: floors(wide(low), narrow) },
    { check },
  )
  yield wrong(subject, 'tcb.floors', 'in any order', { tcb: floors(narrow, wide(low)) }, { check })
  const half = { ...(wide(low) as Record<string, JsonValue>), family, model }
  yield right(subject, 'tcb.floors', 'family and model before any', { tcb: floors(wide(high), half) })
}

function draftedFloor({ tcb }: Subject['policy']): Readonly<Record<string, JsonValue>> {
  const [floor, ...more] = 'floors' in tcb ? tcb.floors : []
  if (floor === undefined || more.length > 0) throw new Error('a draft with the key has one floor')
  // The interface has no index signature; its values are JSON all the same.
  return { ...floor } as unknown as Readonly<Record<string, JsonValue>>
}

function reportedOf({ facts, line }: Subject): Record<string, JsonValue> {
  return Object.fromEntries(componentsOf(line).map((name) => [name, facts.tcb.reported[name]]))
}

function* mitigations(subject: Subject): Iterable<PolicyCase> {
  const vectors = subject.facts.mitigations
  const key = 'tcb.floors.mitigations'
  const path = 'tcb.floors.0.mitigations'
  const check = 'tcb.mitigations'
  if (vectors === null) {
    yield wrong(subject, key, 'one bit, below version 5', { [path]: word(1n) }, { check })
    yield wrong(subject, key, 'no bit, below version 5', { [path]: word(0n) }, { check })
    return
  }
  const both = vectors.launch & vectors.current
  yield right(subject, key, 'exactly those of both', { [path]: word(both) })
  yield right(subject, key, 'none', { [path]: word(0n) })
  const bits = Array.from({ length: 64 }, (_, bit) => 1n << BigInt(bit))
  const isIn = (vector: bigint) => (bit: bigint) => (vector & bit) !== 0n
  for (const bit of bits.filter(isIn(both))) {
    yield right(subject, key, `${word(bit)} alone`, { [path]: word(bit) })
  }
  const [lowest = 0n] = bits.filter(isIn(~(vectors.launch | vectors.current)))
  for (const [where, missing] of [
    ['in launch only', bits.filter(isIn(vectors.launch & ~vectors.current))],
    ['in current only', bits.filter(isIn(vectors.current & ~vectors.launch))],
    ['in neither', [lowest, 1n << 63n]],
  ] as const) {
    for (const bit of missing) {
      yield wrong(subject, key, `${word(bit)} is ${where}`, { [path]: word(both | bit) }, { check })
    }
  }
}

function* firmware(subject: Subject): Iterable<PolicyCase> {
  const [major, minor, build] = subject.facts.committedVersion
  const key = 'firmware.minCommitted'
  const rule = (...parts: readonly number[]) => ({ firmware: { minCommitted: parts.join('.') } })
  yield right(subject, key, 'equal', rule(major, minor, build))
  if (build < 255) yield wrong(subject, key, 'build one above', rule(major, minor, build + 1))
  if (minor < 255) yield wrong(subject, key, 'minor one above', rule(major, minor + 1, 0))
  yield wrong(subject, key, 'major one above', rule(major + 1, 49, 0))
  if (build > 9) yield right(subject, key, 'build below, though not as text', rule(major, minor, 9))
  if (minor > 49) yield right(subject, key, 'minor below, build above', rule(major, minor - 1, 255))
}

function* provisional(subject: Subject): Iterable<PolicyCase> {
  const { facts, line } = subject
  const { current, committed } = facts.tcb
  const differing = componentsOf(line).filter((name) => current[name] !== committed[name])
  const versions = facts.currentVersion.join('.') === facts.committedVersion.join('.')
  const kind =
    differing.length === 0 && versions
      ? 'none'
      : versions && differing.join(' ') === 'microcode'
        ? 'microcode'
        : 'more'
  const key = 'provisionalFirmware'
  const what = kind === 'none' ? 'nothing provisional' : `${kind} provisional`
  for (const rule of ['forbid', 'microcodeOnly', 'allow'] as const) {
    const ok = kind === 'none' || rule === 'allow' || (kind === 'microcode' && rule === 'microcodeOnly')
    const changes = { provisionalFirmware: rule }
    yield (ok ? right : wrong)(subject, key, `${rule}, ${what}`, changes)
  }
}

/** Every component of every floor, wrong alone, and what decides between floors. */
export function* tcbCases(subject: Subject): Iterable<PolicyCase> {
  yield* components(subject)
  yield* silicon(subject)
  yield* mitigations(subject)
  yield* firmware(subject)
  yield* provisional(subject)
}
