/**
 * Every check of a verification, in order. Success is declared only when each of them ran.
 */
import { appraisalChecks } from '../appraisal/appraise.js'
import { bindingChecks } from '../binding/verify-binding.js'
import { chainChecks } from '../endorsement/chain.js'
import { signatureChecks } from '../endorsement/authenticate.js'
import { tieChecks } from '../endorsement/ties.js'
import type { CheckEntry } from '../errors/ledger.js'
import { reportChecks } from '../report/verifiable.js'

export const checkRegistry: readonly CheckEntry[] = [
  ...reportChecks,
  { id: 'endorsement.certificate', source: 'AMD 57230, VCEK and VLEK certificates; RFC 5280' },
  { id: 'revocation.structure', source: 'RFC 5280 §5' },
  ...tieChecks,
  ...chainChecks,
  ...signatureChecks,
  ...appraisalChecks,
  ...bindingChecks,
]
