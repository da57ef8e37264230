// policy explain, diff and test: what they say, and that it is what their schemas say.
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { policyFromReport, recommendedPolicy } from '../../src/appraisal/index.js'
import { parseReport } from '../../src/report/index.js'
import { toHex } from '../support/der.js'
import { LAB_NOW, labCrl, labEvidence } from '../support/pki.js'
import { fullDocument } from '../support/policy-document.js'
import { editPolicy, unchecked } from '../support/policy-edit.js'
import { repositoryRoot } from '../support/real-folder.js'
import { LAB_MEASUREMENT, LAB_REPORT_DATA } from '../support/report.js'
import { type Json, attested, jsonOf, lab, temporaryFolder } from './harness.js'
import { type Schema, subschemas, violations } from './json-schema.js'

const { file } = temporaryFolder()
const root = repositoryRoot()
const schemaOf = (name: string): Schema =>
  JSON.parse(readFileSync(join(root, `docs/schema/${name}.schema.json`), 'utf8')) as Schema
const recommended = recommendedPolicy({
  environment: 'gcp',
  products: ['Milan', 'Genoa'],
  measurements: [{ label: 'lab', value: toHex(LAB_MEASUREMENT) }],
})
const full = file('full.json', JSON.stringify(fullDocument))
const preset = file('preset.json', JSON.stringify(recommended))

describe.each(['policy-explanation', 'policy-diff', 'policy-test'])('the schema %s', (name) => {
  test('is closed, and requires every key but lab', () => {
    const schema = schemaOf(name)
    const optional: string[] = []
    for (const one of subschemas(schema)) {
      if (one['type'] !== 'object') continue
      expect(one['additionalProperties']).toBe(false)
      const required = one['required'] as readonly string[]
      optional.push(...Object.keys(one['properties'] as Schema).filter((key) => !required.includes(key)))
    }
    expect(optional).toEqual(['lab'])
  })
})

/** The JSON of a run, which its schema describes to the key. */
async function checked(argv: readonly string[], name: string, status = 0): Promise<Json> {
  const ran = await lab([...argv, '--json'])
  expect(ran.status).toBe(status)
  const output = jsonOf(ran)
  const schema = schemaOf(name)
  expect(violations(schema, output)).toEqual([])
  expect(output).toMatchObject({ schema: `attested/${name}@1`, lab: true })
  for (const key of Object.keys(output)) {
    const { [key]: _, ...less } = output
    if (key !== 'lab') expect(violations(schema, less)).not.toEqual([])
  }
  return output
}

describe('explain', () => {
  test('as JSON', async () => {
    const output = await checked(['policy', 'explain', full], 'policy-explanation')
    expect(output.statements).toContainEqual({ path: 'vmpl', text: 'is one of 0, 1, 2, 3' })
    expect(output.bulletins).toHaveLength(7)
    await checked(['policy', 'explain', preset], 'policy-explanation')
  })

  test('as text, with demands, open keys, floors in both bases and bulletins', async () => {
    const { status, out, err } = await attested(['policy', 'explain', preset])
    expect([status, err]).toEqual([0, ''])
    for (const line of [
      'demands:\n  products: is one of Milan, Genoa\n',
      '\n  hostData: not given\n',
      '\n  Milan, family 19h model 01h stepping 1\n    reported    bootloader 0 (00h), tee 0 (00h), snp 24 (18h), microcode 219 (dbh)\n',
      '\n    current     open: not part of the recommended floors\n',
      '\n  AMD-SB-3019 on Milan, Milan B1 (family 19h model 01h stepping 1): met (secondary source)\n',
    ])
      expect(out).toContain(line)
    const { out: missed } = await attested(['policy', 'explain', full])
    expect(missed).toContain(
      'AMD-SB-3019 on Milan, Milan B1 (family 19h model 01h stepping 1): nothing on it is accepted',
    )
    const open = file(
      'open.json',
      JSON.stringify(editPolicy(recommended, { tcb: unchecked('\u001b[2Jlater') })),
    )
    const { out: said } = await attested(['policy', 'explain', open])
    expect(said).toMatch(/\n {2}tcb: \\u\S+\[2Jlater\n/)
    expect(said).toContain('OPEN, tcb is unchecked')
    expect(said).toContain('TCB floors (decimal, and hexadecimal as in bulletins):\n  none\n')
  })

  test('a fix that is missed, and one that is missed at launch alone', async () => {
    const levels = { bootloader: 0, tee: 0, snp: 24, microcode: 219 }
    const floor = { product: 'Milan', family: 25, model: 1, stepping: 1, committed: levels, current: levels }
    const text = async (reported: object, launch: object) => {
      const tcb = { floors: [{ ...floor, reported, launch, mitigations: unchecked('x') }] }
      const path = file('floor.json', JSON.stringify({ ...recommended, reportVersions: [3], tcb }))
      return (await attested(['policy', 'explain', path])).out
    }
    expect(await text(levels, { ...levels, snp: 1 })).toContain(
      ': met; at launch it may have been below in snp (',
    )
    expect(await text({ ...levels, snp: 1 }, levels)).toContain(': MISSED, below the fix in snp (')
  })

  test.each(['{', '{}'])('a policy that is none: %s', async (text) => {
    const ran = await attested(['policy', 'explain', '-'], { stdin: text })
    expect(ran).toMatchObject({ status: 30, out: '' })
    expect(ran.err).toContain('POLICY_INVALID')
  })
})

describe('diff', () => {
  const looser = file(
    'looser.json',
    JSON.stringify(editPolicy(fullDocument, { freshness: 'ledger', vmpl: [0] })),
  )

  test('as JSON and as text', async () => {
    const { changes, before, after } = await checked(['policy', 'diff', full, looser], 'policy-diff')
    expect(changes).toEqual([
      { path: 'vmpl', silicon: null, effect: 'narrower', before: [0, 1, 2, 3], after: [0] },
      { path: 'freshness', silicon: null, effect: 'wider', before: 'challenge', after: 'ledger' },
    ])
    expect(before).not.toBe(after)
    const { status, out } = await attested(['policy', 'diff', full, looser])
    expect(status).toBe(0)
    expect(out).toBe(
      'vmpl: accepts less\n  - [0,1,2,3]\n  + [0]\nfreshness: accepts more\n  - "challenge"\n  + "ledger"\n',
    )
  })

  test('floors are named by their silicon', async () => {
    const { out } = await attested(['policy', 'diff', full, preset])
    expect(out).toContain('tcb.reported (Turin, family 1ah model 02h stepping 1): accepts more\n')
    expect(out).toContain('tcb (Milan, family 19h model 01h stepping 2): accepts more\n  - nothing\n')
  })

  test('equal policies', async () => {
    expect(await attested(['policy', 'diff', full, full])).toEqual({
      status: 0,
      out: 'the policies are equal\n',
      err: '',
    })
    expect((await checked(['policy', 'diff', full, full], 'policy-diff')).changes).toEqual([])
  })
})

describe('test', () => {
  const genoa = labEvidence({ line: 'Genoa' })
  const { policy } = policyFromReport(parseReport(genoa.report), { endorsementKey: genoa.vek })
  const live = file('live.json', JSON.stringify(policy))
  const edited = (name: string, changes: Parameters<typeof editPolicy>[1]): string =>
    file(name, JSON.stringify(editPolicy(policy, changes)))
  const other = edited('other.json', { measurements: [{ label: 'x', value: '00'.repeat(48) }] })
  const challenge = { reportData: toHex(LAB_REPORT_DATA), challenge: true }
  const crl = [{ file: '../../genoa.crl', fetchedAt: '2026-05-30T00:00:00Z', scope: 'vcek' }]

  beforeAll(() => {
    for (const name of ['corpus', 'corpus/folder', 'corpus/named', 'empty', 'bare', 'broken', 'broken/x'])
      mkdirSync(file(name))
    file('corpus/.hidden', 'x')
    file('genoa.crl', labCrl('Genoa'))
    file('corpus/junk', 'no evidence')
    file('corpus/one.bin', genoa.report)
    file('corpus/one.bin.json', JSON.stringify({ vek: 'folder/vek.der', ...challenge, crls: [] }))
    file('corpus/folder/report.bin', genoa.report)
    file('corpus/folder/vek.der', genoa.vek)
    file('corpus/folder/crl.der', labCrl('Genoa'))
    file('corpus/folder/notes.txt', 'not read')
    file('corpus/named/quote', Buffer.concat([genoa.report, genoa.table]))
    file('corpus/named/other', 'x')
    const named = { evidence: 'quote', format: 'snp-report+cert-table', crls: crl, at: LAB_NOW.toISOString() }
    file('corpus/named/case.json', JSON.stringify({ ...named, ...challenge, expect: 'accepted' }))
  })

  test('a policy alone: verdicts, failed checks', async () => {
    file('bare/genoa.bin', Buffer.concat([genoa.report, genoa.table]))
    const output = await checked(['policy', 'test', live, file('bare')], 'policy-test')
    expect(output).toMatchObject({ live: null, findings: [] })
    expect(output.items).toEqual([
      {
        item: 'genoa.bin',
        at: LAB_NOW.toISOString(),
        format: 'snp-report+cert-table',
        expected: null,
        candidate: { verdict: 'accepted', code: null, failed: [] },
        live: null,
        effect: null,
        changed: [],
        findings: [],
      },
    ])
  })

  test('what is not evidence is an item that cannot be read: 30', async () => {
    const output = await checked(['policy', 'test', live, file('corpus')], 'policy-test', 30)
    expect(output.items.map(({ item, candidate }: Json) => [item, candidate.verdict])).toEqual([
      ['folder', 'accepted'],
      ['junk', 'malformed'],
      ['named', 'accepted'],
      ['one.bin', 'accepted'],
    ])
    expect(output.findings).toEqual([
      { severity: 'error', item: 'junk', message: 'cannot be read (EVIDENCE_FORMAT)' },
    ])
    expect(output.items[1]).toMatchObject({ format: null })
    // Where a case expects it, it is a test like any other.
    file('corpus/junk.json', JSON.stringify({ expect: 'malformed' }))
    const again = await checked(['policy', 'test', live, file('corpus')], 'policy-test')
    expect(again.findings).toEqual([])
  })

  test('beside the live one: what only one of them accepts is 10, in either direction', async () => {
    const away = await checked(
      ['policy', 'test', other, file('corpus'), '--against', live],
      'policy-test',
      10,
    )
    expect(away.items[0]).toMatchObject({
      item: 'folder',
      candidate: { verdict: 'rejected', code: 'APPRAISAL_MEASUREMENTS', failed: ['measurements'] },
      live: { verdict: 'accepted', code: null, failed: [] },
      effect: 'noLongerAccepted',
      changed: expect.arrayContaining([{ id: 'measurements', live: 'passed', candidate: 'failed' }]),
    })
    expect(away.items[1]).toMatchObject({ effect: 'same', changed: [] })
    expect(away.findings).toContainEqual({
      severity: 'error',
      item: 'named',
      message: 'rejected by the candidate, but expected to be accepted',
    })
    const back = await checked(
      ['policy', 'test', live, file('corpus'), '--against', other],
      'policy-test',
      10,
    )
    expect(back.items[0].effect).toBe('newlyAccepted')
    expect(back.findings).toContainEqual({
      severity: 'error',
      item: 'folder',
      message: 'accepted by the candidate, but not by the live policy (APPRAISAL_MEASUREMENTS)',
    })
    const { status, out } = await lab(['policy', 'test', other, file('corpus'), '--against', live])
    expect(status).toBe(10)
    expect(out).toContain('! folder: rejected APPRAISAL_MEASUREMENTS (live: accepted)\n')
    expect(out).toContain('    failed: measurements\n')
    expect(out).toContain('    measurements: passed -> failed\n')
    expect(out).toContain('  junk: malformed EVIDENCE_FORMAT (live: malformed EVIDENCE_FORMAT)\n')
    expect(out).toContain('accepted by the candidate: 0 of 4\naccepted by the live policy: 3 of 4\n')
    expect(out).toContain(
      'error: folder: accepted by the live policy, but not by the candidate (APPRAISAL_MEASUREMENTS)\n',
    )
  })

  test('an expectation that fails is 10 without a live policy', async () => {
    const output = await checked(['policy', 'test', other, file('corpus')], 'policy-test', 10)
    expect(output.findings.map(({ item }: Json) => item)).toEqual(['named'])
  })

  test('another reason for the same answer is a warning', async () => {
    const third = edited('third.json', { vmpl: [3] })
    const bare = file('bare')
    const output = await checked(['policy', 'test', third, bare, '--against', other], 'policy-test')
    expect(output.items[0]).toMatchObject({ effect: 'otherReason', findings: [{ severity: 'warning' }] })
    expect(output.items[0].changed).toContainEqual({ id: 'vmpl', live: 'passed', candidate: 'failed' })
    const looser = edited('looser2.json', { vmpl: unchecked('x') })
    const same = await checked(['policy', 'test', looser, bare, '--against', live], 'policy-test')
    expect(same.items[0].effect).toBe('otherReason')
    expect(
      (await checked(['policy', 'test', live, bare, '--against', live], 'policy-test')).items[0].effect,
    ).toBe('same')
  })

  test('REPORT_DATA: as the case says, or replayed; never taken for fresh unasked', async () => {
    const fresh = edited('fresh.json', { freshness: 'challenge' })
    const of = async (...more: string[]) => {
      const { items } = jsonOf(await lab(['policy', 'test', fresh, file('corpus'), ...more, '--json']))
      return items.map(({ item, candidate }: Json) => [item, candidate.code])
    }
    const unread = ['junk', 'EVIDENCE_FORMAT']
    const accepted = [
      ['named', null],
      ['one.bin', null],
    ]
    expect(await of()).toEqual([['folder', 'APPRAISAL_FRESHNESS'], unread, ...accepted])
    expect(await of('--replay')).toEqual([['folder', null], unread, ...accepted])
    const equal = { evidence: 'report.bin', reportData: toHex(LAB_REPORT_DATA) }
    file('corpus/folder/case.json', JSON.stringify(equal))
    expect((await of('--replay'))[0]).toEqual(['folder', 'APPRAISAL_FRESHNESS'])
    file('corpus/folder/case.json', JSON.stringify({ evidence: 'report.bin', reportData: 'ab'.repeat(64) }))
    expect((await of('--replay'))[0]).toEqual(['folder', 'BINDING_MISMATCH'])
    file('corpus/folder/case.json', JSON.stringify({ evidence: 'report.bin' }))
    mkdirSync(file('zero'))
    const zero = labEvidence({ line: 'Genoa', report: { reportData: new Uint8Array(64) } })
    file('zero/report', Buffer.concat([zero.report, zero.table]))
    const { items } = jsonOf(await lab(['policy', 'test', fresh, file('zero'), '--replay', '--json']))
    expect(items[0].candidate.code).toBe('APPRAISAL_FRESHNESS')
  })

  test('the time: of the case, else --at, else now', async () => {
    const late = ['--at', '2099-01-01T00:00:00Z']
    const output = jsonOf(await lab(['policy', 'test', live, file('corpus'), ...late, '--json']))
    expect(
      output.items.map(({ item, at, candidate }: Json) => [item, at.slice(0, 4), candidate.code]),
    ).toEqual([
      ['folder', '2099', 'CERTIFICATE_EXPIRED'],
      ['junk', '2099', 'EVIDENCE_FORMAT'],
      ['named', '2026', null],
      ['one.bin', '2099', 'CERTIFICATE_EXPIRED'],
    ])
  })

  test('a CRL of a case counts: required, and scoped', async () => {
    const strict = { crl: 'required', graceDays: 0, minNumbers: unchecked('x'), maxFetchAgeDays: 30 }
    const needs = edited('needs.json', { revocation: strict })
    const { items } = jsonOf(await lab(['policy', 'test', needs, file('corpus'), '--json']))
    expect(items.map(({ item, candidate }: Json) => [item, candidate.code])).toContainEqual(['named', null])
    expect(items.find(({ item }: Json) => item === 'folder').candidate.code).toBe('REVOCATION_FETCH_AGE')
    expect(items.find(({ item }: Json) => item === 'one.bin').candidate.code).toBe('REVOCATION_MISSING')
  })

  test.each([
    ['[]', 'must be an object'],
    ['{"at": "2026-06-01"}', 'at must be a time'],
    ['{"at": 1}', 'at must be a time'],
    ['{"format": "x"}', 'format must be one of auto, snp-report'],
    ['{"expect": "ok"}', 'expect must be one of accepted'],
    ['{"reportData": "00"}', 'reportData must be 128 hex digits'],
    ['{"reportData": 1}', 'reportData must be text'],
    ['{"challenge": true}', 'challenge needs reportData'],
    ['{"challenge": "yes"}', 'challenge must be true or false'],
    ['{"vek": 1}', 'vek must name a file'],
    ['{"crls": {}}', 'crls must be a list'],
    ['{"crls": ["x"]}', 'a CRL must be an object'],
    ['{"crls": [{}]}', 'crls.file must name a file'],
    ['{"crls": [{"file": "x", "fetchedAt": "x"}]}', 'crls.fetchedAt must be a time'],
    ['{"crls": [{"file": "x", "scope": "x"}]}', 'scope must be vcek or vlek'],
    ['{"crls": [{"file": "x", "more": 1}]}', 'unknown key crls.more'],
    ['{"certificates": [1]}', 'certificates must name a file'],
    ['{"more": 1}', 'unknown key more'],
    ['{"at": null, "at": null}', 'is not strict JSON'],
    ['{"format": "tsm"}', 'name the evidence'],
  ])('a case that is none: %s', async (text, says) => {
    file('broken/x/a', 'x')
    file('broken/x/b', 'x')
    const own =
      says === 'name the evidence' ? text : text.replace('{', '{"evidence": "a", ').replace(', }', '}')
    file('broken/x/case.json', own)
    const ran = await lab(['policy', 'test', live, file('broken')])
    expect(ran).toMatchObject({ status: 30, out: '' })
    expect(ran.err).toContain(says)
    expect(ran.err).toContain('EVIDENCE_MALFORMED')
  })

  test.each([
    ['holds no evidence', () => [file('empty')]],
    ['cannot read CORPUS', () => [file('nowhere')]],
    ['it is no folder', () => [live]],
    ['cannot read live policy', () => [file('empty'), '--against', file('nowhere')]],
    ['--at must be a time', () => [file('empty'), '--at', 'now']],
  ])('wrong usage: %s', async (says, argv) => {
    const ran = await lab(['policy', 'test', live, ...argv()])
    expect(ran).toMatchObject({ status: 2, out: '' })
    expect(ran.err).toContain(says)
  })

  test('real evidence over AMD roots', async () => {
    mkdirSync(file('real'))
    const tsm = readFileSync(join(root, 'vectors/real/genoa-v3.tsm.json'))
    const draft = file('draft.json', (await attested(['policy', 'from-report', '-'], { stdin: tsm })).out)
    file('real/genoa', tsm)
    const ran = await attested(['policy', 'test', draft, file('real'), '--against', preset])
    expect(ran.status).toBe(10)
    expect(ran.out).toContain('! genoa: accepted (live: unverifiable REVOCATION_MISSING)')
  })
})
