// What package.json promises is what a build makes, and importing it does nothing else.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { repositoryRoot } from '../support/real-folder.js'
import { codeExports, readManifest } from './manifest.js'
import { readSources } from './source-graph.js'

const root = repositoryRoot()
const manifest = readManifest(root)
const exported = codeExports(manifest)

test('the library is built (npm test does that; else: node .ci/setup.mjs --tests)', () => {
  expect(existsSync(join(root, 'dist'))).toBe(true)
})

describe.each(exported)('$subpath', ({ subpath, types, default: code }) => {
  test('its files exist', () => {
    for (const file of [types, code]) {
      // A pattern such as ./profiles/* needs at least one file that it matches.
      const exists = file.includes('*')
        ? readdirSync(join(root, dirname(file))).some((name) => name.endsWith('.js'))
        : existsSync(join(root, file))
      expect([file, exists]).toEqual([file, true])
    }
  })

  test('types and code belong together', () => {
    expect(types).toMatch(/^\.\/dist\/.*\.d\.ts$/)
    expect(types.replace(/\.d\.ts$/, '.js')).toBe(code)
    expect(subpath).toMatch(/^\.(\/[\w/-]+(\/\*)?)?$/)
  })
})

test('the command is executable and says what runs it', () => {
  for (const path of Object.values(manifest.bin)) {
    const file = join(root, path)
    expect(readFileSync(file, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
    // Windows has no such bit.
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o111).toBe(0o111)
  }
})

test('only what users need is packed', () => {
  for (const entry of manifest.files) {
    expect(entry).toMatch(/^(!?dist(\/.*)?|docs\/[\w/-]+|CHANGELOG\.md|SECURITY\.md)$/)
  }
  const tests = readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.test\.|\.test-d\./.test(name),
  )
  expect(tests).toEqual([])
})

test('versions are exact and nothing runs on installation', () => {
  for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })) {
    expect(`${name}@${version}`).toMatch(/@\d+\.\d+\.\d+$/)
  }
  const onInstall = ['preinstall', 'install', 'postinstall', 'prepare', 'preprepare', 'postprepare']
  expect(Object.keys(manifest.scripts).filter((name) => onInstall.includes(name))).toEqual([])
})

test('a module that is imported for its side effects is declared, or bundlers drop it', () => {
  const bare = readSources(root).filter((file) => file.imports.some((item) => item.bare))
  const declared = manifest.sideEffects.map((path) => path.replace('./dist/', 'src/').replace(/\.js$/, '.ts'))
  expect(bare.map((file) => file.path).filter((path) => !declared.includes(path))).toEqual([])
})

test('importing every entry changes no global, prints nothing and keeps nothing running', () => {
  const names = exported
    .filter(({ subpath }) => !subpath.includes('*'))
    .map(({ subpath }) => subpath.replace(/^\./, manifest.name))
  // Run in a process of its own; a package may import itself by name, so this takes the way that users take.
  const script = `
    const owners = { globalThis, Reflect, Object, Array, String, Function, Promise, Map, Uint8Array, Date, Error, Symbol }
    const state = () => [
      ...Object.entries(owners).flatMap(([name, owner]) => [
        ...Reflect.ownKeys(owner).map((key) => name + '.' + String(key)),
        ...Reflect.ownKeys(owner.prototype ?? {}).map((key) => name + '.prototype.' + String(key)),
      ]),
      ...process.eventNames().map((name) => 'listener for ' + String(name)),
    ]
    const before = state()
    for (const name of ${JSON.stringify(names)}) await import(name)
    for (const each of state()) if (!before.includes(each)) console.log(each)
  `
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: root,
    encoding: 'utf8',
    timeout: 20_000,
  })
  // zod keeps its configuration and registry where all of its copies find them.
  expect(output.split('\n').filter((line) => !line.startsWith('globalThis.__zod_global'))).toEqual([''])
})
