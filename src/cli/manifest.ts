/** `attested manifest`: the rules on a manifest (here), and what helps to read one (beside this file). */
import { isVerificationError } from '../errors/index.js'
import { type ManifestCheck, checkManifestText, parseExpectations } from '../manifest/index.js'
import type { Context } from './context.js'
import { exitStatus } from './exit-status.js'
import { inputReader } from './files.js'
import { printHelp } from './help.js'
import { manifestDiff } from './manifest-diff.js'
import { manifestDigest } from './manifest-digest.js'
import { manifestExpect } from './manifest-expect.js'
import { manifestExplain } from './manifest-explain.js'
import { bytesOf, bytesText, noteForm, readSchema, schemaOf } from './manifest-input.js'
import { readOptions } from './options.js'
import { note, printJson, printText, printableValue } from './output.js'
import { UsageError } from './usage-error.js'

export async function manifestCommand(argv: readonly string[], context: Context): Promise<number> {
  try {
    return await dispatch(argv, context)
  } catch (error) {
    // The text was read, and is no manifest: as a finding of M1, and not as something that cannot be read.
    if (!isVerificationError(error) || error.code !== 'MANIFEST_SCHEMA') throw error
    note(context, `${error.code}: ${error.message}`)
    return exitStatus.rejected
  }
}

async function dispatch(argv: readonly string[], context: Context): Promise<number> {
  const [name, ...rest] = argv
  if (name === 'check') return check(rest, context)
  if (name === 'digest') return manifestDigest(rest, context)
  if (name === 'explain') return manifestExplain(rest, context)
  if (name === 'diff') return manifestDiff(rest, context)
  if (name === 'expect') return manifestExpect(rest, context)
  if (name === undefined || name.startsWith('-')) {
    const options = readOptions(argv, {})
    if (options.flag('help')) return printHelp(context, 'manifest')
    throw new UsageError('manifest needs check, digest, explain, diff or expect')
  }
  throw new UsageError(`no such command: manifest ${name.slice(0, 40)}`)
}

async function check(argv: readonly string[], context: Context): Promise<number> {
  const options = readOptions(argv, { schema: 'once', expect: 'once', json: 'flag' })
  if (options.flag('help')) return printHelp(context, 'manifest')
  const path = options.argument('FILE')
  const asked = readSchema(options)
  const expect = options.optional('expect')
  const read = inputReader(context.io)
  const bytes = await read(path, 'manifest')
  const expected = expect === null ? null : await read(expect, 'expectations')
  const schema = schemaOf(bytes, asked, 'manifest')
  const expectations = expected === null ? null : parseExpectations(expected, schema)
  const result = checkManifestText(bytes, { schema, bytes: bytesOf(schema) }, expectations)
  noteForm(context, bytes, schema)
  if (options.flag('json')) printJson(context, result)
  else printText(context, textOf(result))
  return result.findings.some(({ severity }) => severity === 'error') ? exitStatus.rejected : exitStatus.done
}

function textOf({ schema, digest, findings, unchecked }: ManifestCheck): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length
  return [
    `manifest ${schema}`,
    `  sha256 ${digest} of ${bytesText(bytesOf(schema))}`,
    ...findings.map(
      ({ rule, severity, path, message }) =>
        `${severity.padEnd(9)} ${rule.padEnd(3)} ${path === '' ? 'document' : printableValue(path)}: ${printableValue(message)}`,
    ),
    ...unchecked.map(({ rule, reason }) => `unchecked ${rule.padEnd(3)} ${printableValue(reason)}`),
    `errors: ${String(errors)}, warnings: ${String(findings.length - errors)}, unchecked: ${String(unchecked.length)}`,
  ].join('\n')
}
