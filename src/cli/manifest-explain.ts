/** `attested manifest explain`: a manifest in words. */
import {
  type ManifestExplanation,
  type ManifestStatement,
  explainManifest,
  parseExpectations,
} from '../manifest/index.js'
import type { Context } from './context.js'
import { exitStatus } from './exit-status.js'
import { inputReader } from './files.js'
import { printHelp } from './help.js'
import { bytesOf, bytesText, noteForm, readManifestFile, readSchema } from './manifest-input.js'
import { readOptions } from './options.js'
import { printJson, printText, printableValue } from './output.js'

export async function manifestExplain(argv: readonly string[], context: Context): Promise<number> {
  const options = readOptions(argv, { schema: 'once', expect: 'once', json: 'flag' })
  if (options.flag('help')) return printHelp(context, 'manifest')
  const path = options.argument('FILE')
  const asked = readSchema(options)
  const expect = options.optional('expect')
  const read = inputReader(context.io)
  const bytes = await read(path, 'manifest')
  const expected = expect === null ? null : await read(expect, 'expectations')
  const manifest = readManifestFile(bytes, asked)
  const { schema } = manifest
  const explanation = explainManifest(
    manifest,
    expected === null ? null : parseExpectations(expected, schema),
  )
  noteForm(context, bytes, schema)
  if (options.flag('json')) {
    const { schema: _, ...rest } = explanation
    const output = { schema: 'attested/manifest-explanation@1', manifest: schema, ...rest }
    printJson(context, output)
  } else printText(context, textOf(explanation))
  return exitStatus.done
}

const headings: Readonly<Record<ManifestStatement['topic'], string>> = {
  agreement: 'the agreement:',
  participants: 'who takes part:',
  components: 'what runs:',
  data: 'what goes in:',
  channels: 'who exchanges data:',
  outputs: 'what comes out:',
  flow: 'who can end up with what, or with something made of it:',
  pins: 'what can be another thing than the one that was meant:',
}

function textOf({ schema, digest, statements, rules }: ManifestExplanation): string {
  const { errors, warnings, unchecked } = rules
  const lines = [
    `manifest ${schema}`,
    `  sha256 ${digest} of ${bytesText(bytesOf(schema))}`,
    `  rules: ${String(errors)} errors, ${String(warnings)} warnings, ${String(unchecked)} with something unchecked; "attested manifest check" lists them`,
  ]
  let topic: ManifestStatement['topic'] | null = null
  for (const statement of statements) {
    if (statement.topic !== topic) lines.push('', headings[statement.topic])
    topic = statement.topic
    lines.push(lineOf(statement))
  }
  return lines.join('\n')
}

const lineOf = ({ subject, text, severity }: ManifestStatement): string =>
  `${severity === 'warning' ? '! ' : '  '}${printableValue(subject)}: ${printableValue(text)}`
