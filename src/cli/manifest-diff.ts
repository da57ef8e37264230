/** `attested manifest diff`: what changes between two manifests, and whether it permits more. */
import type { JsonValue } from '../errors/index.js'
import { toHex } from '../encoding/hex.js'
import { type ManifestChange, diffManifests } from '../manifest/index.js'
import type { Context } from './context.js'
import { exitStatus } from './exit-status.js'
import { inputReader } from './files.js'
import { printHelp } from './help.js'
import { readManifestFile, readSchema } from './manifest-input.js'
import { readOptions } from './options.js'
import { printJson, printText, printableValue } from './output.js'
import { UsageError } from './usage-error.js'

export async function manifestDiff(argv: readonly string[], context: Context): Promise<number> {
  const options = readOptions(argv, { schema: 'once', json: 'flag' })
  if (options.flag('help')) return printHelp(context, 'manifest')
  const [a, b] = options.twoArguments('A', 'B')
  const asked = readSchema(options)
  const read = inputReader(context.io)
  const texts = [await read(a, 'manifest A'), await read(b, 'manifest B')] as const
  const [before, after] = [
    readManifestFile(texts[0], asked, 'manifest A'),
    readManifestFile(texts[1], asked, 'manifest B'),
  ]
  if (before.schema !== after.schema) throw new UsageError('the manifests must be of one schema')
  const changes = diffManifests(before, after)
  const digests = { before: toHex(before.digest('sha256')), after: toHex(after.digest('sha256')) }
  if (options.flag('json')) {
    const output = { schema: 'attested/manifest-diff@1', manifest: before.schema, ...digests, changes }
    printJson(context, output)
  } else printText(context, textOf(changes, digests.before === digests.after))
  return exitStatus.done
}

const said = {
  widened: 'permits more',
  narrowed: 'permits less',
  changed: 'is another, and may permit more',
} as const

function textOf(changes: readonly ManifestChange[], isSameDigest: boolean): string {
  if (changes.length === 0)
    return isSameDigest
      ? 'the manifests are equal'
      : 'the manifests say the same, in other bytes: their digests differ'
  return changes
    .flatMap((change) => {
      const sentence = flowSentence(change)
      if (sentence !== null) return [sentence]
      const { path, effect, before, after } = change
      return [
        `${printableValue(path)}: ${said[effect]}`,
        ...(before === null ? [] : [`  - ${show(before)}`]),
        ...(after === null ? [] : [`  + ${show(after)}`]),
      ]
    })
    .join('\n')
}

const show = (value: JsonValue): string => printableValue(JSON.stringify(value))

const verbs: Readonly<Record<string, readonly [now: string, nowNot: string]>> = {
  receivers: ['can now reach', 'can no longer reach'],
  components: ['can now come to', 'can no longer come to'],
  network: ['can now be sent out by', 'can no longer be sent out by'],
}

/** A change of flow as a sentence; `null` for what is none. */
function flowSentence({ path, effect, before, after }: ManifestChange): string | null {
  const [, top, name = '', kind = ''] = path.split('/')
  const [now, nowNot] = verbs[kind] ?? []
  if (top !== 'flow' || now === undefined || nowNot === undefined) return null
  return `${printableValue(path)}: ${said[effect]}\n  ${printableValue(nameOf(name))} ${effect === 'widened' ? now : nowNot} ${who(after ?? before)}`
}

const nameOf = (escaped: string): string =>
  JSON.stringify(escaped.replaceAll('~1', '/').replaceAll('~0', '~'))

function who(value: JsonValue): string {
  const { names, more } = value as { readonly names: readonly string[]; readonly more: number }
  const shown = names.map((name) => printableValue(JSON.stringify(name))).join(', ')
  return more === 0 ? shown : `${shown} and ${String(more)} more`
}
