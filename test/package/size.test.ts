// Budgets of what a page has to load, as a bundler makes it: minified, gzipped, split at dynamic imports.
import { gzipSync } from 'node:zlib'
import { build, type Metafile } from 'esbuild'
import { beforeAll, expect, test } from 'vitest'
import { repositoryRoot } from '../support/real-folder.js'

const root = repositoryRoot()
const kB = 1000

/** Libraries for ASN.1 and X.509 in general. They probe for Node and are exempt from the rules on contents. */
const general =
  /node_modules\/(@peculiar|asn1js|bytestreamjs|pvtsutils|pvutils|reflect-metadata|tslib|tsyringe)\//

/** What no other chunk may hold: it breaks under a content security policy, or outside Node. */
const forbidden: readonly (readonly [string, RegExp])[] = [
  ['eval', /\beval\s*\(/],
  ['new Function', /\bnew\s+Function\b/],
  ['Buffer', /(?<![\w$])Buffer\b/],
  ['node:', /["'`]node:/],
]

type Output = Metafile['outputs'][string]

interface Chunk extends Output {
  readonly name: string
  readonly text: string
  readonly bytes: number
}

/** Bundles one file of dist/; the chunk of the entry comes first. */
async function bundle(entry: string): Promise<readonly Chunk[]> {
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outdir: 'out',
    bundle: true,
    splitting: true,
    minify: true,
    metafile: true,
    write: false,
    format: 'esm',
    // As for a page: a module that only Node has makes the build fail.
    platform: 'browser',
    target: 'es2022',
    legalComments: 'none',
    logLevel: 'error',
  })
  const chunks = Object.entries(metafile.outputs).map(([name, output]): Chunk => {
    const text = outputFiles.find((file) => file.path.replaceAll('\\', '/').endsWith(name))?.text ?? ''
    return { ...output, name, text, bytes: gzipSync(text, { level: 9 }).length }
  })
  return chunks.sort((a, b) => Number(b.entryPoint === entry) - Number(a.entryPoint === entry))
}

/** The chunks that load with the first one. */
function atOnce(chunks: readonly Chunk[]): readonly Chunk[] {
  const names = new Set(chunks.slice(0, 1).map((chunk) => chunk.name))
  for (const name of names) {
    for (const item of chunks.find((chunk) => chunk.name === name)?.imports ?? []) {
      if (item.kind === 'import-statement') names.add(item.path)
    }
  }
  return chunks.filter((chunk) => names.has(chunk.name))
}

const sum = (chunks: readonly Chunk[]): number => chunks.reduce((total, chunk) => total + chunk.bytes, 0)
const isGeneral = (chunk: Chunk): boolean => Object.keys(chunk.inputs).some((path) => general.test(path))

let report: readonly Chunk[]
let main: readonly Chunk[]
beforeAll(async () => {
  report = await bundle('dist/report/index.js')
  main = await bundle('dist/index.js')
  const figures = `./report ${sum(report)}, . ${sum(atOnce(main))} at once, ${sum(main)} with all`
  console.log(`gzipped bytes: ${figures}`)
})

test('./report is at most 4 kB', () => {
  expect(sum(report)).toBeLessThanOrEqual(4 * kB)
})

test('the main entry is at most 45 kB at once and 150 kB with everything', () => {
  expect(sum(atOnce(main))).toBeLessThanOrEqual(45 * kB)
  expect(sum(main)).toBeLessThanOrEqual(150 * kB)
})

test('the general libraries come on first use only', () => {
  const inputs = atOnce(main).flatMap((chunk) => Object.keys(chunk.inputs))
  expect(inputs.filter((path) => general.test(path))).toEqual([])
})

test('neither the keys of a product line come at once, nor the certificates behind the pins', () => {
  const keysOf = (chunks: readonly Chunk[]): readonly string[] =>
    chunks.flatMap((chunk) => Object.keys(chunk.inputs)).filter((path) => /\bproduct\/pins\//.test(path))
  expect(keysOf(atOnce(main))).toEqual([])
  expect([...keysOf(main)].sort()).toEqual(
    ['genoa', 'milan', 'turin'].map((line) => `dist/product/pins/${line}.js`),
  )
  // What every certificate of theirs begins with: version 3, and a serial number of three bytes.
  expect(atOnce(main).filter(({ text }) => /MII[A-Z][\w+/]{8}AwIBAgID/.test(text))).toEqual([])
})

test('no other chunk holds eval, new Function, Buffer or node:', () => {
  const found: string[] = []
  for (const chunk of [...report, ...main].filter((each) => !isGeneral(each))) {
    for (const [what, pattern] of forbidden) {
      const at = chunk.text.search(pattern)
      if (at >= 0) found.push(`${what} in ${chunk.name}: ${chunk.text.slice(Math.max(at - 40, 0), at + 40)}`)
    }
  }
  expect(found).toEqual([])
})
