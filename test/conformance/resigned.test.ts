// A signature proves who signed, not that what was signed makes sense. So signed bits are flipped and the report signed
// again with the key of its certificate: the check of the field refuses, or that one claim changes and no more.
import { createHash } from 'node:crypto'
import { p384 } from '@noble/curves/nist.js'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Policy } from '../../src/appraisal/policy.js'
import { createEndorsementCache } from '../../src/endorsement/cache.js'
import { reportToJson } from '../../src/report/to-json.js'
import type { AcceptedEvidence } from '../../src/verify/result.js'
import { evidenceOf, inputOf, labVerifier, policyOf } from '../support/lab-verifier.js'
import { toHex } from '../support/der.js'
import { P384_ORDER } from '../support/keys.js'
import { labEvidence } from '../support/pki.js'
import type { LabEvidence } from '../support/pki.js'
import { SIGNED_SIZE, setSignature, signatureOf } from '../support/report.js'
import { every, sampleOf } from '../support/sampling.js'
import { rowsOf } from './resigned-fields.js'
import type { FieldRow, Subject } from './resigned-fields.js'

const signedBits = 8 * SIGNED_SIZE

const subjects: readonly Subject[] = [
  { name: 'Milan v2', line: 'Milan', signer: 'vcek', version: 2, silicon: 'Milan' },
  { name: 'Genoa v2', line: 'Genoa', signer: 'vcek', version: 2, silicon: 'Genoa' },
  { name: 'Milan v3', line: 'Milan', signer: 'vcek', version: 3, silicon: 'Milan' },
  { name: 'Milan v3 VLEK', line: 'Milan', signer: 'vlek', version: 3, silicon: 'Milan' },
  { name: 'Genoa v3', line: 'Genoa', signer: 'vcek', version: 3, silicon: 'Genoa' },
  { name: 'Milan v4', line: 'Milan', signer: 'vcek', version: 4, silicon: 'Milan' },
  { name: 'Genoa v5', line: 'Genoa', signer: 'vcek', version: 5, silicon: 'Genoa' },
  { name: 'Siena v5', line: 'Genoa', signer: 'vcek', version: 5, silicon: 'Siena' },
  { name: 'Turin v5', line: 'Turin', signer: 'vcek', version: 5, silicon: 'Turin' },
  { name: 'Turin Dense v5 VLEK', line: 'Turin', signer: 'vlek', version: 5, silicon: 'Turin Dense' },
]
/** The one of which every bit is tried in CI; of the others the ends and the middle of each row. */
const whole: Subject = { name: 'Milan v5', line: 'Milan', signer: 'vcek', version: 5, silicon: 'Milan' }

const silicon: Partial<Record<Subject['silicon'], { family: number; model: number; stepping: number }>> = {
  Siena: { family: 0x19, model: 0xa0, stepping: 2 },
  'Turin Dense': { family: 0x1a, model: 0x11, stepping: 0 },
}

function makeLab({ line, signer, version, silicon: name }: Subject): LabEvidence {
  const cpuid = silicon[name]
  return labEvidence({ line, signer, version, report: cpuid === undefined ? {} : { cpuid } })
}

const sha384 = (report: Uint8Array): bigint =>
  BigInt(`0x${createHash('sha384').update(report.subarray(0, SIGNED_SIZE)).digest('hex')}`)

/**
 * Signs many reports with the key of one, at the price of a multiplication: s = (e + r·d) / k mod n, where k is the
 * nonce of the signature that is there, found with the key. Using a nonce twice gives a key away; the lab's is public.
 */
function makeSigner({ report, scalar }: LabEvidence): (report: Uint8Array) => Uint8Array {
  const { r, s } = signatureOf(report)
  const rd = r * BigInt(`0x${toHex(scalar)}`)
  const inverseNonce = s * p384.Point.Fn.inv((sha384(report) + rd) % P384_ORDER)
  return (edited) => setSignature(edited, { r, s: (inverseNonce * (sha384(edited) + rd)) % P384_ORDER })
}

/** Everything that an accepted result says, apart from the signature and what is a digest of the whole. */
function claimsOf(result: AcceptedEvidence): Readonly<Record<string, string>> {
  const { report, checks, evidenceDigest: _, chipId, ...others } = result
  const { signature: _signature, ...fields } = reportToJson(report)
  // The result repeats CHIP_ID, with null for zero.
  const shown = /^0+$/.test(fields.chipId) ? null : fields.chipId
  const all = {
    ...fields,
    result: { ...others, chipIdIsThatOfReport: chipId === shown },
    outcomes: checks.map(({ id, outcome }) => `${id} ${outcome}`),
  }
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, JSON.stringify(value)]))
}

let policy: Policy
beforeAll(async () => {
  policy = await policyOf()
})

interface Judge {
  readonly lab: LabEvidence
  readonly judge: (bit: number | null) => Promise<string>
}

async function makeJudge(subject: Subject): Promise<Judge> {
  const lab = makeLab(subject)
  const signAgain = makeSigner(lab)
  const cache = createEndorsementCache()
  const verify = async (report: Uint8Array) =>
    labVerifier.appraiseEvidence(await inputOf(evidenceOf({ report, vek: lab.vek }), { policy, cache }))
  const untouched = await verify(lab.report)
  if (untouched.verdict !== 'accepted') throw untouched.error
  const before = claimsOf(untouched.verified)
  const judge = async (bit: number | null): Promise<string> => {
    const report = lab.report.slice()
    if (bit !== null) report[bit >> 3] = (report[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    const outcome = await verify(signAgain(report))
    if (outcome.verdict !== 'accepted') return outcome.code
    const after = claimsOf(outcome.verified)
    const changed = Object.keys(after).filter((name) => after[name] !== before[name])
    return `accepted, changes ${changed.join(' and ')}`
  }
  return { lab, judge }
}

const isOne = (report: Uint8Array, bit: number): boolean => (((report[bit >> 3] ?? 0) >> (bit & 7)) & 1) === 1

const appliesTo = ({ from, to, when }: FieldRow, report: Uint8Array, bit: number): boolean =>
  from <= bit && bit < to && (when === 'either' || isOne(report, bit) === (when === 'one'))

const expectedOf = ({ refused, changes }: FieldRow): string =>
  refused ?? `accepted, changes ${changes.join(' and ')}`

async function mismatches({ lab, judge }: Judge, rows: readonly FieldRow[], bits: readonly number[]) {
  const wrong: string[] = []
  for (let start = 0; start < bits.length; start += 128) {
    const batch = bits.slice(start, start + 128)
    const found = await Promise.all(batch.map(judge))
    batch.forEach((bit, index) => {
      const fitting = rows.filter((row) => appliesTo(row, lab.report, bit))
      const expected = fitting.map(expectedOf).join(' or ')
      if (fitting.length !== 1 || found[index] !== expected)
        wrong.push(`0x${(bit >> 3).toString(16)} bit ${bit & 7}: ${found[index]}, not ${expected}`)
    })
  }
  return wrong
}

/** Ends and middle of every row; where a row is only about ones or zeros, its first and last such bits. */
function sample(rows: readonly FieldRow[], report: Uint8Array): readonly number[] {
  const bits = rows.flatMap((row) => {
    const all = Array.from({ length: row.to - row.from }, (_, index) => row.from + index)
    const fitting = all.filter((bit) => appliesTo(row, report, bit))
    return [fitting.at(0), fitting.at(fitting.length >> 1), fitting.at(-1)].filter((bit) => bit !== undefined)
  })
  return [...new Set(bits)]
}

describe('a report signed again', () => {
  it.each([...subjects, whole])('has one row for each signed bit: $name', (subject) => {
    const { report } = makeLab(subject)
    const rows = rowsOf(subject)
    const bits = Array.from({ length: signedBits }, (_, bit) => bit)
    expect(bits.filter((bit) => rows.filter((row) => appliesTo(row, report, bit)).length !== 1)).toEqual([])
    expect(rows.every(({ from, to }) => from < to && to <= signedBits)).toBe(true)
    // A row that fits no bit would be a promise that nothing tests.
    expect(
      rows.filter((row) => sample([row], report).length === 0).map(({ field, when }) => [field, when]),
    ).toEqual([])
  })

  it('changes nothing when no bit is flipped', async () => {
    const { judge } = await makeJudge(whole)
    expect(await judge(null)).toBe('accepted, changes ')
  })

  it.each(subjects)('is refused or changes one claim, in each field: $name', async (subject) => {
    const judge = await makeJudge(subject)
    const rows = rowsOf(subject)
    expect(await mismatches(judge, rows, sample(rows, judge.lab.report))).toEqual([])
  })

  it(`is refused or changes one claim, at ${every('ninth')} bit: Milan v5`, async () => {
    const judge = await makeJudge(whole)
    const rows = rowsOf(whole)
    // Nine and eight have no common factor, so that each bit of a byte has its turn.
    const some = sampleOf(
      Array.from({ length: signedBits }, (_, bit) => bit),
      9,
    )
    const bits = [...new Set([...some, ...sample(rows, judge.lab.report)])]
    expect(await mismatches(judge, rows, bits)).toEqual([])
  })
})
