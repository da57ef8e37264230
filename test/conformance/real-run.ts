// Everything that `npm run real` shows, as data: the tests read the same.
import { type PolicyCase, type Row, runCases } from '../support/policy-case.js'
import type { Subject } from '../support/policy-subject.js'
import { authorityCases } from './policy-authorities.js'
import { bitCases } from './policy-bits.js'
import { type CheckCount, checkCounts, uncoveredKeys } from './policy-coverage.js'
import { keyCases, leftOpenCases } from './policy-keys.js'
import { labSubjects } from './policy-lab.js'
import { pathCases } from './policy-path.js'
import { revocationCases } from './policy-revocation.js'
import { specialCases } from './policy-special.js'
import { tcbCases } from './policy-tcb.js'
import { acceptedSubjects } from './real-evidence.js'
import { crlRows } from './real-crls.js'
import { type ItemRow, itemRows } from './real-items.js'

export interface RealRun {
  readonly items: readonly ItemRow[]
  readonly crls: readonly ItemRow[]
  readonly rows: readonly Row[]
  readonly counts: readonly CheckCount[]
  /** What is wrong with the set of runs itself. */
  readonly gaps: readonly string[]
}

/** All policy runs of one subject. */
export function casesOf(subject: Subject): readonly PolicyCase[] {
  return [
    ...keyCases(subject),
    ...bitCases(subject),
    ...tcbCases(subject),
    ...revocationCases(subject),
    ...pathCases(subject),
  ]
}

/** The first subject of each kind: the runs of another one of the same kind differ in values only. */
function onePerKind(subjects: readonly Subject[]): readonly Subject[] {
  const kinds = new Map<string, Subject>()
  for (const subject of subjects) {
    const { line, signer, facts } = subject
    const kind = [line, signer, facts.version, facts.authorKeyEn].join(' ')
    if (!kinds.has(kind)) kinds.set(kind, subject)
  }
  return [...kinds.values()]
}

/**
 * Runs everything; the lab's part alone where there is no real evidence.
 *
 * @param options - `everyItem`: whether the policy runs are made on every real item, or on one of each kind.
 */
export async function runReal(options: { readonly everyItem: boolean }): Promise<RealRun> {
  const [items, crls] = [await itemRows(), await crlRows()]
  const accepted = acceptedSubjects()
  const lab = labSubjects()
  const cases = [
    ...(options.everyItem ? accepted : onePerKind(accepted)).flatMap(casesOf),
    ...lab.flatMap(casesOf),
    // What is left open is open on any evidence.
    ...lab.slice(0, 1).flatMap((subject) => [...leftOpenCases(subject)]),
    ...specialCases(),
    ...authorityCases(),
  ]
  const rows = await runCases(cases)
  const counts = checkCounts([...items, ...crls, ...rows])
  const gaps = [
    ...counts.filter(({ real, lab }) => real + lab === 0).map(({ check }) => `no run for the check ${check}`),
    ...uncoveredKeys(cases).map((key) => `no run for the policy key ${key}`),
  ]
  return { items, crls, rows, counts, gaps }
}
