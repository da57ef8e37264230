/** Help of the commands that read or write documents: policies, manifests, error codes. */
import { environmentNames } from '../appraisal/recommended.js'
import { manifestSchemas } from '../manifest/parse.js'
import { productLineNames } from '../product/line.js'
import { type Help, evidenceHelp, formatHelp, usageStatuses } from './help-options.js'

export const policyHelp: Help = {
  usage: [
    'attested policy from-report EVIDENCE [--format NAME] [--vek FILE] [--json]',
    'attested policy recommended --environment NAME --product NAME... --measurement LABEL=HEX... [--as-of DATE] [--json]',
    'attested policy explain FILE [--json]',
    'attested policy diff A B [--json]',
    'attested policy test FILE CORPUS [--against LIVE] [--at TIME] [--replay] [--json]',
  ],
  text: `from-report and recommended print a policy document, JSON with or without --json, to keep and edit. Remarks go to
standard error.

from-report pins what a report says: it accepts that report, good or bad. Freshness and revocation are left
unchecked, since no report knows them.

${evidenceHelp}
${formatHelp}
  --vek FILE               VCEK or VLEK certificate: pins the key, the chip and the provider too

recommended makes the policy that we would start from.

  --environment NAME       one of ${environmentNames.join(', ')}
  --product NAME           one of ${productLineNames.join(', ')}. May be repeated
  --measurement LABEL=HEX  an accepted launch digest, 96 hex digits, and your name for it. May be repeated
  --as-of DATE             the day whose edition of recommended TCB floors counts; default: the newest

explain says in words what a policy demands and what it leaves open, its TCB floors in decimal and hexadecimal,
and which of the known bulletins they meet.

  FILE                     a policy, version 1, or - for standard input

diff compares two policies: per key, whether the second accepts more, less, the same, or possibly both.

  A, B                     policies; one of them may be - for standard input

test tries a candidate policy on a folder of evidence, and says what changes against the live one.

  FILE                     the candidate, or - for standard input
  CORPUS                   each file in it is evidence, with a case file beside it, NAME.json; or a folder with one
                           evidence, vek.der, crl.der and case.json. The evidence may be a directory: one in that
                           folder, or all else that the folder holds. A case file may have any of these keys:
                           evidence, format, vek, certificates: file names (a list of the last); at: a time;
                           crls: [{ file, fetchedAt, scope }]; reportData: 128 hex digits; challenge: true or false;
                           expect: accepted, rejected, unverifiable or malformed
  --against LIVE           the policy that is live
  --at TIME                the time to judge at where a case states none, RFC 3339 with offset; default: now
  --replay                 REPORT_DATA that no case states is taken to be the challenge that it had to be. This tries
                           the policy; it verifies nothing about freshness

  --json                   one JSON object (schema attested/policy-explanation@1, policy-diff@1, policy-test@1)

Exit status: 0 done, 10 (test) an item is accepted by one policy alone, or is not what its case expects,
             30 a policy, a case or evidence cannot be read or is of a kind that is not known,
             ${usageStatuses}

Examples:
  attested policy explain policy.json
  attested policy diff live.json candidate.json
  attested policy test candidate.json corpus/ --against live.json --at 2026-08-15T00:00:00Z
  attested policy from-report report.bin --vek vcek.der > policy.json
  attested policy recommended --environment gcp --product Milan --measurement "image 7=$DIGEST" > policy.json`,
}

export const manifestHelp: Help = {
  usage: [
    'attested manifest check FILE [--schema NAME] [--expect FILE] [--json]',
    'attested manifest digest FILE [--schema NAME] [--alg NAME] [--raw] [--json]',
    'attested manifest explain FILE [--schema NAME] [--expect FILE] [--json]',
    'attested manifest diff A B [--schema NAME] [--json]',
    'attested manifest expect FILE --participant NAME [--schema NAME] [--json]',
  ],
  text: `A manifest says who takes part, which code runs, what it reads and who receives what. These commands read one.
They verify no evidence: whether a machine runs under a manifest, only "attested verify" says.

  FILE                     a manifest, JSON, or - for standard input
  A, B                     manifests; one of them may be - for standard input
  --schema NAME            ${manifestSchemas.join(' or ')}. Default: what the document's own member "schema" says,
                           if that is attested/manifest@1; nothing is guessed
  --expect FILE            what you expect, JSON; "expect" drafts it. Without it the rules that need it are unchecked
  --json                   one JSON object: of check { schema, digest, findings, unchecked }, where schema is that of
                           the manifest, and digest SHA-256 in hex; of digest, explain and diff of schema
                           attested/manifest-digest@1, manifest-explanation@1 or manifest-diff@1

check applies the rules M1 to M16 and reports every finding, and every rule that was left open.

digest prints the digest that a system commits to, in hex, alone on one line: of the canonical form (RFC 8785) of
attested/manifest@1, of the file as it is of 2cvm-agent/1. Which of them is said on standard error.

  --alg NAME               sha256 (default), sha384 or sha512
  --raw                    of the file as it is, whatever its schema

explain says in words what a manifest does, and who can end up with what. A line with ! is a warning.

diff compares two manifests by the names in them, never by order: what the second permits more, or less.

expect prints a draft of what a participant expects, JSON with or without --json: all that the manifest does, for that
participant to edit.

  --participant NAME       the participant, as the manifest names them

Exit status: 0 done, 10 (check) a finding of severity error, or (all) the manifest does not follow its schema,
             30 text that is no strict JSON, or expectations that cannot be read,
             ${usageStatuses}; no schema is wrong usage too

Examples:
  attested manifest check manifest.json --expect mine.json
  attested manifest check signed.json --schema 2cvm-agent/1 --expect mine.json --json
  attested manifest digest manifest.json --alg sha384
  attested manifest explain manifest.json --expect mine.json
  attested manifest diff agreed.json proposed.json
  attested manifest expect manifest.json --participant imec > mine.json`,
}

export const explainHelp: Help = {
  usage: ['attested explain CODE [--json]'],
  text: `Says what an error code means, which verdict it gives, and where its rule stands.

  CODE                     such as REVOCATION_STALE; "attested verify" prints it beside the verdict
  --json                   one JSON object (schema attested/explain@1)

Exit status: 0 explained, 2 wrong usage (no such code, an unknown option), 1 internal error

Example:
  attested explain REVOCATION_STALE`,
}
