// Writes vectors/: the same bytes on every run. `npm run vectors`. Those that other code made are only checked;
// `npm run vectors -- --foreign [NAME…]` makes them, or some files of them, anew, and needs OpenSSL 3 and Python 3.
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { amdRoots } from '../../src/product/roots.js'
import type { TrustFile } from '../conformance/vector-runner.js'
import { labPki } from './pki.js'
import { vectorFiles } from './vectors/all.js'
import { checkForeign, makeForeign } from './vectors/foreign.js'
import { base64 } from './vectors/inputs.js'

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const labTrust = (): TrustFile => {
  const { lines, revoked } = labPki()
  const { der, key } = revoked.Genoa
  const line = (name: keyof typeof lines) => ({
    ark: base64(lines[name].ark.der),
    ask: base64(lines[name].ask.der),
    asvk: base64(lines[name].asvk.der),
    revoked: name === 'Genoa' ? [{ certificateSha256: sha256(der), spkiSha256: sha256(key.spki) }] : [],
  })
  return { Milan: line('Milan'), Genoa: line('Genoa'), Turin: line('Turin') }
}

const amdTrust = (): TrustFile => {
  const line = (name: 'Milan' | 'Genoa' | 'Turin') => {
    const { ark, ask, asvk, revoked } = amdRoots(name)
    return { ark: base64(ark), ask: base64(ask), asvk: base64(asvk), revoked }
  }
  return { Milan: line('Milan'), Genoa: line('Genoa'), Turin: line('Turin') }
}

const root = process.cwd()
const write = (path: string, value: unknown): void => {
  writeFileSync(join(root, 'vectors', path), JSON.stringify(value, null, 1) + '\n')
}

mkdirSync(join(root, 'vectors', 'trust'), { recursive: true })
write('trust/lab.json', labTrust())
write('trust/amd.json', amdTrust())
let total = 0
for (const file of vectorFiles()) {
  const folder = join(root, 'vectors', file.stage)
  mkdirSync(folder, { recursive: true })
  // A group that was renamed must not leave its old file behind.
  for (const name of readdirSync(folder)) if (name.endsWith('.json')) rmSync(join(folder, name))
  write(`${file.stage}/${file.stage}.json`, file)
  total += file.numberOfTests
  process.stderr.write(`${file.stage}: ${String(file.numberOfTests)}\n`)
}
const [verb, ...names] = process.argv.slice(2)
if (verb === '--foreign') makeForeign(names.length === 0 ? undefined : names)
const foreign = checkForeign()
process.stderr.write(`foreign: ${String(foreign)}\n${String(total + foreign)} tests\n`)
