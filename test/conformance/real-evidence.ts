// The real evidence as the runs need it: items, genuine CRLs by product line, and AMD's published authorities.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { amdRoots } from '../../src/product/roots.js'
import type { ProductLine } from '../../src/product/line.js'
import { fromPem } from '../../src/encoding/pem.js'
import { createEndorsementCache } from '../../src/endorsement/cache.js'
import { appraiseEvidence, verifyDebugEvidence } from '../../src/index.js'
import { type KnownCrl, type Subject, type TestVerifier, makeSubject } from '../support/policy-subject.js'
import { type RealItem, realFolder, realItems, repositoryRoot } from '../support/real-folder.js'

/** The functions that the package exports: over AMD's roots. */
export const amdVerifier: TestVerifier = { appraiseEvidence, verifyDebugEvidence }

export const amdCache = createEndorsementCache()

const bytesOf = (...path: readonly string[]): Uint8Array => new Uint8Array(readFileSync(join(...path)))

export function fileOf({ folder, meta }: RealItem, role: string): Uint8Array | null {
  const name = meta.files[role]
  return name === undefined ? null : bytesOf(folder, name)
}

export function reportOf(item: RealItem): Uint8Array {
  const report = fileOf(item, 'report')
  if (report === null) throw new Error(`${item.slug} has no report`)
  return report
}

export function lineOf({ slug, meta }: RealItem): ProductLine {
  const line = meta.productLine
  if (line !== 'Milan' && line !== 'Genoa' && line !== 'Turin') throw new Error(`${slug}: no such line`)
  return line
}

const text = (value: unknown, what: string): string => {
  if (typeof value !== 'string') throw new Error(`${what} is no text`)
  return value
}

/** What crls/meta.json says about each CRL. */
export interface CrlMeta {
  readonly file: string
  readonly issuer: string
  readonly crlNumber: number
  readonly thisUpdate: string
  readonly nextUpdate: string
  readonly entries: readonly { readonly serial: string; readonly revoked: string }[]
  readonly sha256: string
}

export interface RealCrl extends KnownCrl {
  readonly line: ProductLine
  readonly meta: CrlMeta
}

function readMeta<T>(folder: string, key: string): T {
  const meta: unknown = JSON.parse(readFileSync(join(folder, 'meta.json'), 'utf8'))
  if (typeof meta !== 'object' || meta === null || !(key in meta)) throw new Error(`${folder}: no ${key}`)
  return (meta as Readonly<Record<string, unknown>>)[key] as T
}

/** Genoa's CRL number 9, which the repository ships: it is a published figure. */
const genoa9: CrlMeta = {
  file: 'genoa-9.crl.pem',
  issuer: 'ARK-Genoa',
  crlNumber: 9,
  thisUpdate: '2026-07-28T04:07:23Z',
  nextUpdate: '2026-09-09T00:00:00Z',
  entries: [{ serial: '0x20001', revoked: '2022-10-31T12:00:00Z' }],
  sha256: 'c25802b0dd6388868993ff660df4a607a83a82dfcaa85fa805eb0c12d3b8d611',
}

/** Every genuine CRL there is, oldest first per line; empty without the folder of real evidence. */
export function realCrls(): readonly RealCrl[] {
  const top = realFolder()
  if (top === null) return []
  const metas = readMeta<readonly CrlMeta[]>(join(top, 'crls'), 'crls')
  const listed = metas.map((meta) => crlOf(meta, bytesOf(top, 'crls', meta.file)))
  return [...listed, crlOf(genoa9, shippedPem(genoa9.file))]
}

/** The one block of a PEM file among the published figures that the repository ships. */
function shippedPem(name: string): Uint8Array {
  const [block, ...more] = fromPem(readFileSync(join(repositoryRoot(), 'vectors/real', name), 'utf8')) ?? []
  if (block === undefined || more.length > 0) throw new Error(`${name} is not one PEM block`)
  return block.bytes
}

function crlOf(meta: CrlMeta, der: Uint8Array): RealCrl {
  const line = meta.issuer.slice('ARK-'.length)
  if (line !== 'Milan' && line !== 'Genoa') throw new Error(`${meta.file}: a CRL of ${meta.issuer}`)
  const { crlNumber: number, nextUpdate } = meta
  return { name: `${line} CRL ${number}`, line, der, number, nextUpdate: new Date(nextUpdate), meta }
}

/** The endorsement keys that came without a report. */
export interface KeyMeta {
  readonly file: string
  readonly issuer: string
  readonly notBefore: string
  readonly hwId: string
  readonly productName: string
  readonly tcb: Readonly<Record<string, number>>
  readonly sha256: string
}

export function realKeys(): readonly { readonly meta: KeyMeta; readonly der: Uint8Array }[] {
  const top = realFolder()
  if (top === null) return []
  const metas = readMeta<readonly KeyMeta[]>(join(top, 'veks'), 'veks')
  return metas.map((meta) => ({ meta, der: bytesOf(top, 'veks', meta.file) }))
}

/** The genuine but revoked SEV-Genoa certificate. */
export function revokedAsk(): Uint8Array | null {
  const top = realFolder()
  return top === null ? null : bytesOf(top, 'revoked-ask-genoa', 'ask.der')
}

/** An item as a subject: its evidence, judged when its meta.json says. */
export function realSubject(item: RealItem): Subject {
  const { meta, slug } = item
  const leaf = fileOf(item, 'vek')
  if (leaf === null || meta.vek === null) throw new Error(`${slug} has no endorsement key`)
  const line = lineOf(item)
  const crls = realCrls()
  const foreign = crls.find((crl) => crl.line !== line)
  if (foreign === undefined) throw new Error('there are CRLs of two lines')
  return makeSubject({
    name: slug,
    source: 'real',
    line,
    signer: meta.signer === 'vlek' ? 'vlek' : 'vcek',
    report: reportOf(item),
    leaf,
    leafFrom: new Date(text(meta.vek['notBefore'], `${slug}: notBefore`)),
    leafUntil: new Date(text(meta.vek['notAfter'], `${slug}: notAfter`)),
    at: new Date(meta.expect.at),
    verifier: amdVerifier,
    cache: amdCache,
    crls: crls.filter((crl) => crl.line === line),
    foreignCrl: foreign.der,
    authorities: (of) => amdRoots(of),
  })
}

/** The items that must be accepted. */
export function acceptedSubjects(): readonly Subject[] {
  return realItems()
    .filter(({ meta }) => meta.expect.core === 'accepted')
    .map(realSubject)
}
