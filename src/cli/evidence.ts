/** Evidence as arguments name it: a file or directory, its format, and what it does not hold itself. */
import {
  type CrlInput,
  type EvidenceExtras,
  type EvidenceFormat,
  evidenceFormats,
} from '../evidence/index.js'
import { type ReadInput, readDirectory } from './files.js'
import type { OptionSpec, Options } from './options.js'
import { exampleTime, parseTime } from './time.js'
import { UsageError } from './usage-error.js'

export const extrasOptions: OptionSpec = { vek: 'once', crl: 'many', certificate: 'many' }

/** The format that was asked for; `more` are further names that the command takes. */
export function readFormat<More extends string = never>(
  options: Options,
  more: readonly More[] = [],
): EvidenceFormat | 'auto' | More {
  const name = options.optional('format') ?? 'auto'
  const known = ['auto' as const, ...evidenceFormats, ...more]
  const format = known.find((one) => one === name)
  if (format === undefined) throw new UsageError(`--format must be one of ${known.join(', ')}`)
  return format
}

/** Evidence is a file, or a directory with one report in several files. */
export type EvidenceInput = Uint8Array | ReadonlyMap<string, Uint8Array>

/** @param omit - Names of files that are beside the evidence in its directory, and no part of it. */
export async function readEvidence(
  path: string,
  read: ReadInput,
  omit: ReadonlySet<string> = new Set(),
): Promise<EvidenceInput> {
  const files = path === '-' ? null : await readDirectory(path, 'evidence', omit)
  return files ?? read(path, 'evidence')
}

export interface CrlArgument {
  readonly path: string
  readonly fetchedAt?: Date
  readonly scope?: 'vcek' | 'vlek'
}

/** What the arguments add to the evidence, checked but not yet read. */
export interface ExtrasArguments {
  readonly vek: string | null
  readonly crls: readonly CrlArgument[]
  readonly certificates: readonly string[]
}

export function extrasArguments(options: Options): ExtrasArguments {
  return {
    vek: options.optional('vek'),
    crls: options.all('crl').map(crlArgument),
    certificates: options.all('certificate'),
  }
}

/** `FILE[,fetched=RFC3339][,scope=vcek|vlek]`, from the right: a file name may have commas. */
function crlArgument(text: string): CrlArgument {
  let path = text
  let found: Omit<CrlArgument, 'path'> = {}
  for (;;) {
    const [whole = '', key, value = ''] = /,(fetched|scope)=([^,]*)$/.exec(path) ?? []
    if (key === undefined) break
    path = path.slice(0, -whole.length)
    if (key === 'fetched') {
      const fetchedAt = parseTime(value)
      if (fetchedAt === null) throw new UsageError(`--crl: fetched must be a time such as ${exampleTime}`)
      if (found.fetchedAt !== undefined) throw new UsageError('--crl: fetched is given twice')
      found = { ...found, fetchedAt }
    } else {
      if (value !== 'vcek' && value !== 'vlek') throw new UsageError('--crl: scope must be vcek or vlek')
      if (found.scope !== undefined) throw new UsageError('--crl: scope is given twice')
      found = { ...found, scope: value }
    }
  }
  return { path, ...found }
}

export async function readExtras(
  { vek, crls, certificates }: ExtrasArguments,
  read: ReadInput,
): Promise<EvidenceExtras> {
  const readCrls: CrlInput[] = []
  for (const { path, ...facts } of crls) readCrls.push({ crl: await read(path, 'CRL'), ...facts })
  const readCertificates: Uint8Array[] = []
  for (const path of certificates) readCertificates.push(await read(path, 'certificate'))
  return {
    ...(vek === null ? {} : { endorsementKey: await read(vek, 'endorsement key') }),
    certificates: readCertificates,
    crls: readCrls,
  }
}
