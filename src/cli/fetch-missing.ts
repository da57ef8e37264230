/** `verify --fetch`: completes evidence by what it lacks. What is fetched is verified like all the rest. */
import { isVerificationError } from '../errors/index.js'
import { openLedger } from '../errors/ledger.js'
import type { Evidence, EvidenceExtras } from '../evidence/index.js'
import type { KdsClient } from '../kds/client.js'
import { parseReport } from '../report/report.js'
import { reportChecks, requireVerifiable } from '../report/verifiable.js'
import type { Context } from './context.js'
import { type KdsArguments, needOf, vcekOrRemark } from './kds-client.js'
import { note } from './output.js'

/**
 * The VCEK, if evidence has no key; the CRL, if the caller gave none: one out of evidence has no fetch time.
 *
 * Nothing is asked for evidence that no document can help, and what cannot be fetched because the report does not say
 * which it is stays missing: the verdict will say so.
 *
 * @param given - What the caller brought.
 * @returns The same, with what was fetched.
 * @throws VerificationError `KDS_*`; `REPORT_PRODUCT_UNKNOWN` for a version 2 report whose line nobody names.
 */
export async function fetchMissing(
  context: Context,
  client: KdsClient,
  evidence: Evidence,
  given: EvidenceExtras,
  args: KdsArguments,
): Promise<EvidenceExtras> {
  if (!canBeVerified(evidence)) return given
  const need = needOf(evidence, args)
  let extras = given
  if (evidence.endorsementKeys === 0) {
    const id = vcekOrRemark(context, need)
    if (id === null) return given
    extras = { ...extras, endorsementKey: await client.vcek(id) }
    note(context, 'fetched the VCEK')
  }
  if ((given.crls ?? []).length === 0) {
    extras = { ...extras, crls: [await client.crl(need.product, need.kind)] }
    note(context, 'fetched the CRL')
  }
  return extras
}

function canBeVerified(evidence: Evidence): boolean {
  try {
    requireVerifiable(parseReport(evidence.report), openLedger(reportChecks))
    return true
  } catch (error) {
    if (!isVerificationError(error)) throw error
    return false
  }
}
