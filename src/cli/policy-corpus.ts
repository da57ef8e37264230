/**
 * A corpus: a folder of evidence to try policies on. Each entry of it is one item.
 *
 * A file is evidence by itself, with what it does not hold in a case file beside it, `<file name>.json`. A folder
 * holds one evidence, its key `vek.der`, its CRL `crl.der`, and a case file `case.json`; or the case file names
 * them. The evidence may be a directory itself: one inside the folder, or the folder but for these three and what
 * the case file names, if a format of directories recognises it; the case file says so by `"evidence": "."`. Names
 * that begin with a dot are passed over. A case file is strict JSON, every key of it optional:
 *
 *   { "evidence": "report.bin", "format": "snp-report", "vek": "vcek.pem", "certificates": ["ask.pem"],
 *     "crls": [{ "file": "milan.crl", "fetchedAt": "2026-08-15T00:00:00Z", "scope": "vcek" }],
 *     "at": "2026-08-15T00:00:00Z", "reportData": "<128 hex>", "challenge": true, "expect": "accepted" }
 */
import { readdirSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fromHex } from '../encoding/hex.js'
import { parseStrictJson } from '../encoding/json.js'
import { type JsonValue, VerificationError, isVerificationError } from '../errors/index.js'
import { type EvidenceFormat, evidenceFormats } from '../evidence/index.js'
import { recogniseFormat } from '../evidence/recognise.js'
import type { CrlArgument, ExtrasArguments } from './evidence.js'
import { type ReadInput, maxInputBytes, readDirectory } from './files.js'
import { parseTime } from './time.js'
import { UsageError } from './usage-error.js'

const verdicts = ['accepted', 'rejected', 'unverifiable', 'malformed'] as const
export type ExpectedVerdict = (typeof verdicts)[number]

/** One item, named but not yet read. */
export interface CorpusItem {
  readonly name: string
  /** A file, or a directory with one report in several files. */
  readonly evidence: string
  /** Files of the corpus in that directory: no part of the evidence. */
  readonly omit: ReadonlySet<string>
  readonly format: EvidenceFormat | 'auto'
  readonly extras: ExtrasArguments
  readonly at: Date | null
  readonly reportData: Uint8Array | null
  readonly isChallenge: boolean
  readonly expect: ExpectedVerdict | null
}

/**
 * The items of a corpus, by name.
 *
 * @throws UsageError for a folder that is not there, or that holds nothing: to test nothing proves nothing.
 * @throws VerificationError `EVIDENCE_MALFORMED` for a case file that is not one.
 */
export async function readCorpus(folder: string, read: ReadInput): Promise<readonly CorpusItem[]> {
  const names = filesOf(folder)
  const isCase = (name: string): boolean => name.endsWith('.json') && isFile(join(folder, name.slice(0, -5)))
  const items: CorpusItem[] = []
  for (const name of names.filter((one) => !isCase(one))) {
    const path = join(folder, name)
    if (!isFile(path)) items.push(await folderItem(name, path, read))
    else {
      const stated = names.includes(`${name}.json`) ? await readCase(`${path}.json`, read) : {}
      items.push(itemOf(name, folder, { evidence: name }, stated))
    }
  }
  if (items.length === 0) throw new UsageError(`CORPUS ${folder} holds no evidence`)
  return items
}

const parts: ReadonlySet<string> = new Set(['vek.der', 'crl.der', 'case.json'])

async function folderItem(name: string, folder: string, read: ReadInput): Promise<CorpusItem> {
  const files = filesOf(folder)
  const has = (file: string): boolean => files.includes(file)
  const stated = has('case.json') ? await readCase(join(folder, 'case.json'), read) : {}
  const evidence = stated['evidence'] === undefined ? await evidenceIn(folder, files) : null
  const defaults = {
    ...(evidence === null ? {} : { evidence }),
    ...(has('vek.der') ? { vek: 'vek.der' } : {}),
    ...(has('crl.der') ? { crls: [{ file: 'crl.der' }] } : {}),
  }
  return itemOf(name, folder, defaults, stated)
}

/** The evidence in a folder whose case does not name it, or `null`. */
async function evidenceIn(folder: string, files: readonly string[]): Promise<string | null> {
  const others = files.filter((file) => !parts.has(file))
  const [only = null, ...more] = others
  if (more.length === 0) return only
  if (others.some((file) => isFile(join(folder, file))) && (await isEvidence(folder))) return '.'
  return others.includes('report.bin') ? 'report.bin' : null
}

/** True if a format of directories recognises the folder, without the files that belong to the corpus. */
async function isEvidence(folder: string): Promise<boolean> {
  const files = await readDirectory(folder, 'evidence', parts)
  try {
    return files !== null && (await recogniseFormat(files)).takes === 'files'
  } catch (error) {
    if (isVerificationError(error)) return false
    throw error
  }
}

type Case = Readonly<Record<string, JsonValue>>

function itemOf(name: string, folder: string, defaults: Case, stated: Case): CorpusItem {
  const whole: Case = { ...defaults, ...stated }
  const refuse = (problem: string): VerificationError =>
    new VerificationError('EVIDENCE_MALFORMED', `case of ${name}: ${problem}`, { item: name, problem })
  const text = (key: string): string | null => {
    const value = whole[key] ?? null
    if (value === null || typeof value === 'string') return value
    throw refuse(`${key} must be text`)
  }
  const time = (value: JsonValue, key: string): Date => {
    const parsed = typeof value === 'string' ? parseTime(value) : null
    if (parsed === null) throw refuse(`${key} must be a time with its offset`)
    return parsed
  }
  const oneOf = <T extends string>(key: string, known: readonly T[]): T | null => {
    const value = text(key)
    const found = known.find((one) => one === value) ?? null
    if (value !== null && found === null) throw refuse(`${key} must be one of ${known.join(', ')}`)
    return found
  }
  const list = (key: string): readonly JsonValue[] => {
    const value = whole[key] ?? []
    if (Array.isArray(value)) return value as readonly JsonValue[]
    throw refuse(`${key} must be a list`)
  }
  const file = (value: JsonValue | undefined, key: string): string => {
    if (typeof value !== 'string') throw refuse(`${key} must name a file`)
    return join(folder, value)
  }
  const crl = (entry: JsonValue): CrlArgument => {
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
      throw refuse('a CRL must be an object')
    const { file: path, fetchedAt, scope, ...more } = entry as Case
    const [unknown] = Object.keys(more)
    if (unknown !== undefined) throw refuse(`unknown key crls.${unknown}`)
    if (scope !== undefined && scope !== 'vcek' && scope !== 'vlek')
      throw refuse('scope must be vcek or vlek')
    return {
      path: file(path, 'crls.file'),
      ...(fetchedAt === undefined ? {} : { fetchedAt: time(fetchedAt, 'crls.fetchedAt') }),
      ...(scope === undefined ? {} : { scope }),
    }
  }
  const unknown = Object.keys(stated).find((key) => !caseKeys.includes(key))
  if (unknown !== undefined) throw refuse(`unknown key ${unknown}`)
  const { vek, at, challenge = false } = whole
  if (whole['evidence'] === undefined)
    throw refuse('not one file, no report.bin, and no directory of evidence: name the evidence')
  if (typeof challenge !== 'boolean') throw refuse('challenge must be true or false')
  const hex = text('reportData')
  const reportData = hex === null ? null : fromHex(hex)
  if (hex !== null && reportData?.length !== 64) throw refuse('reportData must be 128 hex digits')
  if (challenge && reportData === null) throw refuse('challenge needs reportData')
  const evidence = file(whole['evidence'], 'evidence')
  const extras = {
    vek: vek === undefined ? null : file(vek, 'vek'),
    crls: list('crls').map(crl),
    certificates: list('certificates').map((one) => file(one, 'certificates')),
  }
  return {
    name,
    evidence,
    omit: omitted(evidence, folder, extras),
    format: oneOf('format', ['auto', ...evidenceFormats]) ?? 'auto',
    extras,
    at: at === undefined ? null : time(at, 'at'),
    reportData,
    isChallenge: challenge,
    expect: oneOf('expect', verdicts),
  }
}

/** What a directory of evidence holds that is not of it: the parts of the item, and the files that its case names. */
function omitted(evidence: string, folder: string, extras: ExtrasArguments): ReadonlySet<string> {
  const named = [...extras.crls.map(({ path }) => path), ...extras.certificates]
  const inside = [...named, ...(extras.vek === null ? [] : [extras.vek])].filter(
    (path) => resolve(dirname(path)) === resolve(evidence),
  )
  return new Set([
    ...(resolve(folder) === resolve(evidence) ? parts : []),
    ...inside.map((path) => basename(path)),
  ])
}

const caseKeys: readonly string[] = [
  ...['evidence', 'format', 'vek', 'certificates', 'crls'],
  ...['at', 'reportData', 'challenge', 'expect'],
]

async function readCase(path: string, read: ReadInput): Promise<Case> {
  const what = `case ${path}`
  const json = parseStrictJson(await read(path, 'case'), {
    code: 'EVIDENCE_MALFORMED',
    what,
    maxLength: maxInputBytes,
    maxDepth: 4,
  })
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Case
  throw new VerificationError('EVIDENCE_MALFORMED', `${what}: must be an object`, {})
}

function filesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => !name.startsWith('.'))
      .sort()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : null
    if (code === null) throw error
    throw new UsageError(`cannot read CORPUS ${folder}: ${code === 'ENOTDIR' ? 'it is no folder' : code}`)
  }
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === false
