/** `attested kds`: where AMD's key distribution service has what belongs to evidence, and fetching it. */
import { join } from 'node:path'
import { decodeEvidence, isVerificationError } from '../index.js'
import { chainUrl, crlUrl, vcekIdOf, vcekUrl } from '../kds/url.js'
import { advise } from './advice.js'
import type { Context } from './context.js'
import { readEvidence, readFormat } from './evidence.js'
import { exitStatus } from './exit-status.js'
import { inputReader } from './files.js'
import { printHelp } from './help.js'
import {
  type KdsArguments,
  type KdsNeed,
  asking,
  kdsArguments,
  kdsOptions,
  needOf,
  openKds,
  vcekOrRemark,
} from './kds-client.js'
import { type KdsFile, type KdsKind, fetchFiles, kdsKinds, writeFiles } from './kds-files.js'
import { type OptionSpec, type Options, readOptions } from './options.js'
import { note, printJson, printText } from './output.js'
import { UsageError } from './usage-error.js'

const spec: OptionSpec = { ...kdsOptions, format: 'once', kind: 'many', json: 'flag' }

export async function kdsCommand(argv: readonly string[], context: Context): Promise<number> {
  const [name, ...rest] = argv
  const run = name === 'url' ? url : name === 'fetch' ? fetchAll : null
  if (run === null) {
    if (name !== undefined && !name.startsWith('-'))
      throw new UsageError(`no such command: kds ${name.slice(0, 40)}`)
    if (readOptions(argv, {}).flag('help')) return printHelp(context, 'kds')
    throw new UsageError('kds needs url or fetch')
  }
  try {
    return await run(rest, context)
  } catch (error) {
    // What cannot be had is not the same as what cannot be read.
    if (!isVerificationError(error)) throw error
    note(context, `${error.code}: ${error.message}`)
    if (error.stage === 'EVIDENCE') advise(context, error.code)
    return exitStatus[error.verdict]
  }
}

/** What the arguments ask for; all that belongs to the evidence, unless they name some. */
function readKinds(options: Options): readonly KdsKind[] | null {
  const names = options.all('kind')
  const kinds = kdsKinds.filter((kind) => names.includes(kind))
  if (new Set(names).size !== kinds.length)
    throw new UsageError(`--kind must be one of ${kdsKinds.join(', ')}`)
  return names.length === 0 ? null : kinds
}

/** @throws VerificationError if a VCEK was asked for by name and there is none. */
function kindsFor(context: Context, need: KdsNeed, asked: readonly KdsKind[] | null): readonly KdsKind[] {
  if (asked === null) return vcekOrRemark(context, need) === null ? ['chain', 'crl'] : kdsKinds
  if (asked.includes('vcek')) vcekIdOf(need.report, need.product)
  return asked
}

async function readNeed(options: Options, context: Context, args: KdsArguments): Promise<KdsNeed> {
  const path = options.argument('EVIDENCE')
  const format = readFormat(options)
  const evidence = await decodeEvidence(await readEvidence(path, inputReader(context.io)), format)
  if (format === 'auto') note(context, `evidence recognised as ${evidence.format}`)
  return needOf(evidence, args)
}

function urlOf({ report, product, kind }: KdsNeed, document: KdsKind, baseUrl: string): string {
  if (document === 'vcek') return vcekUrl(vcekIdOf(report, product), baseUrl)
  return document === 'chain' ? chainUrl(product, kind, baseUrl) : crlUrl(product, kind, baseUrl)
}

async function url(argv: readonly string[], context: Context): Promise<number> {
  const options = readOptions(argv, spec)
  if (options.flag('help')) return printHelp(context, 'kds')
  const args = kdsArguments(options)
  const asked = readKinds(options)
  const need = await readNeed(options, context, args)
  const urls = kindsFor(context, need, asked).map((kind) => [kind, urlOf(need, kind, args.baseUrl)] as const)
  if (options.flag('json'))
    printJson(context, { schema: 'attested/kds-urls@1', ...noUrls, ...Object.fromEntries(urls) })
  else printText(context, urls.map(([, text]) => text).join('\n'))
  return exitStatus.done
}

const noUrls = { vcek: null, chain: null, crl: null }

async function fetchAll(argv: readonly string[], context: Context): Promise<number> {
  const options = readOptions(argv, { ...spec, out: 'once' })
  if (options.flag('help')) return printHelp(context, 'kds')
  const args = kdsArguments(options)
  const asked = readKinds(options)
  const folder = options.required('out')
  const client = await openKds(context, args, 'kds fetch')
  const need = await readNeed(options, context, args)
  const kinds = kindsFor(context, need, asked)
  // All of it is here before any of it is written.
  const files = await asking(context, args, () => fetchFiles(client, need, kinds))
  const record = await writeFiles(folder, files, {
    product: need.product,
    signer: need.kind,
    source: args.baseUrl,
  })
  if (options.flag('json')) printJson(context, record)
  else printText(context, files.map((file) => lineOf(folder, file)).join('\n'))
  note(context, 'nothing is verified: "attested verify" does that')
  return exitStatus.done
}

/** As `verify` takes it. */
function lineOf(folder: string, { name, option, fetchedAt, scope }: KdsFile): string {
  const more = scope === null ? '' : `,fetched=${fetchedAt},scope=${scope}`
  return `--${option} ${join(folder, name)}${more}`
}
