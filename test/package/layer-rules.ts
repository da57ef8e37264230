// The rules on who may import whom, as data and one function, so that a test can show that each rule bites.
import { findCycle, reachable, type Import, type SourceFile } from './source-graph.js'

/** A file imports its own folder and folders above it in this list. From `cluster` on these are side branches. */
export const folders = [
  'errors',
  'encoding',
  'asn1',
  'crypto',
  'x509',
  'store',
  'product',
  'report',
  'evidence',
  'endorsement',
  'measurement',
  'appraisal',
  'manifest',
  'binding',
  'profiles',
  'verify',
  'results',
  'cluster',
  'continuity',
  'kds',
  'service',
  'cli',
] as const

/** The only files that may name a package. A package that is not here is used nowhere in src/. */
const packages: readonly { readonly name: RegExp; readonly where: RegExp }[] = [
  { name: /^@noble\/(curves|hashes)\//, where: /^src\/crypto\// },
  { name: /^micro-rsa-dsa-dh(\/|$)/, where: /^src\/crypto\// },
  { name: /^zod\/mini$/, where: /^src\/(appraisal|manifest)\// },
  { name: /^asn1js$/, where: /^src\/asn1\/general\.ts$/ },
  { name: /^(@peculiar\/x509|reflect-metadata)$/, where: /^src\/x509\/general\.ts$/ },
  { name: /^node:/, where: /^src\/cli\// },
]

/** General libraries: large, lenient and not needed for AMD's own certificates, so loaded on first use. */
const onFirstUse = ['src/asn1/general.ts', 'src/x509/general.ts']

/** `./report` is for pages that only show a report: no roots, no certificates, no cryptography. */
const reportReaches = /^src\/(errors|encoding|report)\/|^src\/product\/(lines?|tcb)[^/]*\.ts$/

const folderOf = (path: string): string | undefined => /^src\/([^/]+)\//.exec(path)?.[1]
const level = (folder: string): number => (folders as readonly string[]).indexOf(folder)
const isFolderIndex = (path: string): boolean => /^src\/.+\/index\.ts$/.test(path)

/**
 * Every broken rule, one sentence each.
 *
 * @param subpathIndexes - The `src/<folder>/index.ts` that package.json makes public.
 */
export function violations(
  files: readonly SourceFile[],
  subpathIndexes: readonly string[],
): readonly string[] {
  const broken: string[] = []
  const known = new Set(files.map((file) => file.path))
  for (const file of files) {
    broken.push(...fileViolations(file, subpathIndexes))
    for (const item of file.imports) {
      if (item.target !== null && !known.has(item.target)) {
        broken.push(`${file.path} imports ${item.specifier}, which is no source file`)
      } else if (item.target === null) {
        const problem = packageViolation(file.path, item)
        if (problem !== null) broken.push(problem)
      } else {
        const problem = layerViolation(file.path, item.target, item)
        if (problem !== null) broken.push(problem)
      }
    }
  }
  const cycle = findCycle(files)
  if (cycle !== null) broken.push(`cycle: ${cycle.join(' -> ')}`)
  for (const { path } of files.filter((file) => folderOf(file.path) === 'report')) {
    for (const target of reachable(files, path, ['static', 'dynamic'])) {
      if (!reportReaches.test(target)) broken.push(`${path} reaches ${target}, which ./report must not`)
    }
  }
  return broken
}

function fileViolations(file: SourceFile, subpathIndexes: readonly string[]): readonly string[] {
  const broken: string[] = []
  const folder = folderOf(file.path)
  if (folder === undefined) {
    if (file.path !== 'src/index.ts') broken.push(`${file.path} belongs in a folder`)
  } else if (level(folder) < 0) {
    broken.push(`${file.path}: folder ${folder} has no place in the list of layers`)
  }
  if (isFolderIndex(file.path) && !subpathIndexes.includes(file.path)) {
    broken.push(`${file.path} is no public subpath, and folders have no barrels`)
  }
  if ((file.path === 'src/index.ts' || isFolderIndex(file.path)) && !file.onlyReExports) {
    broken.push(`${file.path} must hold re-exports only`)
  }
  return broken
}

function packageViolation(path: string, item: Import): string | null {
  const rule = packages.find(({ name }) => name.test(item.specifier))
  if (rule === undefined) return `${path} imports ${item.specifier}, which src/ does not use`
  return rule.where.test(path) ? null : `${path} imports ${item.specifier}, which has its own place`
}

function layerViolation(path: string, target: string, { kind }: Import): string | null {
  if (isFolderIndex(target) && path !== 'src/index.ts' && folderOf(path) !== 'cli') {
    return `${path} imports ${target}: name the file itself, a folder's index is for users`
  }
  if (onFirstUse.includes(target) && kind === 'static') {
    return `${path} imports ${target} statically: it is loaded on first use, by import()`
  }
  const there = folderOf(target)
  // The command is a user of the library, so it may take the front door.
  if (there === undefined)
    return folderOf(path) === 'cli' ? null : `${path} imports ${target}, which is for users`
  if (path === 'src/index.ts') {
    return there === 'kds' || there === 'cli' ? `${path} imports ${target}, which has its own entry` : null
  }
  const here = folderOf(path)
  if (here !== undefined && level(there) > level(here)) {
    return `${path} imports ${target}: ${there} is below ${here}`
  }
  return null
}
