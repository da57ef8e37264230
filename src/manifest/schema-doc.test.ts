// The published schema and the documentation against the reader: one document, one answer.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { type Schema, subschemas, violations } from '../../test/cli/json-schema.js'
import { attestedDocument, changed } from '../../test/support/manifest-documents.js'
import { repositoryRoot } from '../../test/support/real-folder.js'
import { checkManifest } from './check.js'
import { parseExpectations } from './expectations.js'
import { parseManifest, readManifest } from './parse.js'
import { manifestRules } from './rules.js'

const read = (path: string): string => readFileSync(join(repositoryRoot(), path), 'utf8')
const schema = JSON.parse(read('docs/schema/manifest-1.schema.json')) as Schema
const doc = read('docs/manifest.md')
const own = 'attested/manifest@1'

/** What the schema and the reader say of a document. */
function answers(document: unknown): readonly [boolean, boolean] {
  const text = JSON.stringify(document)
  // Read back, as a list may have lost an item, and what JSON writes for that is `null`.
  const isValid = violations(schema, JSON.parse(text)).length === 0
  return [isValid, readManifest(text, { schema: own, bytes: 'raw' }).manifest !== null]
}

describe('the published schema', () => {
  it('has closed objects with every member required', () => {
    for (const one of subschemas(schema)) {
      if (one['type'] !== 'object') continue
      expect(one['additionalProperties']).toBe(false)
      expect(one['required']).toEqual(Object.keys(one['properties'] as Schema))
    }
  })

  const places: string[] = []
  const walk = (value: unknown, path: string): void => {
    if (path !== '') places.push(path)
    if (typeof value !== 'object' || value === null) return
    for (const [key, member] of Object.entries(value)) walk(member, path === '' ? key : `${path}.${key}`)
  }
  walk(attestedDocument, '')

  test('accepts and refuses what the reader does, with any value at any place', () => {
    expect(answers(attestedDocument)).toEqual([true, true])
    expect(places.length).toBeGreaterThan(40)
    const many = (length: number): readonly string[] => Array.from({ length }, () => 'clock')
    const values = [
      ...[undefined, null, 0, true, '', 'x', {}, [], ['x'], [null], many(7), many(8)],
      ...[
        'x'.repeat(128),
        'x'.repeat(129),
        'x'.repeat(256),
        'x'.repeat(257),
        'x'.repeat(2048),
        'x'.repeat(2049),
      ],
      ...[`sha256:${'0'.repeat(64)}`, `sha384:${'a'.repeat(96)}`, `sha512:${'F'.repeat(128)}`, own],
    ]
    const differ: unknown[] = []
    let valid = 0
    for (const place of places) {
      for (const value of values) {
        const [isValid, isRead] = answers(changed(attestedDocument, { [place]: value }))
        if (isValid !== isRead) differ.push([place, value, isValid, isRead])
        if (isValid) valid += 1
      }
    }
    expect(differ).toEqual([])
    // Neither says yes, or no, to everything.
    expect(valid).toBeGreaterThan(100)
    expect(valid).toBeLessThan((places.length * values.length) / 2)
  })

  test('refuses one member more anywhere, as the reader does', () => {
    for (const place of ['', ...places]) {
      const more = place === '' ? 'more' : `${place}.more`
      const target = place
        .split('.')
        .reduce<unknown>((value, key) => (key === '' ? value : (value as Schema)[key]), attestedDocument)
      if (typeof target !== 'object' || target === null || Array.isArray(target)) continue
      expect([place, answers(changed(attestedDocument, { [more]: 1 }))]).toEqual([place, [false, false]])
    }
  })
})

describe('docs/manifest.md', () => {
  const [manifest = '', expectations = ''] = [...doc.matchAll(/```json\n(.*?)```/gs)].map(
    ([, text]) => text ?? '',
  )

  it('has an example that is valid, and that its expectations accept', () => {
    expect(violations(schema, JSON.parse(manifest))).toEqual([])
    const { findings } = checkManifest(
      parseManifest(manifest, { schema: own, bytes: 'canonical' }),
      parseExpectations(expectations, own),
    )
    expect(findings).toEqual([
      {
        rule: 'M15',
        severity: 'warning',
        path: '/data/0',
        message: 'no digest says which data "records" is',
      },
    ])
  })

  it('has the table of rules', () => {
    const words = { nothing: '', 'a part': 'in part', all: 'wholly' }
    const rows = manifestRules.map(({ id, code, title, needsExpectations }) =>
      `| ${id} | \`${code}\` | ${title} | ${words[needsExpectations]} |`.replace('|  |', '| |'),
    )
    expect(doc).toContain(rows.join('\n'))
  })
})
