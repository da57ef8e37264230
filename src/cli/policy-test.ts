/** `attested policy test`: a candidate policy over a folder of evidence, beside the policy that is live. */
import {
  type Binding,
  type Evidence,
  type ErrorCode,
  type Policy,
  type Unchecked,
  bindings,
  createEndorsementCache,
  decodeEvidence,
  isVerificationError,
  ownChallenge,
  parsePolicy,
  policyDigest,
} from '../index.js'
import type { CheckResult, RefusalVerdict } from '../errors/index.js'
import { isFilledWith } from '../encoding/bytes.js'
import { partsOfEvidence } from '../evidence/evidence.js'
import { parseReport } from '../report/report.js'
import type { Context } from './context.js'
import { readEvidence, readExtras } from './evidence.js'
import { exitStatus } from './exit-status.js'
import { type ReadInput, inputReader } from './files.js'
import { printHelp } from './help.js'
import { readOptions } from './options.js'
import { printJson, printText } from './output.js'
import { type CorpusItem, readCorpus } from './policy-corpus.js'
import {
  type ItemResult,
  type Judgement,
  type PolicyTestJson,
  compare,
  textOf,
} from './policy-test-result.js'
import { timeToJudgeAt } from './time.js'
import { UsageError } from './usage-error.js'

export async function policyTest(argv: readonly string[], context: Context): Promise<number> {
  const options = readOptions(argv, { against: 'once', at: 'once', replay: 'flag', json: 'flag' })
  if (options.flag('help')) return printHelp(context, 'policy')
  const [path, corpus] = options.twoArguments('FILE', 'CORPUS')
  const againstPath = options.optional('against')
  const at = timeToJudgeAt(options, context)

  const read = inputReader(context.io)
  const text = await read(path, 'policy')
  const liveText = againstPath === null ? null : await read(againstPath, 'live policy')
  const candidate = await parsePolicy(text)
  const live = liveText === null ? null : await parsePolicy(liveText)
  const { verifier } = context.settings
  const cache = createEndorsementCache()
  const items: ItemResult[] = []
  for (const item of await readCorpus(corpus, read)) {
    const judged = await openItem(item, read, options.flag('replay'))
    const under = async (policy: Policy): Promise<Judgement> => {
      if ('refused' in judged) return judged.refused
      const input = { ...judged, policy, at: item.at ?? at, cache }
      const appraisal = await verifier.appraiseEvidence(input)
      if (appraisal.verdict !== 'accepted') {
        const { verdict, code, checks } = appraisal
        return { verdict, code, checks }
      }
      return { verdict: 'accepted', code: null, checks: appraisal.verified.checks }
    }
    items.push(
      compare({
        item: item.name,
        at: (item.at ?? at).toISOString(),
        format: 'evidence' in judged ? judged.evidence.format : null,
        expected: item.expect,
        candidate: await under(candidate),
        live: live === null ? null : await under(live),
      }),
    )
  }
  const result: PolicyTestJson = {
    schema: 'attested/policy-test@1',
    candidate: policyDigest(candidate),
    live: live === null ? null : policyDigest(live),
    items,
    findings: items.flatMap(({ findings }) => findings),
  }
  if (options.flag('json')) printJson(context, result)
  else printText(context, textOf(result))
  return statusOf(result)
}

/** An item that nobody could read, and nobody expected to be so, is a corpus that says nothing about a policy. */
function statusOf({ items, findings }: PolicyTestJson): number {
  const isUnreadable = ({ candidate, expected }: ItemResult): boolean =>
    candidate.verdict === 'malformed' && expected === null
  if (items.some(isUnreadable)) return exitStatus.malformed
  return findings.some(({ severity }) => severity === 'error') ? exitStatus.rejected : exitStatus.done
}

interface Opened {
  readonly evidence: Evidence
  readonly binding: Binding | Unchecked
}

interface Refused {
  readonly refused: {
    readonly verdict: RefusalVerdict
    readonly code: ErrorCode
    readonly checks: readonly CheckResult[]
  }
}

async function openItem(item: CorpusItem, read: ReadInput, replay: boolean): Promise<Opened | Refused> {
  const bytes = await readEvidence(item.evidence, read, item.omit)
  const extras = await readExtras(item.extras, read)
  try {
    const evidence = await decodeEvidence(bytes, item.format, extras)
    return { evidence, binding: bindingOf(item, evidence, replay) }
  } catch (error) {
    if (!isVerificationError(error)) throw error
    const { verdict, code, checks } = error
    return { refused: { verdict, code, checks } }
  }
}

const unstated: Unchecked = { unchecked: 'the case does not state REPORT_DATA' }

/** What REPORT_DATA must be. With `--replay`, what it was: then the policy alone decides. */
function bindingOf(item: CorpusItem, evidence: Evidence, replay: boolean): Binding | Unchecked {
  const replayed = item.reportData === null && replay
  const expected = replayed ? parseReport(partsOfEvidence(evidence).report).reportData : item.reportData
  if (expected === null || (replayed && isFilledWith(expected, 0))) return unstated
  if (!item.isChallenge && !replayed)
    return bindings.reportData(expected, { freshness: { unchecked: 'the case claims no challenge' } })
  try {
    return bindings.reportData(expected, { freshness: ownChallenge(expected) })
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(`case of ${item.name}: challenge: ${error.message}`)
    throw error
  }
}
