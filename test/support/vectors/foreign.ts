// The vectors that other code than ours made: vectors/foreign. They hold what a random number decided, so they are
// made once (`npm run vectors -- --foreign`) and committed; a plain `npm run vectors` checks that they are whole.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LINES } from '../names.js'
import { repositoryRoot } from '../real-folder.js'
import { certificateGroup, intermediateGroup } from './foreign-certificates.js'
import { commitmentGroups } from './foreign-commitments.js'
import { crlGroup } from './foreign-crls.js'
import { type ForeignKit, foreignFile, foreignKit } from './foreign-kit.js'
import { containerGroup, digestGroup, reportGroup } from './foreign-layouts.js'
import { opensslVersion } from './foreign-openssl.js'
import { pythonVersion } from './foreign-python.js'
import { signatureGroup } from './foreign-signatures.js'
import type { VectorFile } from './format.js'
import { base64 } from './inputs.js'

const vectors = join(repositoryRoot(), 'vectors')
const folder = join(vectors, 'foreign')
const trustFile = join(vectors, 'trust/openssl.json')

/** How each file is made, by its name. */
const makers: Readonly<Record<string, (kit: ForeignKit) => VectorFile>> = {
  openssl: (kit) =>
    foreignFile(`${opensslVersion()}: certificates and CRLs`, [
      certificateGroup(kit),
      intermediateGroup(kit),
      crlGroup(kit),
    ]),
  'node-crypto': (kit) =>
    foreignFile(`node:crypto of Node ${process.versions.node}: report signatures`, [
      signatureGroup(kit),
    ]),
  python: (kit) =>
    foreignFile(`${pythonVersion()}, struct and hashlib: reports, digests, tables`, [
      reportGroup(kit),
      digestGroup(kit),
      containerGroup(kit),
    ]),
  commitments: (kit) =>
    foreignFile(
      `${pythonVersion()}, hashlib and json, and ${opensslVersion()}: commitments`,
      commitmentGroups(kit),
    ),
}

/** Makes the files of these names. The anchors stand under all of them, so they are made anew with all alone. */
export function makeForeign(names: readonly string[] = Object.keys(makers)): void {
  const kit = foreignKit()
  mkdirSync(folder, { recursive: true })
  if (names.length === Object.keys(makers).length) writeTrust(kit)
  for (const name of names) {
    const make = Object.hasOwn(makers, name) ? makers[name] : undefined
    if (make === undefined) throw new Error(`no foreign file ${name}`)
    const file = make(kit)
    write(join(folder, `${name}.json`), file)
    process.stderr.write(`foreign, ${name}: ${String(file.numberOfTests)}\n`)
  }
}

function writeTrust(kit: ForeignKit): void {
  const trust = Object.fromEntries(
    LINES.map((line) => {
      const { ark, ask, asvk } = kit.lines[line]
      return [line, { ark: base64(ark.der), ask: base64(ask.der), asvk: base64(asvk.der), revoked: [] }]
    }),
  )
  write(trustFile, trust)
}

const write = (path: string, value: unknown): void =>
  writeFileSync(path, JSON.stringify(value, null, 1) + '\n')

/** Number of foreign tests. @throws Error for files that are missing or not whole. */
export function checkForeign(): number {
  const trust = JSON.parse(readFileSync(trustFile, 'utf8')) as Readonly<Record<string, unknown>>
  if (LINES.some((line) => !(line in trust)))
    throw new Error('vectors/trust/openssl.json lacks a product line')
  const names = readdirSync(folder).sort()
  const made = Object.keys(makers).map((name) => `${name}.json`)
  if (names.join() !== made.sort().join())
    throw new Error(`vectors/foreign holds ${names.join(', ')}`)
  let total = 0
  for (const name of names) {
    const file = JSON.parse(readFileSync(join(folder, name), 'utf8')) as VectorFile
    const tests = file.groups.flatMap((group) => group.tests)
    if (
      file.schema !== 'attested/vectors@1' ||
      file.stage !== 'foreign' ||
      tests.length !== file.numberOfTests
    )
      throw new Error(`vectors/foreign/${name} is not whole: npm run vectors -- --foreign`)
    total += tests.length
  }
  return total
}
