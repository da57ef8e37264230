// dist/ as users load it: few files at once, one copy of everything, no package but those that package.json names.
import { execFileSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { expect, test } from 'vitest'
import { repositoryRoot } from '../support/real-folder.js'
import { codeExports, readManifest } from './manifest.js'
import { parseSource, reachable, readSources, type SourceFile } from './source-graph.js'

const root = repositoryRoot()
const manifest = readManifest(root)

/** The JavaScript of dist/ by its path there, with the imports as they are written. */
function readDist(): ReadonlyMap<string, SourceFile> {
  const names = readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js'))
    .map((name) => name.replaceAll('\\', '/'))
  return new Map(
    names.map((name) => [name, parseSource(name, readFileSync(join(root, 'dist', name), 'utf8'))]),
  )
}

const dist = readDist()

/** The files and packages that load at once with a file, itself included. */
function loadedWith(entry: string): readonly string[] {
  const seen = new Set([entry])
  for (const name of seen) {
    for (const { specifier, kind } of dist.get(name)?.imports ?? []) {
      if (kind !== 'static') continue
      seen.add(specifier.startsWith('.') ? posix.join(posix.dirname(name), specifier) : specifier)
    }
  }
  return [...seen]
}

test('the main entry loads three files and no package', () => {
  // Each file costs a third of a millisecond, each package more; `npm run bench -- core` has the times.
  expect(loadedWith('index.js')).toEqual(['index.js', 'chunks/core.js', 'chunks/report.js'])
  expect(loadedWith('report/index.js')).toEqual(['report/index.js', 'chunks/report.js'])
})

test('entries hold no code of their own, so that all of them share one copy', () => {
  const entries = codeExports(manifest).map(({ default: file }) => file.replace('./dist/', ''))
  expect(entries.length).toBeGreaterThan(0)
  for (const entry of entries.filter((name) => !name.includes('*'))) {
    const text = readFileSync(join(root, 'dist', entry), 'utf8')
    expect([entry, text.replaceAll(/^(?:import|export) \{[^}]*\}(?: from "[^"]+")?;$/gm, '').trim()]).toEqual(
      [entry, ''],
    )
  }
})

test('packages that stay outside are dependencies, and the others came in with their licence', () => {
  const outside = new Set<string>()
  for (const [name, { imports }] of dist) {
    for (const { specifier } of imports) {
      if (specifier.startsWith('.') || (specifier.startsWith('node:') && name.startsWith('cli/'))) continue
      outside.add(packageOf(specifier))
    }
  }
  const sources = readSources(root)
  const entries = [...codeExports(manifest).map((each) => each.default), ...Object.values(manifest.bin)]
  const loaded = new Set(
    entries
      .map((file) => file.replace(/^(\.\/)?dist\//, 'src/').replace(/\.js$/, '.ts'))
      .flatMap((entry) => [...reachable(sources, entry, ['static', 'dynamic'])]),
  )
  const used = sources
    .filter(({ path }) => loaded.has(path))
    .flatMap((file) => file.imports)
    .filter(({ kind, target }) => kind !== 'type' && target === null)
    .map(({ specifier }) => packageOf(specifier))
    .filter((name) => !name.startsWith('node:'))
  const dependencies = Object.keys(manifest.dependencies)
  expect([...outside].filter((name) => !dependencies.includes(name))).toEqual([])
  // asn1js waits for the first certificate that is not AMD's.
  expect(dependencies.filter((name) => !used.includes(name))).toEqual(['asn1js'])
  const licences = readFileSync(join(root, 'dist/THIRD-PARTY-LICENSES.txt'), 'utf8')
  const bundled = [...new Set(used)].filter((name) => !dependencies.includes(name))
  expect(bundled).toContain('@noble/hashes')
  for (const name of bundled) {
    const { version } = JSON.parse(
      readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8'),
    ) as { readonly version: string }
    expect(licences).toContain(`${name} ${version}\n`)
    expect(manifest.devDependencies[name]).toBe(version)
  }
})

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

test('a file that is declared to have side effects is one that the build makes', () => {
  for (const path of manifest.sideEffects) expect([...dist.keys()]).toContain(path.replace('./dist/', ''))
})

test('brands and errors made through one entry are known in all', () => {
  // In a process of its own, by the names that users import. Everything that one entry makes goes into another.
  const script = `
    import { readFileSync } from 'node:fs'
    import * as main from 'attested'
    import * as errors from 'attested/errors'
    import * as evidence from 'attested/evidence'
    import * as policy from 'attested/policy'
    import * as report from 'attested/report'
    import * as results from 'attested/results'
    const said = []
    try { report.parseReport(new Uint8Array(3)) } catch (error) {
      said.push(error instanceof main.VerificationError, errors.isVerificationError(error), error.code)
    }
    const open = { unchecked: 'a stored sample' }
    const bytes = readFileSync('vectors/real/genoa-v3.tsm.json')
    const decoded = await evidence.decodeEvidence(bytes, 'tsm')
    const draft = policy.policyFromReport(report.parseReport(decoded.report))
    const parsed = await policy.parsePolicy(JSON.stringify({ ...draft.policy, revocation: open, tcb: open }))
    const binding = main.bindings.reportData(report.parseReport(decoded.report).reportData, { freshness: open })
    const at = new Date('2026-08-15T00:00:00Z')
    const verified = await main.verifyEvidence({ evidence: decoded, policy: parsed, binding, at })
    said.push(verified.policyDigest === policy.policyDigest(parsed), results.acceptedToJson(verified).verdict)
    const refused = await main.appraiseEvidence({ evidence: decoded, policy: parsed, binding, at: new Date(0) })
    said.push(errors.isVerificationError(refused.error), results.refusedToJson(refused).code)
    console.log(said.join(' '))
  `
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: root,
    encoding: 'utf8',
    timeout: 20_000,
  })
  expect(output.trim()).toBe('true true REPORT_LENGTH true accepted true CERTIFICATE_NOT_YET_VALID')
})

test('declarations stand beside the code, and name no package that users do not install', () => {
  const names = readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' })
  const declarations = names
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.d.ts'))
  for (const { types } of codeExports(manifest).filter((each) => !each.types.includes('*'))) {
    expect(declarations).toContain(types.replace('./dist/', ''))
  }
  const named = new Set<string>()
  for (const name of declarations) {
    const { imports } = parseSource(name, readFileSync(join(root, 'dist', name), 'utf8'))
    for (const { specifier } of imports) {
      if (specifier.startsWith('.')) {
        const target = posix.join(dirname(name), specifier).replace(/\.js$/, '.d.ts')
        expect(declarations).toContain(target)
      } else named.add(packageOf(specifier))
    }
  }
  expect([...named].filter((name) => !(name in manifest.dependencies))).toEqual([])
})
