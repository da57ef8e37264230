// What the commands on manifests refuse: no schema, no JSON, no manifest, wrong usage; and hostile names.
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { canonicalJson } from '../../src/encoding/canonical-json.js'
import type { JsonValue } from '../../src/errors/index.js'
import {
  agentDocument,
  attestedDocument,
  attestedExpectations,
  changed,
} from '../support/manifest-documents.js'
import { attested, jsonOf, temporaryFolder } from './harness.js'

const { file } = temporaryFolder()
const json = (name: string, value: unknown): string => file(name, JSON.stringify(value))
const own = json('own.json', attestedDocument)
const ownExpect = json('own.expect.json', attestedExpectations)
const agent = json('agent.json', agentDocument)
const asAgent = ['--schema', '2cvm-agent/1']
const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')
const canonical = canonicalJson(attestedDocument as unknown as JsonValue)

const manifest = (...argv: readonly string[]) => attested(['manifest', ...argv])

describe('the schema', () => {
  test.each([
    [
      'none',
      agentDocument,
      'manifest does not say its schema: --schema must be given, one of attested/manifest@1',
    ],
    ['no object', [], 'manifest does not say its schema'],
    ['no text', { schema: 1 }, 'manifest does not say its schema'],
    ['unknown', { schema: 'x\u001b' }, 'manifest says schema "x\\u001b", which is not taken from a document'],
    ['the agent’s, which has no such member', { schema: '2cvm-agent/1' }, 'says schema "2cvm-agent/1"'],
  ])('is not guessed: %s', async (_, document, says) => {
    const path = json('guess.json', document)
    for (const argv of [['check'], ['digest'], ['explain'], ['expect', '--participant', 'x']]) {
      const ran = await manifest(...argv, path)
      expect(ran).toMatchObject({ status: 2, out: '' })
      expect(ran.err).toContain(says)
    }
  })

  test('that is asked for is the one that is judged by', async () => {
    const ran = await manifest('check', own, ...asAgent, '--json')
    expect(ran.status).toBe(10)
    expect(jsonOf(ran)).toMatchObject({ schema: '2cvm-agent/1' })
    const other = await manifest('check', agent, '--schema', 'attested/manifest@1', '--json')
    expect(jsonOf(other).findings[0]).toMatchObject({ rule: 'M1' })
  })

  test('of two manifests is one', async () => {
    const ran = await manifest('diff', own, agent)
    expect(ran).toMatchObject({ status: 2, out: '' })
    expect(ran.err).toContain('manifest B does not say its schema')
  })
})

describe('what cannot be read', () => {
  test.each([
    '',
    '{',
    '{"a":1,"a":2}',
    'null x',
    '["\\ud800"]',
    '['.repeat(1024 * 1024),
    `"${'a'.repeat(1024 * 1024)}"`,
  ])('no strict JSON is 30, %#', async (text) => {
    const path = file('broken.json', text)
    for (const more of [[], asAgent])
      for (const argv of [
        ['check', path],
        ['digest', path],
        ['explain', path],
        ['expect', path, '--participant', 'x'],
        ['diff', path, own],
        ['diff', own, path],
      ]) {
        if (argv[1] === own && more.length > 0) continue
        const ran = await manifest(...argv, ...more)
        expect(ran).toMatchObject({ status: 30, out: '' })
        expect(ran.err).toContain('MANIFEST_MALFORMED')
      }
  })

  test('what is no manifest is 10', async () => {
    const path = json('no.json', { schema: 'attested/manifest@1' })
    for (const argv of [
      ['digest', path],
      ['explain', path],
      ['expect', path, '--participant', 'x'],
      ['diff', own, path],
    ]) {
      const ran = await manifest(...argv)
      expect(ran).toMatchObject({ status: 10, out: '' })
      expect(ran.err).toContain('attested: MANIFEST_SCHEMA: manifest /title: is missing\n')
    }
  })

  test('standard input', async () => {
    const stdin = JSON.stringify(attestedDocument)
    const ran = await attested(['manifest', 'digest', '-'], { stdin })
    expect(ran.out).toBe(`${hashOf(canonical)}\n`)
    const twice = await attested(['manifest', 'check', '-', '--expect', '-'], { stdin })
    expect(twice).toMatchObject({ status: 2 })
    expect(twice.err).toContain('manifest and expectations cannot both be standard input')
  })
})

describe('wrong usage', () => {
  test.each([
    [[], 'manifest needs check, digest, explain, diff or expect'],
    [['sign'], 'no such command: manifest sign'],
    [['check'], 'FILE is missing'],
    [['digest'], 'FILE is missing'],
    [['explain'], 'FILE is missing'],
    [['diff', own], 'B is missing'],
    [['expect', own], '--participant is required'],
    [['check', own, '--schema', 'x'], '--schema must be one of attested/manifest@1, 2cvm-agent/1'],
    [['check', own, own], 'unexpected argument'],
    [['check', own, '--raw'], '--raw'],
    [['digest', own, '--alg', 'md5'], '--alg must be one of sha256, sha384, sha512'],
    [['digest', own, '--alg', 'constructor'], '--alg must be one of'],
    [['digest', own, '--expect', ownExpect], '--expect'],
    [['check', file('nowhere.json')], 'cannot read manifest'],
    [['check', own, '--expect', file('nowhere.json')], 'cannot read expectations'],
    [['--json'], '--json'],
    [['--help', 'check'], '--help stands alone'],
  ])('%j', async (argv, says) => {
    const ran = await manifest(...argv)
    expect(ran).toMatchObject({ status: 2, out: '' })
    expect(ran.err).toContain(says)
    expect(ran.err).toContain('usage: attested manifest check FILE')
  })

  test.each([[], ['check'], ['digest'], ['explain'], ['diff'], ['expect']])('help: %j', async (...argv) => {
    const { status, out, err } = await manifest(...argv, '--help')
    expect([status, err]).toEqual([0, ''])
    expect(out).toMatch(/^usage: attested manifest check FILE/)
    expect(out).toContain('Exit status')
    expect(out).toMatch(/\nExamples:\n {2}attested /)
  })
})

test('names of others cannot act on a terminal', async () => {
  const name = '\u001b[2J\u202e\u2028x'
  const hostile = json(
    'hostile.json',
    changed(attestedDocument, {
      title: name,
      'participants.1.name': name,
      'participants.0.did': name,
      'components.1.participant': name,
      'data.1.name': name,
      'permissions.1.reads': [name],
      'channels.0.to': name,
      'outputs.0.name': name,
      'outputs.0.receivers': [name],
    }),
  )
  for (const argv of [
    ['check', hostile],
    ['explain', hostile],
    ['diff', own, hostile],
    ['diff', hostile, own],
  ]) {
    const { out, err } = await manifest(...argv)
    expect(out).toContain('u{202e}')
    expect(`${out}${err}`.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
  }
})
