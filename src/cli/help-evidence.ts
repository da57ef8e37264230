/** Help of the commands that read evidence. */
import { amdKds } from '../kds/url.js'
import {
  type Help,
  bindingHelp,
  bindingUsage,
  evidenceHelp,
  extrasHelp,
  extrasUsage,
  formatHelp,
  productHelp,
  timeHelp,
  usageStatuses,
  verdictStatuses,
} from './help-options.js'

const [binding = '', ...bindingMore] = bindingUsage

export const verifyHelp: Help = {
  usage: [
    `attested verify EVIDENCE --policy FILE ${binding}`,
    ...bindingMore,
    ...extrasUsage,
    '                [--certificate FILE]... [--at TIME] [--fetch [--kds-base URL] [--product NAME]] [--json]',
  ],
  text: `Verifies evidence: structure, endorsement key, chain to AMD's pinned root, revocation, signature, policy,
and what REPORT_DATA commits to. Every check is printed, those that were not made too.

${evidenceHelp}
  --policy FILE            policy, version 1; "attested policy" drafts one
${bindingHelp}
${formatHelp}
${extrasHelp}
${timeHelp}
  --fetch                  asks AMD's key distribution service for what is missing: the VCEK where the evidence has no
                           key, the CRL where no --crl is given. AMD learns the chip and its TCB. Where it cannot be
                           had the evidence is unverifiable, and the code begins with KDS_
  --kds-base URL           ... through this proxy
${productHelp}
  --json                   the verdict as one JSON object (schema attested/verdict@1)

Exit status: ${verdictStatuses},
             ${usageStatuses}

Examples:
  attested verify report.bin --vek vcek.der --crl milan.crl,fetched=2026-08-15T00:00:00Z \\
      --policy policy.json --report-data "$CHALLENGE" --challenge
  attested verify quote.json --format tsm --policy policy.json --unchecked-report-data "stored sample" --json
  fetch-report | attested verify - --vek vcek.der --policy policy.json --report-data "$EXPECTED"
  attested verify report.bin --vek vcek.der --policy policy.json --binding manifest-nonce/1 \\
      --manifest manifest.json --input nonce=hex:$CHALLENGE`,
}

export const inspectHelp: Help = {
  usage: [
    'attested inspect EVIDENCE [--format NAME] [--vek FILE] [--crl FILE[,fetched=TIME][,scope=vcek|vlek]]...',
    '                [--certificate FILE]... [--json]',
  ],
  text: `Shows what evidence says: the report's fields, its certificates and CRLs, and by size and digest what else came with
it. NOTHING IS VERIFIED, and the output says so. Also shows what no policy accepts: debug guests, unsigned reports,
reports that the host requested.

${evidenceHelp}.
                           Or certificates and CRLs alone, PEM or DER
${formatHelp};
                           or certificates. A certificate, or a request for one, with evidence in an extension is that
                           evidence, unless this names certificates
  --vek FILE, --crl FILE, --certificate FILE
                           shown with the evidence
  --json                   one JSON object (schema attested/inspect@1)

Exit status: 0 shown, 30 cannot be read or is of a kind that is not known (such as a report of version 6),
             ${usageStatuses}

Examples:
  attested inspect report.bin --vek vcek.der
  attested inspect cert_chain.pem
  attested inspect quote.json --json`,
}

export const kdsHelp: Help = {
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

${evidenceHelp}
${formatHelp}
  --kind NAME              vcek, chain or crl. May be repeated; default: all that there is. There is no VCEK for a report
                           that a VLEK signed, and none can be asked for where CHIP_ID is masked
  --kds-base URL           a proxy in the place of ${amdKds}
${productHelp}
  --out DIR                the folder, made if it is not there
  --json                   one JSON object (schema attested/kds-urls@1, attested/kds-fetch@1)

Exit status: 0 done, 20 it cannot be had, now or at all, or the report is of a kind that is not known,
             30 evidence cannot be read,
             ${usageStatuses}

Examples:
  attested kds url report.bin --kind vcek
  attested kds fetch report.bin --out collateral`,
}

export const bundleHelp: Help = {
  usage: [
    `attested bundle create EVIDENCE --policy FILE ${binding}`,
    ...bindingMore,
    ...extrasUsage,
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

${evidenceHelp}
  --policy FILE            policy, version 1; "attested policy" drafts one
${bindingHelp}
${formatHelp}
${extrasHelp}
${timeHelp}
  --out FILE               where to write the bundle; default: standard output
  --json                   what was written as one JSON object (schema attested/bundle-created@1); needs --out

inspect shows what a bundle holds and what its record says. NOTHING IS VERIFIED, and the output says so.

  BUNDLE                   a file, or - for standard input
  --json                   one JSON object (schema attested/bundle-inspection@1)

replay recomputes the verdict by the policy and at the time in the record, and says "reproduced" or "not reproduced". That
is no verdict on the evidence: policy and time are those of whoever made the bundle.

  BUNDLE                   a file, or - for standard input
  --json                   one JSON object (schema attested/replay@1)

Exit status: (create) that of the verdict: ${verdictStatuses}
             (replay) 0 reproduced, 10 not reproduced; (inspect) 0 shown
             30 a bundle, evidence or a document cannot be read,
             ${usageStatuses}

Examples:
  attested bundle create report.bin --vek vcek.der --crl milan.crl --policy policy.json \\
      --report-data "$CHALLENGE" --challenge --at 2026-08-15T00:00:00Z --out bundle.json
  attested bundle replay bundle.json
  attested verify bundle.json --policy mine.json --report-data "$CHALLENGE" --challenge`,
}
