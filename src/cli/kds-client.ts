/** AMD's key distribution service for the commands that ask it: where, for what, with which network. */
import { type SignerKind, parseEndorsementKey } from '../endorsement/endorsement-key.js'
import { VerificationError, isVerificationError } from '../errors/index.js'
import { type Evidence, partsOfEvidence } from '../evidence/evidence.js'
import type { KdsClient } from '../kds/client.js'
import { type VcekId, amdKds, productOf, requireBaseUrl, vcekIdOf } from '../kds/url.js'
import { type ProductLine, isProductLine, productLineNames } from '../product/line.js'
import { type Report, parseReport } from '../report/report.js'
import type { Context } from './context.js'
import type { OptionSpec, Options } from './options.js'
import { note } from './output.js'
import { UsageError } from './usage-error.js'

/** Where to ask, and for which line where a report does not say it. */
export const kdsOptions: OptionSpec = { 'kds-base': 'once', product: 'once' }

export interface KdsArguments {
  readonly baseUrl: string
  readonly product: ProductLine | undefined
}

/** @throws UsageError */
export function kdsArguments(options: Options): KdsArguments {
  const product = options.optional('product') ?? undefined
  if (product !== undefined && !isProductLine(product))
    throw new UsageError(`--product must be one of ${productLineNames.join(', ')}`)
  const base = options.optional('kds-base') ?? amdKds
  try {
    return { baseUrl: requireBaseUrl(base), product }
  } catch {
    throw new UsageError('--kds-base must be an http or https URL without user, query and fragment')
  }
}

/** @throws UsageError where there is no network, as in the lab. */
export async function openKds(
  { settings }: Context,
  { baseUrl }: KdsArguments,
  what: string,
): Promise<KdsClient> {
  const { network, now } = settings
  if (network === undefined) throw new UsageError(`${what} needs a network, and here is none`)
  const { createKdsClient } = await import('../kds/client.js')
  return createKdsClient({ ...network, baseUrl, now: () => now().getTime() })
}

/**
 * Runs what asks the service. Where it cannot be had, says who was asked, and what the network or the server said: a name
 * that does not resolve and a service that is down look alike to the library.
 */
export async function asking<T>(
  context: Context,
  { baseUrl }: KdsArguments,
  ask: () => Promise<T>,
): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (isVerificationError(error) && error.stage === 'KDS')
      note(context, `${baseUrl} was asked${[...networkReason(error.cause), ...wait(error)].join('')}`)
    throw error
  }
}

/** Node has the reason, such as ECONNREFUSED, in the cause of what its fetch throws. */
function networkReason(cause: unknown): readonly string[] {
  const inner = cause instanceof Error ? cause.cause : null
  const code = inner instanceof Error && 'code' in inner ? String(inner.code) : ''
  return /^[A-Z][A-Z0-9_]{2,40}$/.test(code) ? [`: ${code}`] : []
}

function wait({ details }: VerificationError): readonly string[] {
  const { retryAfterMs } = details
  return typeof retryAfterMs === 'number'
    ? [`, and wants to be left alone for ${String(Math.ceil(retryAfterMs / 1000))} s`]
    : []
}

/** What evidence can be completed by. Read from claims, and so a claim itself. */
export interface KdsNeed {
  readonly report: Report
  readonly product: ProductLine
  /** Whose CRL and chain: those over the key that signed the report. */
  readonly kind: SignerKind
}

/**
 * @throws VerificationError as parsing a report does; `REPORT_PRODUCT_UNKNOWN`.
 * @throws UsageError if `--product` is not that of the report.
 */
export function needOf(evidence: Evidence, { product }: KdsArguments): KdsNeed {
  const { report: bytes, leaves } = partsOfEvidence(evidence)
  const report = parseReport(bytes)
  const own = report.productLine ?? (report.cpuid === null ? lineOf(leaves.map(({ der }) => der)) : null)
  if (product !== undefined && own !== null && own !== product)
    throw new UsageError(`--product is ${product}, and the evidence is of ${own}`)
  if (product === 'Turin' && report.cpuid === null)
    throw new UsageError('--product is Turin, and the report is of version 2')
  if (product === undefined && own === null && report.cpuid === null)
    throw new VerificationError(
      'REPORT_PRODUCT_UNKNOWN',
      'a report of version 2 does not say its product line: give it by --product',
    )
  return {
    report,
    product: productOf(report, own ?? product),
    kind: report.keyInfo.signingKey === 'vlek' ? 'vlek' : 'vcek',
  }
}

/** Beside a version 2 report, its certificate names the line. Turin has none such: verification will say so. */
function lineOf(leaves: readonly Uint8Array[]): ProductLine | null {
  for (const der of leaves) {
    try {
      const { productLine } = parseEndorsementKey(der)
      if (productLine !== 'Turin') return productLine
    } catch (error) {
      if (!isVerificationError(error)) throw error
    }
  }
  return null
}

/** What to ask for the VCEK by; `null`, and a remark that says why, where KDS has none for this report. */
export function vcekOrRemark(context: Context, { report, product }: KdsNeed): VcekId | null {
  try {
    return vcekIdOf(report, product)
  } catch (error) {
    if (!isVerificationError(error)) throw error
    note(context, `no VCEK to fetch: ${error.message}`)
    return null
  }
}
