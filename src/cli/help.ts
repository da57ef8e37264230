/** Help: of each command, of all of them, and what to print after a mistake. */
import type { Context } from './context.js'
import { exitStatus } from './exit-status.js'
import { explainHelp, manifestHelp, policyHelp } from './help-documents.js'
import { bundleHelp, inspectHelp, kdsHelp, verifyHelp } from './help-evidence.js'
import { type Help, usageStatuses, verdictStatuses } from './help-options.js'
import { printText } from './output.js'

const commands: Readonly<Record<string, Help>> = {
  verify: verifyHelp,
  inspect: inspectHelp,
  policy: policyHelp,
  manifest: manifestHelp,
  kds: kdsHelp,
  bundle: bundleHelp,
  explain: explainHelp,
}

/** `verify | inspect | policy from-report | …` */
const names = Object.values(commands)
  .flatMap(({ usage }) => usage)
  .flatMap((line) => /^attested ([a-z]+(?: [a-z-]+)?)/.exec(line)?.[1] ?? [])
  .join(' | ')

const globalText = `Verifies AMD SEV-SNP attestation evidence and what it commits to.

${Object.values(commands)
  .map(({ usage }) => `  ${usage.join('\n  ')}`)
  .join('\n')}
  attested --version
  attested --help | attested COMMAND --help

- is standard input. --json prints one JSON object on standard output, by a schema in docs/schema of the package; remarks
go to standard error. No network is used but by kds fetch and verify --fetch: else bring the certificate and the CRL.

Exit status of verify and bundle create: ${verdictStatuses},
             ${usageStatuses}
Of the others: 0 done, 10 findings that refuse, 20 not to be had (kds), 30 something cannot be read, 2 and 1 as above

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
    ? `usage: attested ${names}\ntry: attested --help`
    : `${usageLines(help)}\ntry: attested ${command} --help`
}
