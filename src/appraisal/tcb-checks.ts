/**
 * Checks on TCBs and firmware versions. Component by component; a TCB is not a number.
 *
 * Not checked on purpose: LAUNCH against COMMITTED. Firmware may be updated and committed under a running guest.
 */
import { wordHex } from '../encoding/hex.js'
import type { ErrorCode, JsonValue } from '../errors/error.js'
import { isUnchecked } from '../errors/ledger.js'
import {
  type OpaqueTcb,
  type Tcb,
  componentsBelow,
  componentsOf,
  componentOf,
  tcbAtLeast,
  tcbToJson,
} from '../product/tcb.js'
import type { FirmwareVersion, Report } from '../report/report.js'
import { type CheckContext, type Finding, type PolicyCheck, firstOf, found, left, shorten } from './check.js'
import type { TcbName } from './floors.js'

const source = 'AMD 56860, TCB_VERSION'

/** An authentic report is of known silicon, so its TCBs are never opaque. */
function known(tcb: Tcb | OpaqueTcb): Tcb {
  if (tcb.layout === 'unknown') throw new TypeError('an authentic report of unknown silicon')
  return tcb
}

const tcbOf = (report: Report, name: TcbName): Tcb => known(report[`${name}Tcb`])

function order({ report }: CheckContext): Finding {
  const [reported, committed, current] = [
    tcbOf(report, 'reported'),
    tcbOf(report, 'committed'),
    tcbOf(report, 'current'),
  ]
  const ok = tcbAtLeast(committed, reported) && tcbAtLeast(current, committed)
  const actual = {
    reported: wordHex(reported.raw),
    committed: wordHex(committed.raw),
    current: wordHex(current.raw),
  }
  return found(ok, 'reported <= committed <= current', actual)
}

const floorCheck = (name: TcbName, code: ErrorCode): PolicyCheck => ({
  id: `tcb.${name}`,
  source,
  code,
  run: (context) => {
    const { policy, report, floors } = context
    if (isUnchecked(policy.tcb)) return left(policy.tcb)
    // One check fails, and the others have nothing to compare with.
    if (floors.length === 0) return name === 'reported' ? noFloor(context) : noneNamed
    const actual = tcbOf(report, name)
    const stated = floors.map((floor) => floor.tcbs[name])
    const least = stated.filter((tcb): tcb is Tcb => !isUnchecked(tcb))
    return together(
      stated.map((tcb) => {
        if (isUnchecked(tcb)) return left(tcb)
        const below = componentsBelow(actual, tcb)
        if (below.length === 0) return found(true, shorten(least.map(describe)), describe(actual))
        return found(false, describe(tcb), describe(actual), `below the floor in ${below.join(', ')}`)
      }),
    )
  },
})

/** A report of version 2 must meet several floors: the first that it misses is shown, and what is open last. */
function together(findings: readonly Finding[]): Finding {
  const ended = (how: Finding['outcome']): Finding | undefined =>
    findings.find(({ outcome }) => outcome === how)
  return ended('failed') ?? ended('passed') ?? firstOf(findings)
}

const noneNamed: Finding = left({ unchecked: 'no floor names this silicon' })

function noFloor({ endorsement, report: { cpuid } }: CheckContext): Finding {
  const actual: JsonValue =
    cpuid === null
      ? endorsement.productLine
      : { family: cpuid.family, model: cpuid.model, stepping: cpuid.stepping }
  return found(false, 'a floor for this silicon', actual, 'no floor names this silicon')
}

const describe = (tcb: Tcb): JsonValue => {
  const json: Record<string, JsonValue> = { raw: tcbToJson(tcb).raw }
  for (const name of componentsOf(tcb.layout)) json[name] = componentOf(tcb, name)
  return json
}

function mitigations(context: CheckContext): Finding {
  const { policy, report, floors } = context
  if (isUnchecked(policy.tcb)) return left(policy.tcb)
  if (floors.length === 0) return noneNamed
  const masks = floors.map((floor) => floor.mitigations)
  const required = masks.reduce<bigint>((all, mask) => (isUnchecked(mask) ? all : all | mask), 0n)
  const finding = hasMitigations(report, required)
  return together(masks.map((mask) => (isUnchecked(mask) ? left(mask) : finding)))
}

function hasMitigations({ launchMitVector: launch, currentMitVector }: Report, required: bigint): Finding {
  // Below version 5 the bytes are reserved: nothing is known, which is not "nothing was required".
  if (launch === null)
    return found(false, wordHex(required), null, 'reports below version 5 have no mitigation vectors')
  // A report has both vectors or neither.
  const current = currentMitVector ?? 0n
  const ok = (launch & required) === required && (current & required) === required
  return found(ok, wordHex(required), { launch: wordHex(launch), current: wordHex(current) })
}

const versionText = ({ major, minor, build }: FirmwareVersion): string => [major, minor, build].join('.')
const compareVersions = (a: readonly number[], b: readonly number[]): number => {
  const difference = a.map((part, index) => part - (b[index] ?? 0)).find((one) => one !== 0)
  return difference ?? 0
}

function minCommitted({ policy: { firmware }, report: { committedVersion } }: CheckContext): Finding {
  if (isUnchecked(firmware)) return left(firmware)
  const floor = firmware.minCommitted
  if (isUnchecked(floor)) return left(floor)
  const { major, minor, build } = committedVersion
  return found(
    compareVersions([major, minor, build], floor.split('.').map(Number)) >= 0,
    floor,
    versionText(committedVersion),
  )
}

/** How the running firmware differs from the committed one. */
export function provisionalFirmwareOf(report: Report): 'none' | 'microcode' | 'more' {
  const [current, committed] = [known(report.currentTcb), known(report.committedTcb)]
  const differing = componentsOf(current.layout).filter(
    (name) => componentOf(current, name) !== componentOf(committed, name),
  )
  const sameVersion = versionText(report.currentVersion) === versionText(report.committedVersion)
  if (differing.length === 0 && sameVersion) return 'none'
  return sameVersion && differing.every((name) => name === 'microcode') ? 'microcode' : 'more'
}

function provisionalFirmware({ policy: { provisionalFirmware: rule }, report }: CheckContext): Finding {
  if (isUnchecked(rule)) return left(rule)
  const actual = provisionalFirmwareOf(report)
  const ok = rule === 'allow' || actual === 'none' || (rule === 'microcodeOnly' && actual === 'microcode')
  return found(ok, rule, actual)
}

export const tcbChecks: { readonly order: readonly PolicyCheck[]; readonly floors: readonly PolicyCheck[] } =
  {
    order: [{ id: 'tcbOrder', source, code: 'APPRAISAL_TCB_ORDER', run: order }],
    floors: [
      floorCheck('reported', 'APPRAISAL_TCB_REPORTED'),
      floorCheck('committed', 'APPRAISAL_TCB_COMMITTED'),
      floorCheck('current', 'APPRAISAL_TCB_CURRENT'),
      floorCheck('launch', 'APPRAISAL_TCB_LAUNCH'),
      {
        id: 'tcb.mitigations',
        source: 'AMD 56860, mitigation vectors',
        code: 'APPRAISAL_TCB_MITIGATIONS',
        run: mitigations,
      },
    ],
  }

export const firmwareChecks: readonly PolicyCheck[] = [
  {
    id: 'firmware.minCommitted',
    source: 'AMD 56860, COMMITTED_VERSION',
    code: 'APPRAISAL_FIRMWARE_MIN_COMMITTED',
    run: minCommitted,
  },
  {
    id: 'provisionalFirmware',
    source: 'AMD 56860, CURRENT_TCB and COMMITTED_TCB',
    code: 'APPRAISAL_PROVISIONAL_FIRMWARE',
    run: provisionalFirmware,
  },
]
