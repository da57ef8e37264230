/** `attested explain CODE`: what a code means and where its rule stands. */
import { errorCodes, explainCode } from '../errors/index.js'
import type { Context } from './context.js'
import { exitStatus } from './exit-status.js'
import { printHelp } from './help.js'
import { readOptions } from './options.js'
import { printJson, printText } from './output.js'
import { UsageError } from './usage-error.js'

export function explain(argv: readonly string[], context: Context): number {
  const options = readOptions(argv, { json: 'flag' })
  if (options.flag('help')) return printHelp(context, 'explain')
  const name = options.argument('CODE')
  const explained = explainCode(name)
  if (explained === null) {
    const near = nearCodes(name)
    const hint = near.length === 0 ? '' : `; did you mean ${near.join(', ')}?`
    throw new UsageError(`no such code ${JSON.stringify(name.slice(0, 80))}${hint}`)
  }
  const { code, stage, verdict, meaning, source } = explained
  if (options.flag('json')) {
    printJson(context, { schema: 'attested/explain@1', ...explained })
  } else {
    printText(
      context,
      [
        code,
        `  meaning  ${meaning}`,
        `  verdict  ${verdict} (exit status ${String(exitStatus[verdict])})`,
        `  stage    ${stage}`,
        `  source   ${source}`,
      ].join('\n'),
    )
  }
  return exitStatus.done
}

/** The codes that somebody may have meant, best first. */
function nearCodes(name: string): readonly string[] {
  const wanted = name
    .slice(0, 80)
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]+/g, '_')
  return errorCodes
    .map((code) => ({
      code,
      distance: code.includes(wanted) && wanted.length > 2 ? 1 : editDistance(wanted, code),
    }))
    .filter(({ distance }) => distance <= Math.max(2, wanted.length / 3))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 4)
    .map(({ code }) => code)
}

/** Levenshtein's: insertions, deletions and replacements from one to the other. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 0; i < from.length; i += 1) {
    const next = [i + 1]
    for (let j = 0; j < to.length; j += 1) {
      const replaced = (row[j] ?? 0) + (from[i] === to[j] ? 0 : 1)
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
