import { describe, expect, it } from 'vitest'
import { isVerificationError } from '../errors/error.js'
import {
  agentDocument,
  attestedDocument,
  check,
  errorsOf,
  expectationsOf,
} from '../../test/support/manifest-documents.js'
import { type Manifest } from './manifest.js'
import { checkManifest, checkManifestText, requireSoundManifest } from './check.js'
import { parseManifest } from './parse.js'
import { manifestRules } from './rules.js'

const agent = '2cvm-agent/1'
const own = 'attested/manifest@1'
const parseAgent = (document: unknown): Manifest =>
  parseManifest(JSON.stringify(document), { schema: agent, bytes: 'raw' })
const parseOwn = (document: unknown): Manifest =>
  parseManifest(JSON.stringify(document), { schema: own, bytes: 'canonical' })

describe('a manifest that is as expected', () => {
  it('2cvm-agent/1: code and data without digests are warnings, and all rules apply', () => {
    const { findings, unchecked, schema, digest } = check(agent)
    expect(findings.map(({ rule, severity, path }) => [rule, severity, path])).toEqual([
      ['M15', 'warning', '/components/0'],
      ['M15', 'warning', '/components/1'],
      ['M15', 'warning', '/data/0'],
      ['M15', 'warning', '/data/1'],
    ])
    expect(findings[0]?.message).toBe('no digest says which code "cohort" is')
    expect(findings[2]?.message).toBe('no digest says which data "records" is')
    expect([unchecked, schema]).toEqual([[], agent])
    expect(digest).toMatch(/^[0-9a-f]{64}$/)
  })

  it('attested/manifest@1: nothing is found, and three rules have no meaning', () => {
    const result = check(own)
    expect(result.findings).toEqual([])
    expect(result.unchecked).toEqual(
      ['M9', 'M12', 'M16'].map((rule) => ({ rule, reason: 'has no meaning for attested/manifest@1' })),
    )
  })
})

describe('without expectations', () => {
  it('says what it left open, in both schemas', () => {
    const open = (schema: typeof agent | typeof own) =>
      check(schema, {}, null)
        .unchecked.filter(({ reason }) => reason.startsWith('without expectations'))
        .map(({ rule }) => rule)
    expect(open(agent)).toEqual(['M2', 'M8', 'M10', 'M11', 'M16'])
    expect(open(own)).toEqual(['M2', 'M8', 'M10', 'M11'])
    for (const { reason } of check(agent, {}, null).unchecked)
      expect(reason).toMatch(/^without expectations nobody says \w/)
  })

  it('the table says the same', () => {
    const needs = (what: string) =>
      manifestRules.filter(({ needsExpectations }) => needsExpectations === what).map(({ id }) => id)
    expect(needs('a part')).toEqual(['M2', 'M8'])
    expect(needs('all')).toEqual(['M10', 'M11', 'M16'])
  })

  it('still applies what needs none', () => {
    expect(errorsOf(check(agent, { 'participants.1.name': 'hospital' }, null))).toContain(
      'M2 /participants/1',
    )
  })
})

describe('a document that breaks its schema', () => {
  it('is a finding of M1 with all other rules unchecked', () => {
    const result = check(agent, { 'data.0.name': 7, extra: 1 })
    expect(result.findings).toEqual([
      { rule: 'M1', severity: 'error', path: '', message: 'unknown key "extra"' },
      { rule: 'M1', severity: 'error', path: '/data/0/name', message: 'must be a string' },
    ])
    expect(result.unchecked.map(({ rule }) => rule)).toEqual(manifestRules.slice(1).map(({ id }) => id))
    expect(new Set(result.unchecked.map(({ reason }) => reason))).toEqual(
      new Set(['the document does not follow its schema']),
    )
    expect(
      check(own, { extra: 1 }).unchecked.filter(({ reason }) => reason.startsWith('has no')),
    ).toHaveLength(3)
  })

  it('has the digest that it would have', () => {
    const text = JSON.stringify({ b: 1, a: 2 })
    const raw = checkManifestText(text, { schema: own, bytes: 'raw' }, null)
    const canonical = checkManifestText(text, { schema: own, bytes: 'canonical' }, null)
    expect(canonical.digest).toBe(
      checkManifestText('{"a":2,"b":1}', { schema: own, bytes: 'raw' }, null).digest,
    )
    expect(raw.digest).not.toBe(canonical.digest)
  })
})

describe('the digest', () => {
  it('is SHA-256 of the bytes that are committed to', () => {
    const manifest = parseOwn(attestedDocument)
    expect(checkManifest(manifest, null).digest).toBe(
      [...manifest.digest('sha256')].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
    )
  })
})

describe('requireSoundManifest', () => {
  it('gives the check of a sound manifest, warnings and all', () => {
    const result = requireSoundManifest(parseAgent(agentDocument), expectationsOf(agent))
    expect(result.findings.map(({ rule }) => rule)).toEqual(['M15', 'M15', 'M15', 'M15'])
  })

  it('throws the code of the first broken rule, with every error', () => {
    const bad = { ...agentDocument, transferRequestIdIMEC: 'another', data: [] }
    try {
      requireSoundManifest(parseAgent(bad), expectationsOf(agent))
      expect.unreachable()
    } catch (error) {
      if (!isVerificationError(error)) throw error
      expect([error.code, error.verdict, error.stage]).toEqual([
        'MANIFEST_SOURCE_UNKNOWN',
        'rejected',
        'MANIFEST',
      ])
      expect(error.message).toBe(
        'manifest /permissions/0/data_permissions/0/source: "records" is neither data nor an output (M6)',
      )
      expect(error.details).toMatchObject({ rule: 'M6', path: '/permissions/0/data_permissions/0/source' })
      const { findings } = error.details as { readonly findings: readonly { readonly rule: string }[] }
      expect(findings.map(({ rule }) => rule)).toEqual(['M6', 'M6', 'M16'])
    }
  })

  it('has one code for each rule', () => {
    expect(manifestRules.map(({ id }) => id)).toEqual(Array.from({ length: 16 }, (_, i) => `M${i + 1}`))
    expect(new Set(manifestRules.map(({ code }) => code)).size).toBe(16)
    expect(manifestRules.filter(({ severity }) => severity === 'warning').map(({ id }) => id)).toEqual([
      'M14',
      'M15',
    ])
    for (const { title, appliesTo } of manifestRules) {
      expect(title).toMatch(/\w/)
      expect(appliesTo).toContain(agent)
    }
  })

  it('lists at most 100 errors', () => {
    const reads = Array.from({ length: 150 }, (_, i) => `absent-${i}`)
    const bad = structuredClone(attestedDocument) as { permissions: { reads: string[] }[] }
    bad.permissions[0]?.reads.push(...reads)
    expect(checkManifest(parseOwn(bad), expectationsOf(own)).findings).toHaveLength(150)
    try {
      requireSoundManifest(parseOwn(bad), expectationsOf(own))
      expect.unreachable()
    } catch (error) {
      if (!isVerificationError(error)) throw error
      expect(error.details['findings']).toHaveLength(100)
    }
  })
})

describe('wrong use', () => {
  it('is a TypeError', () => {
    const manifest = parseAgent(agentDocument)
    const expectations = expectationsOf(agent)
    for (const wrong of [{ ...manifest }, null, undefined, 7, JSON.stringify(agentDocument)]) {
      expect(() => checkManifest(wrong as unknown as Manifest, null)).toThrow(
        new TypeError('manifest must come from parseManifest'),
      )
    }
    for (const wrong of [{ ...expectations }, undefined, 7]) {
      expect(() => checkManifest(manifest, wrong as unknown as null)).toThrow(
        new TypeError('expectations must come from parseExpectations'),
      )
    }
    expect(() => requireSoundManifest(manifest, null as unknown as typeof expectations)).toThrow(TypeError)
    const others = new TypeError('expectations are for 2cvm-agent/1, the manifest is attested/manifest@1')
    expect(() => checkManifest(parseOwn(attestedDocument), expectations)).toThrow(others)
    expect(() => checkManifestText('{}', { schema: own, bytes: 'raw' }, expectations)).toThrow(others)
  })
})

describe('messages', () => {
  it('are one line of printable text, and quote little', () => {
    const name = `\u202e\n${'x'.repeat(100)}`
    const [finding] = check(own, { 'data.0.name': name }).findings.filter(({ rule }) => rule === 'M7')
    expect(finding?.message).toBe(
      `the data item name "\\u{202e}\\n${'x'.repeat(62)}…" has other characters than ASCII letters, digits, ".", "_" and "-"`,
    )
  })
})
