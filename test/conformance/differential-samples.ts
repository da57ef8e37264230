// Every certificate and CRL that can be found: in the real evidence (as files and inside containers of any format), in
// the committed vectors, among the roots, and from the lab. Found by shape alone, so that no reader decides what counts.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { LINES } from '../support/names.js'
import { labCrl, labEvidence, labPki } from '../support/pki.js'
import { realFolder, repositoryRoot } from '../support/real-folder.js'
import { productLineNames } from '../../src/product/line.js'
import { amdRoots } from '../../src/product/roots.js'

export interface Sample {
  /** Where it was found first. */
  readonly name: string
  readonly der: Uint8Array
}

export interface Samples {
  readonly certificates: readonly Sample[]
  readonly crls: readonly Sample[]
}

/** SEQUENCE { SEQUENCE { [0] { INTEGER 2 } …: a certificate of version 3. */
const certificateShape = /^3082.{4}3082.{4}a003020102/
/** SEQUENCE { SEQUENCE { INTEGER 1, SEQUENCE { OBJECT IDENTIFIER …: a CRL of version 2. */
const crlShape = /^3082.{4}3082.{4}02010130.{2}06/

class Collection {
  readonly certificates = new Map<string, Sample>()
  readonly crls = new Map<string, Sample>()

  /** Adds whatever has the shape of a certificate or CRL at any offset of these bytes. */
  scan(bytes: Uint8Array, name: string): void {
    const buffer = Buffer.from(bytes)
    for (let at = buffer.indexOf(0x30); at >= 0; at = buffer.indexOf(0x30, at + 1)) {
      if (buffer[at + 1] !== 0x82 || at + 4 > buffer.length) continue
      const end = at + 4 + buffer.readUInt16BE(at + 2)
      const head = buffer.toString('hex', at, at + 20)
      const into = certificateShape.test(head) ? this.certificates : crlShape.test(head) ? this.crls : null
      if (into === null || end > buffer.length) continue
      const der = new Uint8Array(buffer.subarray(at, end))
      const digest = createHash('sha256').update(der).digest('hex')
      if (!into.has(digest)) into.set(digest, { name, der })
    }
  }

  /** Also looks into long runs of base64, and once more into what they decode to. */
  scanText(bytes: Uint8Array, name: string, depth = 0): void {
    this.scan(bytes, name)
    const text = Buffer.from(bytes).toString('latin1')
    for (const [run] of text.matchAll(/[A-Za-z0-9+/_-](?:[A-Za-z0-9+/_-]|\\n|\r?\n){199,}/g)) {
      const inner = Buffer.from(run.replace(/\\n|\s/g, ''), 'base64')
      if (depth < 2) this.scanText(inner, name, depth + 1)
      else this.scan(inner, name)
    }
  }

  scanFolder(folder: string, top: string): void {
    for (const name of readdirSync(folder).sort()) {
      const path = join(folder, name)
      if (statSync(path).isDirectory()) this.scanFolder(path, top)
      // Firmware images of several MB hold none.
      else if (statSync(path).size < 1 << 20) this.scanText(readFileSync(path), relative(top, path))
    }
  }

  samples(): Samples {
    return { certificates: [...this.certificates.values()], crls: [...this.crls.values()] }
  }
}

/** AMD's, and others that lie in genuine containers. */
export function realSamples(): Samples {
  const found = new Collection()
  for (const line of productLineNames) {
    const roots = amdRoots(line)
    for (const role of ['ark', 'ask', 'asvk'] as const) found.scan(roots[role], `${role} of ${line}`)
  }
  const committed = join(repositoryRoot(), 'vectors/real')
  if (existsSync(committed)) found.scanFolder(committed, committed)
  const folder = realFolder()
  if (folder !== null) found.scanFolder(folder, folder)
  return found.samples()
}

/** The lab's, of every line and kind. */
export function labSamples(): Samples {
  const found = new Collection()
  const { lines, rotated, revoked, attacker } = labPki()
  for (const line of LINES) {
    for (const role of ['ark', 'ask', 'asvk'] as const)
      found.scan(lines[line][role].der, `lab ${role} of ${line}`)
    for (const signer of ['vcek', 'vlek'] as const)
      found.scan(labEvidence({ line, signer }).vek, `lab ${signer} of ${line}`)
    found.scan(attacker(line).ask.der, `attacker's ask of ${line}`)
    found.scan(labCrl(line), `lab CRL of ${line}`)
  }
  found.scan(rotated.Genoa.der, 'lab rotated ask')
  found.scan(revoked.Genoa.der, 'lab revoked ask')
  found.scan(
    labCrl('Milan', { entries: [{ serial: 0 }, { serial: 2n ** 100n }, { serial: 0x80 }] }),
    'lab CRL of three',
  )
  return found.samples()
}
