/** What to do next, in the words of the command: for refusals that another option, or another file, may turn round. */
import type { ErrorCode } from '../errors/index.js'
import type { Context } from './context.js'
import { note } from './output.js'

const newerCrl =
  'give AMD’s newest CRL with the time at which you fetched it, --crl FILE,fetched=TIME: "attested kds fetch" gets it, ' +
  'and so does verify --fetch'

const advice: Readonly<Partial<Record<ErrorCode, string>>> = {
  EVIDENCE_FORMAT:
    '--format NAME says what keeps the input from being of that format; the --help of the command has the names',
  ENDORSEMENT_MISSING:
    'give the certificate by --vek FILE: "attested kds fetch" gets a VCEK, and so does verify --fetch; a VLEK comes from ' +
    'the provider, with the report',
  REVOCATION_MISSING: newerCrl,
  REVOCATION_STALE: newerCrl,
  REVOCATION_NUMBER: newerCrl,
  REVOCATION_FETCH_AGE: newerCrl,
  APPRAISAL_FRESHNESS:
    'a challenge of yours that the guest committed to makes evidence fresh: --report-data HEX --challenge, or --binding; ' +
    'for a stored sample the policy has to leave freshness unchecked',
}

/** Says it on standard error, where there is something to say. */
export function advise(context: Context, code: ErrorCode | null): void {
  const text = code === null ? undefined : advice[code]
  if (text !== undefined) note(context, text)
}
