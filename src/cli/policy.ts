/** `attested policy`: drafts of policy documents (here), and what helps to write one (beside this file). */
import {
  type MeasurementRule,
  type PolicyDocument,
  type Report,
  VerificationError,
  decodeEvidence,
  isVerificationError,
  parsePolicy,
  parseReport,
  policyFromReport,
  recommendedPolicy,
} from '../index.js'
import { environmentNames, isEnvironment } from '../appraisal/recommended.js'
import type { EndorsementKey } from '../endorsement/endorsement-key.js'
import { checkTies, tieChecks } from '../endorsement/ties.js'
import { openLedger } from '../errors/ledger.js'
import { partsOfEvidence } from '../evidence/evidence.js'
import { isProductLine, productLineNames } from '../product/line.js'
import { reportChecks, requireVerifiable } from '../report/verifiable.js'
import { readEndorsementKey } from '../verify/leaf.js'
import type { Context } from './context.js'
import { extrasArguments, readEvidence, readExtras, readFormat } from './evidence.js'
import { exitStatus } from './exit-status.js'
import { inputReader } from './files.js'
import { printHelp } from './help.js'
import { readOptions } from './options.js'
import { note, printDocument } from './output.js'
import { policyDiff } from './policy-diff.js'
import { policyExplain } from './policy-explain.js'
import { policyTest } from './policy-test.js'
import { UsageError } from './usage-error.js'

export async function policyCommand(argv: readonly string[], context: Context): Promise<number> {
  const [name, ...rest] = argv
  if (name === 'from-report') return fromReport(rest, context)
  if (name === 'recommended') return recommended(rest, context)
  if (name === 'explain') return policyExplain(rest, context)
  if (name === 'diff') return policyDiff(rest, context)
  if (name === 'test') return policyTest(rest, context)
  if (name === undefined || name.startsWith('-')) {
    const options = readOptions(argv, {})
    if (options.flag('help')) return printHelp(context, 'policy')
    throw new UsageError('policy needs from-report, recommended, explain, diff or test')
  }
  throw new UsageError(`no such command: policy ${name.slice(0, 40)}`)
}

async function fromReport(argv: readonly string[], context: Context): Promise<number> {
  // A document is JSON anyway; scripts that always say --json may.
  const options = readOptions(argv, { format: 'once', vek: 'once', json: 'flag' })
  if (options.flag('help')) return printHelp(context, 'policy')
  const path = options.argument('EVIDENCE')
  const format = readFormat(options)
  const read = inputReader(context.io)
  const bytes = await readEvidence(path, read)
  const evidence = await decodeEvidence(bytes, format, await readExtras(extrasArguments(options), read))
  if (format === 'auto') note(context, `evidence recognised as ${evidence.format}`)
  const parts = partsOfEvidence(evidence)
  const report = parseReport(parts.report)
  const findings = [...hopeless(report)]
  const key = readKey(parts.leaves, report, findings)
  const draft = policyFromReport(report, key === null ? {} : { endorsementKey: key.certificate.der })
  for (const finding of [...findings, ...draft.findings]) note(context, `finding: ${finding}`)
  note(context, 'this policy accepts what that report says, good or bad: read it before you use it')
  printDocument(context, draft.policy)
  return exitStatus.done
}

/**
 * Why no policy will ever accept this report.
 *
 * @throws VerificationError where we do not even know what the report says: its silicon, or who signed it.
 */
function hopeless(report: Report): readonly string[] {
  if (report.cpuid !== null && report.productLine === null)
    throw new VerificationError('REPORT_PRODUCT_UNKNOWN', 'CPUID belongs to no known product line')
  try {
    requireVerifiable(report, openLedger(reportChecks.slice(1)))
    return []
  } catch (error) {
    if (!isVerificationError(error) || error.verdict !== 'rejected') throw error
    return [`no policy can accept this report: ${error.code}: ${error.message}`]
  }
}

/** The endorsement key, if there is one that we can read. A draft can do without: it then pins less. */
function readKey(
  leaves: Parameters<typeof readEndorsementKey>[0],
  report: Report,
  findings: string[],
): EndorsementKey | null {
  if (leaves.length === 0) {
    findings.push('no endorsement key was given: the policy pins none, and no provider')
    return null
  }
  try {
    const key = readEndorsementKey(leaves, report, () => null)
    const misfit = misfitOf(report, key)
    if (misfit !== null) findings.push(`the endorsement key does not belong to this report: ${misfit}`)
    return key
  } catch (error) {
    if (!isVerificationError(error)) throw error
    findings.push(
      `the endorsement key cannot be used, the policy does without: ${error.code}: ${error.message}`,
    )
    return null
  }
}

function misfitOf(report: Report, key: EndorsementKey): string | null {
  try {
    checkTies(report, key, openLedger(tieChecks))
    return null
  } catch (error) {
    if (!isVerificationError(error)) throw error
    return `${error.code}: ${error.message}`
  }
}

async function recommended(argv: readonly string[], context: Context): Promise<number> {
  const options = readOptions(argv, {
    environment: 'once',
    product: 'many',
    measurement: 'many',
    'as-of': 'once',
    json: 'flag',
  })
  if (options.flag('help')) return printHelp(context, 'policy')
  options.noArguments()
  const environment = options.required('environment')
  if (!isEnvironment(environment))
    throw new UsageError(`--environment must be one of ${environmentNames.join(', ')}`)
  options.required('product')
  const products = options.all('product').map((name) => {
    if (!isProductLine(name)) throw new UsageError(`--product must be one of ${productLineNames.join(', ')}`)
    return name
  })
  options.required('measurement')
  const measurements = options.all('measurement').map(measurementOf)
  const asOf = options.optional('as-of')
  const policy = await sensible(() =>
    recommendedPolicy({ environment, products, measurements, ...(asOf === null ? {} : { asOf }) }),
  )
  printDocument(context, policy)
  return exitStatus.done
}

/** `LABEL=HEX`; the label may hold an equals sign, the digits cannot. */
function measurementOf(text: string): MeasurementRule {
  const [, label, value] = /^([^]+)=([0-9a-fA-F]{96})$/.exec(text) ?? []
  if (label === undefined || value === undefined)
    throw new UsageError('--measurement must be LABEL=HEX with 96 hex digits')
  return { label, value: value.toLowerCase() }
}

/** The document, if the library takes it: what it refuses came from the arguments. */
async function sensible(make: () => PolicyDocument): Promise<PolicyDocument> {
  try {
    const document = make()
    await parsePolicy(JSON.stringify(document))
    return document
  } catch (error) {
    if (error instanceof TypeError || isVerificationError(error)) throw new UsageError(error.message)
    throw error
  }
}
