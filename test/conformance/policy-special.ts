// Single runs on the lab: the checks that no policy can switch off, and what needs evidence made for it.
import type { JsonValue } from '../../src/errors/error.js'
import { type PolicyCase, right, wrong } from '../support/policy-case.js'
import { componentsOf, labSubject } from '../support/policy-subject.js'
import { unchecked } from '../support/policy-edit.js'
import { toHex } from '../support/der.js'
import { LINES } from '../support/names.js'
import type { EvidenceOptions } from '../support/pki.js'
import { LAB_MEASUREMENT, defaultTcb, labChipId } from '../support/report.js'

type LabReport = NonNullable<EvidenceOptions['report']>

const none = {}

/** Fixed checks: they fail under the very policy that was drafted from the report. */
function* fixed(): Iterable<PolicyCase> {
  const debug = labSubject('DEBUG set', { report: { policy: 0xb0000n } })
  yield wrong(debug, 'debug', 'no policy accepts it', none)
  yield right(debug, 'debug', 'verifyDebugEvidence accepts it', none, { kind: 'debug' }, { debug: true })
  const plain = labSubject('DEBUG clear')
  yield right(plain, 'debug', 'clear', none, { kind: 'verified' })
  yield right(
    plain,
    'debug',
    'verifyDebugEvidence on a plain guest',
    none,
    { kind: 'debug' },
    { debug: true },
  )
  const migrating = labSubject('MIGRATE_MA set', { report: { policy: 0x70000n } })
  yield wrong(migrating, 'migrateMa', 'no policy accepts it', none)
  yield wrong(migrating, 'migrateMa', 'nor does verifyDebugEvidence', none, { debug: true })
  const agent = labSubject('REPORT_ID_MA zero', { report: { reportIdMa: new Uint8Array(32) } })
  yield wrong(agent, 'reportIdMa', 'no policy accepts it', none)
  const almost = new Uint8Array(32).fill(0xff)
  almost[31] = 0xfe
  yield wrong(
    labSubject('REPORT_ID_MA one bit off', { report: { reportIdMa: almost } }),
    'reportIdMa',
    'no policy accepts it',
    none,
  )
}

/** REPORTED ≤ COMMITTED ≤ CURRENT in each component; LAUNCH is not part of it. */
function* tcbOrder(): Iterable<PolicyCase> {
  const key = 'tcbOrder'
  for (const line of LINES) {
    const base = defaultTcb(line)
    const levels = componentsOf(line).map((name) => [name, (base[name] ?? 0) + 1] as const)
    const tcb = Object.fromEntries(levels)
    const subject = (what: string, report: LabReport) =>
      labSubject(`${line}: ${what}`, { line, report: { tcb, ...report } })
    for (const [name, level] of levels) {
      const [below, above] = [
        { ...tcb, [name]: level - 1 },
        { ...tcb, [name]: level + 1 },
      ]
      const low = `${name} below`
      yield wrong(subject(`COMMITTED ${low}`, { committedTcb: below }), key, 'below REPORTED', none)
      yield wrong(subject(`CURRENT ${low}`, { currentTcb: below }), key, 'below COMMITTED', none)
      yield right(subject(`CURRENT ${name} above`, { currentTcb: above }), key, 'above COMMITTED', none)
      yield right(subject(`LAUNCH ${low}`, { launchTcb: below }), key, 'LAUNCH does not count', none)
      yield right(subject(`LAUNCH ${name} above`, { launchTcb: above }), key, 'LAUNCH does not count', none)
    }
    const crossed = subject('COMMITTED and CURRENT without order', {
      committedTcb: { ...tcb, bootloader: 99 },
      currentTcb: { ...tcb, snp: 99 },
    })
    yield wrong(crossed, key, 'each ahead in something', none)
  }
}

function* floors(): Iterable<PolicyCase> {
  const zero = { bootloader: 0, tee: 0, snp: 0, microcode: 0 }
  const open = unchecked()
  const floor = (product: string, model: number | 'any', levels: object): JsonValue => ({
    product,
    family: model === 'any' ? 'any' : 0x19,
    model,
    stepping: model === 'any' ? 'any' : 1,
    reported: { ...zero, ...levels },
    committed: open,
    current: open,
    launch: open,
    mitigations: open,
  })
  const old = labSubject('version 2 of Milan', { version: 2 })
  const key = 'tcb.floors'
  const options = { check: 'tcb.reported' }
  const list = (...all: readonly JsonValue[]) => ({ tcb: { floors: all } })
  const [met, high] = [{ snp: 0x18 }, { snp: 0x19 }]
  yield right(
    old,
    key,
    'meets both of Milan',
    list(floor('Milan', 'any', met), floor('Milan', 1, { microcode: 0xdb })),
  )
  yield wrong(
    old,
    key,
    'misses the second of Milan',
    list(floor('Milan', 'any', met), floor('Milan', 1, { microcode: 0xdc })),
    options,
  )
  yield wrong(
    old,
    key,
    'misses the first of Milan',
    list(floor('Milan', 'any', high), floor('Milan', 1, { microcode: 0xdb })),
    options,
  )
  yield wrong(
    old,
    key,
    'misses one that names other silicon',
    list(floor('Milan', 1, met), floor('Milan', 2, high)),
    options,
  )
  yield right(
    old,
    key,
    'the floor of another line does not count',
    list(floor('Milan', 'any', met), floor('Genoa', 'any', high)),
  )

  const recommended = { tcb: { recommended: { asOf: '2026-11-01' } } }
  const asOf = 'tcb.recommended.asOf'
  for (const line of LINES) {
    const base = defaultTcb(line)
    const low = line === 'Turin' ? { microcode: 0x46 } : { snp: (base.snp ?? 0) - 1 }
    yield right(labSubject(`${line} at the recommended floor`, { line }), asOf, 'met', recommended)
    yield wrong(
      labSubject(`${line}, REPORTED below`, { line, report: { reportedTcb: { ...base, ...low } } }),
      asOf,
      'below in REPORTED',
      recommended,
      options,
    )
    yield wrong(
      labSubject(`${line}, LAUNCH below`, { line, report: { launchTcb: { ...base, ...low } } }),
      asOf,
      'below in LAUNCH',
      recommended,
      { check: 'tcb.launch' },
    )
  }
  const unlisted = labSubject('silicon that the edition does not list', {
    report: { cpuid: { family: 0x19, model: 0x01, stepping: 0 } },
  })
  yield wrong(unlisted, asOf, 'no floor', recommended, options)
}

function* identifiers(): Iterable<PolicyCase> {
  const chipId = labChipId('Milan')
  const vlek = labSubject('VLEK with a CHIP_ID', { signer: 'vlek', report: { chipId } })
  yield wrong(vlek, 'chips', 'a VLEK passes no list, not even one with its CHIP_ID', {
    chips: [toHex(chipId)],
  })
  yield wrong(vlek, 'denied.chips', 'the CHIP_ID of a VLEK report', { 'denied.chips': [toHex(chipId)] })
  yield right(vlek, 'chips', 'as drafted', none, { chipId: toHex(chipId) })

  const masked = labSubject('CHIP_ID masked', { report: { chipId: new Uint8Array(64) } })
  yield right(masked, 'chips', 'listed by hwID', { chips: [toHex(chipId)] }, { chipId: 'null' })
  yield wrong(masked, 'denied.chips', 'denied by hwID', { 'denied.chips': [toHex(chipId)] })

  const author = labSubject('author key without AUTHOR_KEY_EN', {
    report: { idKeyDigest: new Uint8Array(48).fill(1), authorKeyDigest: new Uint8Array(48).fill(2) },
  })
  yield wrong(author, 'idBlock.authorKeyDigests', 'the digest matches, but does not count', {
    'idBlock.authorKeyDigests': ['02'.repeat(48)],
  })
  const orphan = labSubject('author key digest alone', {
    report: { authorKeyDigest: new Uint8Array(48).fill(2) },
  })
  yield wrong(orphan, 'idBlock', 'none, but there is an author key digest', { idBlock: 'none' })

  const plain = labSubject('measurement for a while')
  const notAfter = '2026-06-01T00:00:01.500Z'
  const value = toHex(LAB_MEASUREMENT)
  yield right(
    plain,
    'measurements.notAfter',
    'bounds the validity of the result',
    { measurements: [{ label: 'x', value, notAfter }] },
    { validUntil: notAfter },
  )
  yield right(
    plain,
    'measurements.notAfter',
    'a lapsed rule beside one that holds',
    {
      measurements: [
        { label: 'lapsed', value, notAfter: '2026-05-31' },
        { label: 'holds', value },
      ],
    },
    { label: 'holds' },
  )
  yield right(
    plain,
    'measurements.notAfter',
    'of two rules that hold, the one that holds longer',
    {
      measurements: [
        { label: 'first', value, notAfter: '2026-06-02' },
        { label: 'longer', value, notAfter: '2026-06-03' },
        { label: 'last', value, notAfter: '2026-06-02' },
      ],
    },
    { label: 'longer', validUntil: '2026-06-03T23:59:59.999Z' },
  )
  const many = Array.from({ length: 40 }, (_, index) => index.toString(16).padStart(64, '5'))
  const mine = '00'.repeat(32)
  yield right(plain, 'hostData', 'the last of a long list', { hostData: [...many, mine] })
  yield wrong(plain, 'hostData', 'in none of a long list', { hostData: many })
}

function* firmware(): Iterable<PolicyCase> {
  const tcb = defaultTcb('Milan')
  const version = { major: 1, minor: 55, build: 40 }
  const differing: readonly (readonly [string, 'microcode' | 'more', LabReport])[] = [
    ['microcode', 'microcode', { currentTcb: { ...tcb, microcode: 0xdc } }],
    ['snp', 'more', { currentTcb: { ...tcb, snp: 0x19 } }],
    ['tee', 'more', { currentTcb: { ...tcb, tee: 1 } }],
    ['bootloader', 'more', { currentTcb: { ...tcb, bootloader: 5 } }],
    ['microcode and snp', 'more', { currentTcb: { ...tcb, microcode: 0xdc, snp: 0x19 } }],
    ['build', 'more', { currentVersion: { ...version, build: 41 } }],
    ['minor', 'more', { currentVersion: { ...version, minor: 56 } }],
    ['major', 'more', { currentVersion: { ...version, major: 2 } }],
  ]
  for (const [what, kind, report] of differing) {
    const subject = labSubject(`CURRENT differs in ${what}`, { report })
    const key = 'provisionalFirmware'
    yield right(subject, key, 'allow', { [key]: 'allow' })
    yield wrong(subject, key, 'forbid', { [key]: 'forbid' })
    yield (kind === 'microcode' ? right : wrong)(subject, key, 'microcodeOnly', { [key]: 'microcodeOnly' })
  }
}

/** All single runs. */
export function* specialCases(): Iterable<PolicyCase> {
  yield* fixed()
  yield* tcbOrder()
  yield* floors()
  yield* identifiers()
  yield* firmware()
}
