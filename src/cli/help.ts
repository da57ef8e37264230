/** Help: the usage lines, and per command what it does and examples that work. */
import { evidenceFormats } from '../evidence/index.js'
import { environmentNames } from '../appraisal/recommended.js'
import { manifestSchemas } from '../manifest/parse.js'
import { productLineNames } from '../product/line.js'
import { profileIds } from '../profiles/registry.js'
import { amdKds } from '../kds/url.js'
import type { Context } from './context.js'
import { exitStatus } from './exit-status.js'
import { printText } from './output.js'

interface Help {
  readonly usage: readonly string[]
  readonly text: string
}

const formats = `--format NAME            one of ${evidenceFormats.join(', ')}
                           or auto (default): exactly one must recognise the input`

const statuses = `Exit status: 0 accepted, 10 rejected, 20 unverifiable, 30 malformed,
             2 wrong usage (a missing file, an unknown option), 1 internal error`

const commands: Readonly<Record<string, Help>> = {
  verify: {
    usage: [
      'attested verify EVIDENCE --policy FILE (--report-data HEX [--challenge] | --unchecked-report-data REASON',
      '                | --binding PROFILE [--input NAME=VALUE]... [--manifest FILE | --expect FILE])',
      '                [--format NAME] [--vek FILE] [--crl FILE[,fetched=TIME][,scope=vcek|vlek]]...',
      '                [--certificate FILE]... [--at TIME] [--fetch [--kds-base URL] [--product NAME]] [--json]',
    ],
    text: `Verifies evidence: structure, endorsement key, chain to AMD's pinned root, revocation, signature, policy,
and what REPORT_DATA commits to. Every check is printed, those that were not made too.

  EVIDENCE                 a file, a directory of files, or - for standard input
  --policy FILE            policy, version 1; "attested policy" drafts one
  --report-data HEX        the 64 bytes that REPORT_DATA must be, 128 hex digits. Alone this is equality;
  --challenge              ... and with this the 64 bytes are your challenge: random, made for this conversation
  --unchecked-report-data REASON
                           does not look at REPORT_DATA; the result says so, with the reason
  --binding PROFILE        what a system commits to: ${profileIds.join(', ')}
  --input NAME=VALUE       an input of the profile: hex:HEX, text:TEXT, @FILE, or for values that the profile lets be
                           open unchecked:REASON. May be repeated
  --manifest FILE          the manifest that is accepted, and no other
  --expect FILE            ... or your expectations: a manifest in which no rule finds an error is accepted
  ${formats}
  --vek FILE               VCEK or VLEK certificate, if the evidence does not hold it: DER, PEM, or the JSON in which
                           Azure hands it out (THIM)
  --crl FILE[,fetched=TIME][,scope=vcek|vlek]
                           a CRL of AMD's, when you fetched it and for which kind of key. May be repeated
  --certificate FILE       other certificates: compared with the pinned ones, never trusted. May be repeated
  --at TIME                the time to judge at, RFC 3339 with offset; default: now
  --fetch                  asks AMD's key distribution service for what is missing: the VCEK where the evidence has no
                           key, the CRL where no --crl is given. AMD learns the chip and its TCB. Where it cannot be
                           had the evidence is unverifiable, and the code begins with KDS_
  --kds-base URL           ... through this proxy
  --product NAME           the product line of a version 2 report, which does not say it: Milan or Genoa
  --json                   the verdict as one JSON object (schema attested/verdict@1)

${statuses}

Examples:
  attested verify report.bin --vek vcek.der --crl milan.crl,fetched=2026-08-15T00:00:00Z \\
      --policy policy.json --report-data "$CHALLENGE" --challenge
  attested verify quote.json --format tsm --policy policy.json --unchecked-report-data "stored sample" --json
  fetch-report | attested verify - --vek vcek.der --policy policy.json --report-data "$EXPECTED"
  attested verify report.bin --vek vcek.der --policy policy.json --binding manifest-nonce/1 \\
      --manifest manifest.json --input nonce=hex:$CHALLENGE`,
  },
  inspect: {
    usage: [
      'attested inspect EVIDENCE [--format NAME] [--vek FILE] [--crl FILE]... [--certificate FILE]... [--json]',
    ],
    text: `Shows what evidence says: the report's fields, its certificates and CRLs. NOTHING IS VERIFIED, and the output
says so. Also shows what no policy accepts: debug guests, unsigned reports, reports that the host requested.

  EVIDENCE                 a file, or - for standard input; or certificates and CRLs alone, PEM or DER
  ${formats};
                           or certificates
  --vek, --crl, --certificate FILE
                           shown with the evidence
  --json                   one JSON object (schema attested/inspect@1)

Exit status: 0 shown, 30 cannot be read or is of a kind that is not known (such as a report of version 6),
             2 wrong usage, 1 internal error

Examples:
  attested inspect report.bin --vek vcek.der
  attested inspect cert_chain.pem
  attested inspect quote.json --json`,
  },
  policy: {
    usage: [
      'attested policy from-report EVIDENCE [--format NAME] [--vek FILE]',
      'attested policy recommended --environment NAME --product NAME... --measurement LABEL=HEX... [--as-of DATE]',
      'attested policy explain FILE [--json]',
      'attested policy diff A B [--json]',
      'attested policy test FILE CORPUS [--against LIVE] [--at TIME] [--replay] [--json]',
    ],
    text: `from-report and recommended print a policy document, JSON, to keep and edit. Remarks go to standard error.

from-report pins what a report says: it accepts that report, good or bad. Freshness and revocation are left
unchecked, since no report knows them.

  ${formats}
  --vek FILE               VCEK or VLEK certificate: pins the key, the chip and the provider too

recommended makes the policy that we would start from.

  --environment NAME       one of ${environmentNames.join(', ')}
  --product NAME           one of ${productLineNames.join(', ')}. May be repeated
  --measurement LABEL=HEX  an accepted launch digest, 96 hex digits, and your name for it. May be repeated
  --as-of DATE             the day whose edition of recommended TCB floors counts; default: the newest

explain says in words what a policy demands and what it leaves open, its TCB floors in decimal and hexadecimal,
and which of the known bulletins they meet.

diff compares two policies: per key, whether the second accepts more, less, the same, or possibly both.

test tries a candidate policy on a folder of evidence, and says what changes against the live one.

  CORPUS                   each file in it is evidence, with a case file beside it, NAME.json; or a folder with one
                           evidence, vek.der, crl.der and case.json. A case file may have any of these keys:
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
             2 wrong usage, 1 internal error

Examples:
  attested policy explain policy.json
  attested policy diff live.json candidate.json
  attested policy test candidate.json corpus/ --against live.json --at 2026-08-15T00:00:00Z
  attested policy from-report report.bin --vek vcek.der > policy.json
  attested policy recommended --environment gcp --product Milan --measurement "image 7=$DIGEST" > policy.json`,
  },
  manifest: {
    usage: [
      'attested manifest check FILE [--schema NAME] [--expect FILE] [--json]',
      'attested manifest digest FILE [--schema NAME] [--alg NAME] [--raw] [--json]',
      'attested manifest explain FILE [--schema NAME] [--expect FILE] [--json]',
      'attested manifest diff A B [--schema NAME] [--json]',
      'attested manifest expect FILE --participant NAME [--schema NAME]',
    ],
    text: `A manifest says who takes part, which code runs, what it reads and who receives what. These commands read one.
They verify no evidence: whether a machine runs under a manifest, only "attested verify" says.

  FILE                     a manifest, JSON, or - for standard input
  --schema NAME            ${manifestSchemas.join(' or ')}. Default: what the document's own member "schema" says,
                           if that is attested/manifest@1; nothing is guessed
  --expect FILE            what you expect, JSON; "expect" drafts it. Without it the rules that need it are unchecked
  --json                   one JSON object: of check { schema, digest, findings, unchecked }, where schema is that of
                           the manifest, and digest SHA-256 in hex; else of schema attested/manifest-digest@1,
                           manifest-explanation@1 or manifest-diff@1

check applies the rules M1 to M16 and reports every finding, and every rule that was left open.

digest prints the digest that a system commits to, in hex, alone on one line: of the canonical form (RFC 8785) of
attested/manifest@1, of the file as it is of 2cvm-agent/1. Which of them is said on standard error.

  --alg NAME               sha256 (default), sha384 or sha512
  --raw                    of the file as it is, whatever its schema

explain says in words what a manifest does, and who can end up with what. A line with ! is a warning.

diff compares two manifests by the names in them, never by order: what the second permits more, or less.

expect prints a draft of what a participant expects: all that the manifest does, for that participant to edit.

  --participant NAME       the participant, as the manifest names them

Exit status: 0 done, 10 (check) a finding of severity error, or (all) the manifest does not follow its schema,
             30 text that is no strict JSON, or expectations that cannot be read,
             2 wrong usage (a missing file, no schema), 1 internal error

Examples:
  attested manifest check manifest.json --expect mine.json
  attested manifest check signed.json --schema 2cvm-agent/1 --expect mine.json --json
  attested manifest digest manifest.json --alg sha384
  attested manifest explain manifest.json --expect mine.json
  attested manifest diff agreed.json proposed.json
  attested manifest expect manifest.json --participant imec > mine.json`,
  },
  kds: {
    usage: [
      'attested kds url EVIDENCE [--format NAME] [--kind NAME]... [--kds-base URL] [--product NAME] [--json]',
      'attested kds fetch EVIDENCE --out DIR [--format NAME] [--kind NAME]... [--kds-base URL] [--product NAME] [--json]',
    ],
    text: `AMD's key distribution service has the VCEK of each chip at each TCB, the certificates over it, and the CRLs.
NOTHING IS VERIFIED: what is fetched is evidence like any other.

url prints where that is which belongs to evidence, and uses no network.

fetch writes it to a folder: vcek.der, ask.der (asvk.der for a VLEK), ark.der, crl.der, and kds.json, which says when the
CRL was fetched. It prints the options of "attested verify" that take them. Existing files are replaced. Whoever is asked
learns the chip and its TCB. A busy service is asked again, for some minutes at most.

  EVIDENCE                 a file, or - for standard input
  ${formats}
  --kind NAME              vcek, chain or crl. May be repeated; default: all that there is. There is no VCEK for a report
                           that a VLEK signed, and none can be asked for where CHIP_ID is masked
  --kds-base URL           a proxy in the place of ${amdKds}
  --product NAME           the product line of a version 2 report, which does not say it: Milan or Genoa
  --out DIR                the folder, made if it is not there
  --json                   one JSON object (schema attested/kds-urls@1, attested/kds-fetch@1)

Exit status: 0 done, 20 it cannot be had, now or at all, 30 evidence cannot be read,
             2 wrong usage, 1 internal error

Examples:
  attested kds url report.bin --kind vcek
  attested kds fetch report.bin --out collateral`,
  },
  bundle: {
    usage: [
      'attested bundle create EVIDENCE --policy FILE (--report-data HEX [--challenge] | --unchecked-report-data REASON',
      '                | --binding PROFILE [--input NAME=VALUE]... [--manifest FILE | --expect FILE])',
      '                [--format NAME] [--vek FILE] [--crl FILE[,fetched=TIME][,scope=vcek|vlek]]...',
      '                [--certificate FILE]... [--at TIME] [--out FILE [--json]]',
      'attested bundle inspect BUNDLE [--json]',
      'attested bundle replay BUNDLE [--json]',
    ],
    text: `A bundle is one JSON file (a CMW collection, RFC 9999) with evidence, the certificates and CRLs that came with it or
were given, and as a record the policy, the time, what the report had to commit to, and the verdict. Without a network
it tells anybody, years later, what was judged and how. To judge it yourself: "attested verify BUNDLE --policy ...",
which does not look at the record.

create verifies evidence as "attested verify" does, with the same options, and writes a bundle, whatever the verdict is.
The same input at the same time gives the same bytes.

  --at TIME                the time to judge at, RFC 3339 with offset; default: now
  --out FILE               where to write the bundle; default: standard output
  --json                   what was written as one JSON object (schema attested/bundle-created@1); needs --out

inspect shows what a bundle holds and what its record says. NOTHING IS VERIFIED, and the output says so.

  --json                   one JSON object (schema attested/bundle-inspection@1)

replay recomputes the verdict by the policy and at the time in the record, and says "reproduced" or "not reproduced". That
is no verdict on the evidence: policy and time are those of whoever made the bundle.

  --json                   one JSON object (schema attested/replay@1)

Exit status: (create) that of the verdict: 0 accepted, 10 rejected, 20 unverifiable, 30 malformed
             (replay) 0 reproduced, 10 not reproduced; (inspect) 0 shown
             30 a bundle, evidence or a document cannot be read, 2 wrong usage, 1 internal error

Examples:
  attested bundle create report.bin --vek vcek.der --crl milan.crl --policy policy.json \\
      --report-data "$CHALLENGE" --challenge --at 2026-08-15T00:00:00Z --out bundle.json
  attested bundle replay bundle.json
  attested verify bundle.json --policy mine.json --report-data "$CHALLENGE" --challenge`,
  },
  explain: {
    usage: ['attested explain CODE [--json]'],
    text: `Says what an error code means, which verdict it gives, and where its rule stands.

Exit status: 0 explained, 2 no such code

Example:
  attested explain REVOCATION_STALE`,
  },
}

const globalUsage =
  'attested verify | inspect | policy from-report | policy recommended | policy explain | policy diff | policy test | manifest check | manifest digest | manifest explain | manifest diff | manifest expect | kds url | kds fetch | bundle create | bundle inspect | bundle replay | explain'

const globalText = `Verifies AMD SEV-SNP attestation evidence and what it commits to.

${Object.values(commands)
  .map(({ usage }) => `  ${usage.join('\n  ')}`)
  .join('\n')}
  attested --version
  attested --help | attested COMMAND --help

- is standard input. --json prints one JSON object on standard output; remarks go to standard error.
No network is used but by kds fetch and verify --fetch: else bring the certificate and the CRL.

${statuses}

Example: draft a policy from a report that you trust, edit it, verify with it.
  attested policy from-report report.bin --vek vcek.der > policy.json
  attested verify report.bin --vek vcek.der --policy policy.json --report-data "$EXPECTED"`

export function printHelp(context: Context, command: string | null): number {
  const help = command === null ? undefined : commands[command]
  const text = help === undefined ? globalText : `${usageLines(help)}\n\n${help.text}`
  const { lab, now } = context.settings
  printText(context, lab ? `${text}\n\nIn the lab, --at defaults to ${now().toISOString()}.` : text)
  return exitStatus.done
}

const usageLines = ({ usage }: Help): string => `usage: ${usage.join('\n       ')}`

/** What to print after a mistake in these arguments. */
export function usageOf([command = '']: readonly string[]): string {
  const help = Object.hasOwn(commands, command) ? commands[command] : undefined
  return help === undefined
    ? `usage: ${globalUsage}\ntry: attested --help`
    : `${usageLines(help)}\ntry: attested ${command} --help`
}
