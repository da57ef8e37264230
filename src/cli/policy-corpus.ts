/**
 * A corpus: a folder of evidence to try policies on. Each entry of it is one item.
 *
 * A file is evidence by itself, with what it does not hold in a case file beside it, `<file name>.json`. A folder
 * holds one evidence, its key `vek.der`, its CRL `crl.der`, and a case file `case.json`; or the case file names
 * them. Names that begin with a dot are passed over. A case file is strict JSON, every key of it optional:
 *
 *   { "evidence": "report.bin", "format": "snp-report", "vek": "vcek.pem", "certificates": ["ask.pem"],
 *     "crls": [{ "file": "milan.crl", "fetchedAt": "2026-08-15T00:00:00Z", "scope": "vcek" }],
 *     "at": "2026-08-15T00:00:00Z", "reportData": "<128 hex>", "challenge": true, "expect": "accepted" }
 */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fromHex } from '../encoding/hex.js'
import { parseStrictJson } from '../encoding/json.js'
import { type JsonValue, VerificationError } from '../errors/index.js'
import { type EvidenceFormat, evidenceFormats } from '../evidence/index.js'
import type { CrlArgument, ExtrasArguments } from './evidence.js'
import { type ReadInput, maxInputBytes } from './files.js'
import { parseTime } from './time.js'
import { UsageError } from './usage-error.js'

const verdicts = ['accepted', 'rejected', 'unverifiable', 'malformed'] as const
export type ExpectedVerdict = (typeof verdicts)[number]

/** One item, named but not yet read. */
export interface CorpusItem {
  readonly name: string
  readonly evidence: string
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
      const caseFile = names.includes(`${name}.json`) ? `${path}.json` : null
      items.push(await itemOf(name, folder, { evidence: name }, caseFile, read))
    }
  }
  if (items.length === 0) throw new UsageError(`CORPUS ${folder} holds no evidence`)
  return items
}

const parts = ['vek.der', 'crl.der', 'case.json']

async function folderItem(name: string, folder: string, read: ReadInput): Promise<CorpusItem> {
  const files = filesOf(folder)
  const has = (file: string): boolean => files.includes(file)
  const others = files.filter((file) => !parts.includes(file))
  const [only = null] = others.length === 1 ? others : ['report.bin'].filter(has)
  const defaults = {
    ...(only === null ? {} : { evidence: only }),
    ...(has('vek.der') ? { vek: 'vek.der' } : {}),
    ...(has('crl.der') ? { crls: [{ file: 'crl.der' }] } : {}),
  }
  return itemOf(name, folder, defaults, has('case.json') ? join(folder, 'case.json') : null, read)
}

type Case = Readonly<Record<string, JsonValue>>

async function itemOf(
  name: string,
  folder: string,
  defaults: Case,
  caseFile: string | null,
  read: ReadInput,
): Promise<CorpusItem> {
  const stated = caseFile === null ? {} : readCase(caseFile, await read(caseFile, 'case'))
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
    throw refuse('several files, none of them report.bin: name the evidence')
  if (typeof challenge !== 'boolean') throw refuse('challenge must be true or false')
  const hex = text('reportData')
  const reportData = hex === null ? null : fromHex(hex)
  if (hex !== null && reportData?.length !== 64) throw refuse('reportData must be 128 hex digits')
  if (challenge && reportData === null) throw refuse('challenge needs reportData')
  return {
    name,
    evidence: file(whole['evidence'], 'evidence'),
    format: oneOf('format', ['auto', ...evidenceFormats]) ?? 'auto',
    extras: {
      vek: vek === undefined ? null : file(vek, 'vek'),
      crls: list('crls').map(crl),
      certificates: list('certificates').map((one) => file(one, 'certificates')),
    },
    at: at === undefined ? null : time(at, 'at'),
    reportData,
    isChallenge: challenge,
    expect: oneOf('expect', verdicts),
  }
}

const caseKeys: readonly string[] = [
  ...['evidence', 'format', 'vek', 'certificates', 'crls'],
  ...['at', 'reportData', 'challenge', 'expect'],
]

function readCase(path: string, bytes: Uint8Array): Case {
  const what = `case ${path}`
  const json = parseStrictJson(bytes, {
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
