// The order of the folders is the story of the library (docs and README tell it), so the imports must keep it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repositoryRoot } from '../support/real-folder.js'
import { violations } from './layer-rules.js'
import { parseSource, readSources } from './source-graph.js'

const root = repositoryRoot()

/** The folder indexes that package.json makes public, such as `src/report/index.ts`. */
function subpathIndexes(): readonly string[] {
  const text = readFileSync(join(root, 'package.json'), 'utf8')
  return [...text.matchAll(/"\.\/dist\/([\w/-]+\/index)\.js"/g)].map((match) => `src/${match[1] ?? ''}.ts`)
}

test('the sources keep the order of layers', () => {
  const files = readSources(root)
  expect(files.length).toBeGreaterThan(0)
  expect(violations(files, subpathIndexes())).toEqual([])
})

/** Small trees that each break one rule, and what is said about them. */
const broken: readonly (readonly [string, Readonly<Record<string, string>>, RegExp])[] = [
  [
    'an import from below',
    { 'src/evidence/a.ts': `import { x } from '../verify/b.js'`, 'src/verify/b.ts': '' },
    /verify is below/,
  ],
  [
    'a type from below',
    { 'src/asn1/a.ts': `import type { X } from '../x509/b.js'`, 'src/x509/b.ts': '' },
    /x509 is below/,
  ],
  [
    'an import type',
    { 'src/asn1/a.ts': `export type X = import('../x509/b.js').B`, 'src/x509/b.ts': '' },
    /x509 is below/,
  ],
  ['a lazy import', { 'src/asn1/a.ts': `void import('../x509/b.js')`, 'src/x509/b.ts': '' }, /x509 is below/],
  ['a computed import', { 'src/asn1/a.ts': `void import(name)` }, /\(computed\)/],
  ['an unknown folder', { 'src/utils/a.ts': '' }, /no place in the list/],
  ['a file at the top', { 'src/helpers.ts': '' }, /belongs in a folder/],
  ['a missing file', { 'src/asn1/a.ts': `import './b.js'` }, /no source file/],
  ['a barrel', { 'src/asn1/index.ts': `export { x } from './a.js'`, 'src/asn1/a.ts': '' }, /no barrels/],
  ['code in an index', { 'src/index.ts': 'export const x = 1' }, /re-exports only/],
  [
    'the command in the index',
    { 'src/index.ts': `export * from './cli/a.js'`, 'src/cli/a.ts': '' },
    /own entry/,
  ],
  [
    'a subpath index used inside',
    { 'src/evidence/a.ts': `import { x } from '../report/index.js'`, 'src/report/index.ts': '' },
    /name the file itself/,
  ],
  [
    'the index used inside',
    { 'src/verify/a.ts': `import { x } from '../index.js'`, 'src/index.ts': '' },
    /for users/,
  ],
  [
    'roots in report',
    { 'src/report/a.ts': `import '../product/roots.js'`, 'src/product/roots.ts': '' },
    /must not/,
  ],
  [
    'cryptography behind report',
    {
      'src/report/a.ts': `import '../product/lines.js'`,
      'src/product/lines.ts': `import '../crypto/b.js'`,
      'src/crypto/b.ts': '',
    },
    /report\/a\.ts reaches src\/crypto\/b\.ts/,
  ],
  [
    'a cycle',
    { 'src/asn1/a.ts': `import './b.js'`, 'src/asn1/b.ts': `import type { A } from './a.js'` },
    /cycle: .*a\.ts -> .*b\.ts -> .*a\.ts/,
  ],
  ['a stray package', { 'src/asn1/a.ts': `import 'lodash'` }, /does not use/],
  ['the whole of zod', { 'src/appraisal/a.ts': `import { z } from 'zod'` }, /does not use/],
  ['zod elsewhere', { 'src/report/a.ts': `import * as z from 'zod/mini'` }, /has its own place/],
  ['noble elsewhere', { 'src/x509/a.ts': `import { x } from '@noble/hashes/sha2.js'` }, /has its own place/],
  ['asn1js elsewhere', { 'src/x509/general.ts': `import 'asn1js'` }, /has its own place/],
  ['x509 elsewhere', { 'src/evidence/a.ts': `import type { X } from '@peculiar/x509'` }, /has its own place/],
  ['node: in the library', { 'src/store/a.ts': `import { x } from 'node:fs'` }, /has its own place/],
  [
    'a general library loaded at once',
    { 'src/evidence/a.ts': `import { x } from '../x509/general.js'`, 'src/x509/general.ts': '' },
    /loaded on first use/,
  ],
]

test.each(broken)('%s is noticed', (_, tree, message) => {
  const files = Object.entries(tree).map(([path, text]) => parseSource(path, text))
  const found = violations(files, ['src/report/index.ts'])
  expect(found).toHaveLength(1)
  expect(found[0]).toMatch(message)
})

test('what the rules allow passes', () => {
  const tree = {
    'src/index.ts': `export { verify } from './verify/a.js'\nexport type { Report } from './report/a.js'`,
    'src/report/index.ts': `export { parse } from './a.js'`,
    'src/report/a.ts': `import { lines } from '../product/lines.js'`,
    'src/product/lines.ts': '',
    'src/verify/a.ts': `import { parse } from '../report/a.js'\nconst x = () => import('../x509/general.js')`,
    'src/x509/general.ts': `import 'reflect-metadata'\nimport { X } from '@peculiar/x509'`,
    'src/cli/a.ts': `import { readFile } from 'node:fs/promises'\nimport { verify } from '../index.js'`,
  }
  const files = Object.entries(tree).map(([path, text]) => parseSource(path, text))
  expect(violations(files, ['src/report/index.ts'])).toEqual([])
})
