// manifest check, digest, explain, diff and expect: what they print, and what they refuse.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { canonicalJson } from '../../src/encoding/canonical-json.js'
import type { JsonValue } from '../../src/errors/index.js'
import { type Json, attested, jsonOf, lab, temporaryFolder } from './harness.js'
import {
  agentDocument,
  agentExpectations,
  attestedDocument,
  attestedExpectations,
  changed,
} from '../support/manifest-documents.js'
import { realFolder } from '../support/real-folder.js'

const { file } = temporaryFolder()
const json = (name: string, value: unknown): string => file(name, JSON.stringify(value))
const own = json('own.json', attestedDocument)
const ownExpect = json('own.expect.json', attestedExpectations)
const agent = json('agent.json', agentDocument)
const agentExpect = json('agent.expect.json', agentExpectations)
const asAgent = ['--schema', '2cvm-agent/1']
const hashOf = (text: string, algorithm = 'sha256'): string =>
  createHash(algorithm).update(text).digest('hex')
const canonical = canonicalJson(attestedDocument as unknown as JsonValue)
const rawText = JSON.stringify(agentDocument)

const manifest = (...argv: readonly string[]) => attested(['manifest', ...argv])

describe('check', () => {
  test('JSON has these keys and no others', async () => {
    const ran = await manifest('check', own, '--expect', ownExpect, '--json')
    expect([ran.status, ran.err]).toEqual([0, ''])
    expect(jsonOf(ran)).toEqual({
      schema: 'attested/manifest@1',
      digest: hashOf(canonical),
      findings: [],
      unchecked: ['M9', 'M12', 'M16'].map((rule) => ({
        rule,
        reason: 'has no meaning for attested/manifest@1',
      })),
    })
    expect(jsonOf(await lab(['manifest', 'check', own, '--json']))).toMatchObject({ lab: true })
  })

  test('warnings are 0, errors are 10', async () => {
    const warned = await manifest('check', agent, ...asAgent, '--expect', agentExpect, '--json')
    expect(warned.status).toBe(0)
    expect(jsonOf(warned)).toMatchObject({ schema: '2cvm-agent/1', digest: hashOf(rawText), unchecked: [] })
    expect(jsonOf(warned).findings[0]).toEqual({
      rule: 'M15',
      severity: 'warning',
      path: '/components/0',
      message: 'no digest says which code "cohort" is',
    })
    const other = json('other.expect.json', changed(agentExpectations, { receivers: [] }))
    const refused = await manifest('check', agent, ...asAgent, '--expect', other, '--json')
    expect(refused.status).toBe(10)
    expect(jsonOf(refused).findings.filter(({ severity }: Json) => severity === 'error')).toEqual([
      {
        rule: 'M8',
        severity: 'error',
        path: '/permissions/1/output/0/participant',
        message: '"pharma" is no accepted receiver',
      },
    ])
  })

  test('without expectations the rules that need them are unchecked', async () => {
    const output = jsonOf(await manifest('check', agent, ...asAgent, '--json'))
    expect(output.unchecked.map(({ rule }: Json) => rule)).toEqual(['M2', 'M8', 'M10', 'M11', 'M16'])
  })

  test('as text', async () => {
    const digest = hashOf(rawText)
    const wrong = json('wrong.expect.json', changed(agentExpectations, { transferRequestIdIMEC: 'x' }))
    const { status, out } = await manifest('check', agent, ...asAgent, '--expect', wrong)
    expect(status).toBe(10)
    expect(out).toBe(
      `manifest 2cvm-agent/1\n  sha256 ${digest} of the file as it is\n` +
        'warning   M15 /components/0: no digest says which code "cohort" is\n' +
        'warning   M15 /components/1: no digest says which code "trainer" is\n' +
        'warning   M15 /data/0: no digest says which data "records" is\n' +
        'warning   M15 /data/1: no digest says which data "weights" is\n' +
        'error     M16 /transferRequestIdIMEC: "request-1" is not the expected "x"\n' +
        'errors: 1, warnings: 4, unchecked: 0\n',
    )
    const { out: open } = await manifest('check', own)
    expect(open).toContain(`  sha256 ${hashOf(canonical)} of the canonical form (RFC 8785)\n`)
    expect(open).toContain('\nunchecked M9  has no meaning for attested/manifest@1\n')
    expect(open).toMatch(/\nerrors: 0, warnings: 0, unchecked: 7\n$/)
  })

  test.each([
    ['a member more', { expires: 'x' }, '', 'unknown key "expires"', '/expires'],
    ['a member less', { title: undefined }, '/title', 'is missing', null],
  ])('a schema violation is M1, and 10: %s', async (_, changes, path, message, dropped) => {
    for (const [name, document, more] of [
      ['own', attestedDocument, []],
      ['agent', changed({ ...agentDocument, title: 'x' }, { title: undefined }), asAgent],
    ] as const) {
      if (name === 'agent' && dropped === null) continue
      const bad = json('bad.json', changed(document, changes))
      const ran = await manifest('check', bad, ...more, '--json')
      expect(ran.status).toBe(10)
      const output = jsonOf(ran)
      expect(output.findings).toEqual([{ rule: 'M1', severity: 'error', path, message }])
      expect(output.unchecked).toHaveLength(15)
      expect(output.digest).toMatch(/^[0-9a-f]{64}$/)
      expect(ran.err).toBe(
        name === 'agent'
          ? `attested: MANIFEST_FIELD_DROPPED: the agent drops "${String(dropped)}" and signs the rest\n`
          : '',
      )
      expect((await manifest('check', bad, ...more)).out).toContain(
        `error     M1  ${path === '' ? 'document' : path}: ${message}\n`,
      )
    }
  })

  test('a file of the agent’s that it would write differently: a remark', async () => {
    const spaced = file('spaced.json', JSON.stringify(agentDocument, null, 1))
    for (const command of ['check', 'digest', 'explain']) {
      const { status, err } = await manifest(command, spaced, ...asAgent)
      expect(status).toBe(0)
      expect(err).toContain('attested: MANIFEST_NOT_CANONICAL: ')
    }
    // A schema of ours has one form, however a file is written.
    const ours = file('spaced-own.json', JSON.stringify(attestedDocument, null, 1))
    const ran = await manifest('check', ours, '--json')
    expect(ran.err).toBe('')
    expect(jsonOf(ran).digest).toBe(hashOf(canonical))
  })

  test('expectations that are none', async () => {
    for (const text of ['{', '{}', '[]', JSON.stringify(agentExpectations)]) {
      const ran = await manifest('check', own, '--expect', file('none.json', text))
      expect(ran).toMatchObject({ status: 30, out: '' })
      expect(ran.err).toContain('MANIFEST_EXPECTATIONS_MALFORMED')
    }
  })
})

describe('digest', () => {
  test.each([
    [[own], 'sha256', canonical, 'the canonical form (RFC 8785), attested/manifest@1'],
    [[own, '--alg', 'sha384'], 'sha384', canonical, 'the canonical form (RFC 8785), attested/manifest@1'],
    [[own, '--alg', 'sha512'], 'sha512', canonical, 'the canonical form (RFC 8785), attested/manifest@1'],
    [[own, '--raw'], 'sha256', JSON.stringify(attestedDocument), 'the file as it is, attested/manifest@1'],
    [[agent, ...asAgent], 'sha256', rawText, 'the file as it is, 2cvm-agent/1'],
    [[agent, ...asAgent, '--raw'], 'sha256', rawText, 'the file as it is, 2cvm-agent/1'],
  ])('%#: alone on one line, and of what on standard error', async (argv, algorithm, text, what) => {
    const { status, out, err } = await manifest('digest', ...argv)
    expect([status, out, err]).toEqual([
      0,
      `${hashOf(text, algorithm)}\n`,
      `attested: ${algorithm} of ${what}\n`,
    ])
  })

  test('as JSON', async () => {
    const ran = await manifest('digest', own, '--raw', '--alg', 'sha384', '--json')
    expect(jsonOf(ran)).toEqual({
      schema: 'attested/manifest-digest@1',
      manifest: 'attested/manifest@1',
      bytes: 'raw',
      algorithm: 'sha384',
      digest: hashOf(JSON.stringify(attestedDocument), 'sha384'),
    })
    expect(jsonOf(await manifest('digest', own, '--json')).bytes).toBe('canonical')
  })
})

describe('explain', () => {
  test('as text', async () => {
    const { status, out, err } = await manifest('explain', own, '--expect', ownExpect)
    expect([status, err]).toEqual([0, ''])
    expect(out).toContain(
      'manifest attested/manifest@1\n' +
        `  sha256 ${hashOf(canonical)} of the canonical form (RFC 8785)\n` +
        '  rules: 0 errors, 0 warnings, 3 with something unchecked; "attested manifest check" lists them\n' +
        '\nthe agreement:\n  title: "Training on hospital records"\n' +
        '\nwho takes part:\n  participant hospital: you; did:web:hospital.example; ',
    )
    for (const heading of [
      'what runs',
      'what goes in',
      'who exchanges data',
      'what comes out',
      'who can end up with what, or with something made of it',
    ])
      expect(out.split(`\n\n${heading}:\n  `)).toHaveLength(2)
    expect(out).not.toContain('\n! ')
    const { out: warned } = await manifest('explain', agent, ...asAgent)
    expect(warned).toContain('\nwhat runs:\n! component cohort of hospital: no digest pins its code; ')
    expect(warned).toContain('\nwhat can be another thing than the one that was meant:\n! no digest pins: ')
  })

  test('as JSON', async () => {
    const output = jsonOf(await manifest('explain', agent, ...asAgent, '--expect', agentExpect, '--json'))
    expect(Object.keys(output)).toEqual(['schema', 'manifest', 'digest', 'statements', 'rules'])
    expect(output).toMatchObject({
      schema: 'attested/manifest-explanation@1',
      manifest: '2cvm-agent/1',
      digest: hashOf(rawText),
      rules: { errors: 0, warnings: 4, unchecked: 0 },
    })
    expect(output.statements[0]).toEqual({
      topic: 'agreement',
      path: '/transferRequestIdIMEC',
      subject: 'transferRequestIdIMEC',
      text: 'is request-1',
      severity: 'note',
    })
  })
})

describe('diff', () => {
  const wider = json(
    'wider.json',
    changed(attestedDocument, { 'outputs.0.receivers': ['pharma', 'a/b'], 'components.0.digest': null }),
  )

  test('as text', async () => {
    const { status, out, err } = await manifest('diff', own, wider)
    expect([status, err]).toEqual([0, ''])
    expect(out).toBe(
      '/components/cohort/digest: permits more\n' +
        `  - "sha256:${'a'.repeat(64)}"\n` +
        '/outputs/model.bin/receivers: permits more\n  + ["a/b"]\n' +
        '/flow/records/receivers: permits more\n  "records" can now reach "a/b"\n' +
        '/flow/weights/receivers: permits more\n  "weights" can now reach "a/b"\n',
    )
    const { out: back } = await manifest('diff', wider, own)
    expect(back).toContain('/components/cohort/digest: permits less\n  + "sha256:')
    expect(back).toContain('/flow/records/receivers: permits less\n  "records" can no longer reach "a/b"\n')
  })

  test('flow to components and to the network, of data with any name', async () => {
    const name = 'r~1/\u202e'
    const from = json(
      'from.json',
      changed(attestedDocument, { 'data.0.name': name, 'permissions.0.reads': [name] }),
    )
    const to = json(
      'to.json',
      changed(attestedDocument, {
        'data.0.name': name,
        'permissions.0.reads': [name],
        'permissions.1.capabilities': ['network'],
        channels: [],
      }),
    )
    const { out } = await manifest('diff', from, to)
    expect(out).toContain('"r~1/\\u{202e}" can no longer reach "pharma"\n')
    expect(out).toContain('"r~1/\\u{202e}" can no longer come to "trainer"\n')
    expect(out).toContain('"weights" can now be sent out by "trainer"\n')
    expect((await manifest('diff', to, from)).out).toContain(
      '"weights" can no longer be sent out by "trainer"\n',
    )
    expect(out).not.toContain('\u202e')
  })

  test('many names', async () => {
    const receivers = ['pharma', ...Array.from({ length: 40 }, (_, index) => `r${String(index + 10)}`)]
    const many = json('many.json', changed(attestedDocument, { 'outputs.0.receivers': receivers }))
    expect((await manifest('diff', own, many)).out).toMatch(/ can now reach "r10", .*, "r41" and 8 more\n/)
  })

  test('as JSON', async () => {
    const output = jsonOf(await manifest('diff', own, wider, '--json'))
    expect(Object.keys(output)).toEqual(['schema', 'manifest', 'before', 'after', 'changes'])
    expect(output).toMatchObject({
      schema: 'attested/manifest-diff@1',
      manifest: 'attested/manifest@1',
      before: hashOf(canonical),
    })
    expect(output.after).not.toBe(output.before)
    expect(output.changes[0]).toEqual({
      path: '/components/cohort/digest',
      effect: 'widened',
      before: `sha256:${'a'.repeat(64)}`,
      after: null,
    })
  })

  test('a composition is another', async () => {
    const to = json(
      'comment.json',
      changed(agentDocument, { composition: `${String(agentDocument['composition'])}//` }),
    )
    const { out } = await manifest('diff', agent, to, ...asAgent)
    expect(out).toMatch(
      /^\/composition: is another, and may permit more\n {2}- "sha256:[0-9a-f]{64}"\n {2}\+ "sha256:[0-9a-f]{64}"\n$/,
    )
  })

  test('no differences: equal, or in other bytes', async () => {
    expect((await manifest('diff', own, own)).out).toBe('the manifests are equal\n')
    const turned = json(
      'turned.json',
      changed(attestedDocument, { channels: [{ from: 'trainer', to: 'cohort' }] }),
    )
    expect((await manifest('diff', own, turned)).out).toBe(
      'the manifests say the same, in other bytes: their digests differ\n',
    )
  })
})

describe('expect', () => {
  test('prints a draft that check takes, and says what it is', async () => {
    for (const [path, document, more] of [
      [own, attestedExpectations, []],
      [agent, agentExpectations, asAgent],
    ] as const) {
      const ran = await manifest('expect', path, ...more, '--participant', 'hospital')
      expect(ran.status).toBe(0)
      expect(ran.err).toContain('accepts all that the manifest does')
      expect(jsonOf(ran)).toEqual(document)
      const again = await manifest('check', path, ...more, '--expect', file('draft.json', ran.out))
      expect(again.status).toBe(0)
    }
    const asJson = await manifest('expect', own, '--participant', 'pharma', '--json')
    expect(jsonOf(asJson)).toMatchObject({ self: 'pharma' })
  })

  test('a participant that is not listed', async () => {
    const ran = await manifest('expect', own, '--participant', 'no\u202ebody')
    expect(ran).toMatchObject({ status: 2, out: '' })
    expect(ran.err).toContain('attested: --participant: participant "no\\u{202e}body" is not listed\n')
  })
})

interface Case {
  readonly id: string
  readonly signedBytes: string
  readonly manifestSha256: string
  readonly context: unknown
  readonly expectSemantic: 'accept' | readonly string[]
  readonly expectFindings: readonly string[]
}

function readCases(): readonly Case[] {
  const folder = realFolder()
  const path = folder === null ? null : join(folder, '../reference/2cvm-vectors.json')
  if (path === null || !existsSync(path)) {
    console.warn('SKIPPED: no vectors of the 2cVM agent beside the real evidence')
    return []
  }
  return (JSON.parse(readFileSync(path, 'utf8')) as { readonly cases: readonly Case[] }).cases
}

const cases = readCases()

describe.skipIf(cases.length === 0)('what the 2cVM agent signed', () => {
  test.each(cases)(
    '$id',
    async ({ id, signedBytes, manifestSha256, context, expectSemantic, expectFindings }) => {
      const path = file(`${id}.json`, Buffer.from(signedBytes, 'hex'))
      const expected = json(`${id}.expect.json`, context)
      const ran = await manifest('check', path, ...asAgent, '--expect', expected, '--json')
      const { schema, digest, findings, unchecked } = jsonOf(ran)
      const rules = (wanted: string): readonly string[] => [
        ...new Set<string>(
          findings.filter(({ severity }: Json) => severity === wanted).map(({ rule }: Json) => rule),
        ),
      ]
      const errors = expectSemantic === 'accept' ? [] : expectSemantic
      expect({ schema, digest, unchecked }).toEqual({
        schema: '2cvm-agent/1',
        digest: manifestSha256,
        unchecked: [],
      })
      expect(rules('error')).toEqual(errors)
      expect(rules('warning')).toEqual(expectFindings)
      expect([ran.status, ran.err]).toEqual([errors.length === 0 ? 0 : 10, ''])
      expect((await manifest('digest', path, ...asAgent)).out).toBe(`${manifestSha256}\n`)
      expect((await manifest('explain', path, ...asAgent, '--expect', expected)).status).toBe(0)
      expect((await manifest('diff', path, path, ...asAgent)).out).toBe('the manifests are equal\n')
    },
  )
})
