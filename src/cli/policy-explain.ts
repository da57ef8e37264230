/** `attested policy explain`: a policy in words. */
import {
  type BulletinStanding,
  type FloorExplanation,
  type LevelText,
  type PolicyExplanation,
  type Unchecked,
  explainPolicy,
  parsePolicy,
} from '../appraisal/index.js'
import { isUnchecked } from '../errors/ledger.js'
import type { Context } from './context.js'
import { exitStatus } from './exit-status.js'
import { inputReader } from './files.js'
import { printHelp } from './help.js'
import { readOptions } from './options.js'
import { printJson, printText, printableValue } from './output.js'

export async function policyExplain(argv: readonly string[], context: Context): Promise<number> {
  const options = readOptions(argv, { json: 'flag' })
  if (options.flag('help')) return printHelp(context, 'policy')
  const path = options.argument('FILE')
  const policy = await parsePolicy(await inputReader(context.io)(path, 'policy'))
  const explanation = explainPolicy(policy)
  if (options.flag('json')) printJson(context, { schema: 'attested/policy-explanation@1', ...explanation })
  else printText(context, textOf(explanation))
  return exitStatus.done
}

function textOf({ digest, statements, open, floors, bulletins, edition }: PolicyExplanation): string {
  const lines = [
    `policy ${digest}`,
    '',
    'demands:',
    ...statements.map(({ path, text }) => `  ${path}: ${printableValue(text)}`),
    '',
    'leaves open:',
    ...open.map(({ path, reason }) => `  ${path}: ${printableValue(reason)}`),
    '',
    'TCB floors (decimal, and hexadecimal as in bulletins):',
    ...(floors.length === 0 ? ['  none'] : floors.flatMap(floorLines)),
    '',
    `known bulletins (edition ${edition}; there are more than these):`,
    ...bulletins.map(bulletinLine),
  ]
  return lines.join('\n')
}

function floorLines({ product, silicon, tcbs, mitigations }: FloorExplanation): readonly string[] {
  return [
    `  ${product}, ${silicon}`,
    ...Object.entries(tcbs).map(([name, levels]) => `    ${name.padEnd(11)} ${levelsText(levels)}`),
    `    ${'mitigations'.padEnd(11)} ${typeof mitigations === 'string' ? mitigations : openText(mitigations)}`,
  ]
}

const openText = ({ unchecked }: Unchecked): string => `open: ${printableValue(unchecked)}`

const levelsText = (levels: readonly LevelText[] | Unchecked): string =>
  isUnchecked(levels)
    ? openText(levels)
    : levels.map(({ component, decimal, hex }) => `${component} ${String(decimal)} (${hex})`).join(', ')

function bulletinLine({
  bulletin,
  product,
  silicon,
  standing,
  below,
  belowAtLaunch,
  confidence,
}: BulletinStanding): string {
  const said = {
    met: 'met',
    missed: `MISSED, below the fix in ${below.join(', ')}`,
    notAccepted: 'nothing on it is accepted',
    unchecked: 'OPEN, tcb is unchecked',
  }[standing]
  const launch = belowAtLaunch !== null && belowAtLaunch.length > 0
  const note = launch ? `; at launch it may have been below in ${belowAtLaunch.join(', ')}` : ''
  return `  ${bulletin} on ${product}, ${silicon}: ${said}${note} (${confidence})`
}
