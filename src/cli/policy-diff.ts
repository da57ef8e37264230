/** `attested policy diff`: what changes between two policies, and whether it lets more in. */
import { type PolicyChange, diffPolicies, parsePolicy, policyDigest } from '../appraisal/index.js'
import type { JsonValue } from '../errors/index.js'
import type { Context } from './context.js'
import { exitStatus } from './exit-status.js'
import { inputReader } from './files.js'
import { printHelp } from './help.js'
import { readOptions } from './options.js'
import { printJson, printText, printableValue } from './output.js'

export async function policyDiff(argv: readonly string[], context: Context): Promise<number> {
  const options = readOptions(argv, { json: 'flag' })
  if (options.flag('help')) return printHelp(context, 'policy')
  const [a, b] = options.twoArguments('A', 'B')
  const read = inputReader(context.io)
  const texts = [await read(a, 'policy A'), await read(b, 'policy B')] as const
  const [before, after] = [await parsePolicy(texts[0]), await parsePolicy(texts[1])]
  const changes = diffPolicies(before, after)
  if (options.flag('json')) {
    const digests = { before: policyDigest(before), after: policyDigest(after) }
    const output = { schema: 'attested/policy-diff@1', ...digests, changes }
    printJson(context, output)
  } else printText(context, textOf(changes))
  return exitStatus.done
}

const said = {
  wider: 'accepts more',
  narrower: 'accepts less',
  same: 'accepts the same',
  other: 'may accept more and less',
} as const

function textOf(changes: readonly PolicyChange[]): string {
  if (changes.length === 0) return 'the policies are equal'
  return changes
    .flatMap(({ path, silicon, effect, before, after }) => [
      `${path}${silicon === null ? '' : ` (${silicon})`}: ${said[effect]}`,
      `  - ${show(before)}`,
      `  + ${show(after)}`,
    ])
    .join('\n')
}

const show = (value: JsonValue): string =>
  value === null ? 'nothing' : printableValue(JSON.stringify(value))
