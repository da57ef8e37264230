// Evidence in a corpus that is a directory: read as `verify` reads one, without the files that belong to the corpus.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { policyFromReport } from '../../src/appraisal/index.js'
import { parseReport } from '../../src/report/index.js'
import { pem } from '../support/cert-table.js'
import { toHex } from '../support/der.js'
import { labCrl, labEvidence } from '../support/pki.js'
import { LAB_REPORT_DATA } from '../support/report.js'
import { type Json, jsonOf, lab, temporaryFolder } from './harness.js'

const { file, path } = temporaryFolder()
const genoa = labEvidence({ line: 'Genoa' })
const { report, table, vek, ask } = genoa
const other = labEvidence({ line: 'Milan' })
const challenge = { reportData: toHex(LAB_REPORT_DATA), challenge: true }
const { policy } = policyFromReport(parseReport(report), { endorsementKey: vek })
const fetched = { crl: 'required', graceDays: 0, minNumbers: { unchecked: 'x' }, maxFetchAgeDays: 30 }
let loose = ''
let strict = ''

beforeAll(() => {
  loose = file('policy.json', JSON.stringify(policy))
  strict = file('strict.json', JSON.stringify({ ...policy, revocation: fetched }))
})

type Files = Readonly<Record<string, Uint8Array | string>>
let made = 0

/** A corpus of one folder, which holds these files; a name with a slash is in a folder of its own. */
function corpus(files: Files): string {
  made += 1
  const folder = join(path, `corpus-${String(made)}`)
  for (const [name, content] of Object.entries(files)) {
    const whole = join('item', name)
    mkdirSync(join(folder, whole, '..'), { recursive: true })
    file(join(`corpus-${String(made)}`, whole), content)
  }
  return folder
}

async function judged(files: Files, under = loose): Promise<readonly [format: string | null, code: string]> {
  const ran = await lab(['policy', 'test', under, corpus(files), '--json'])
  const { items } = jsonOf(ran)
  expect(items.map(({ item }: Json) => item)).toEqual(['item'])
  const { format, candidate } = items[0]
  return [format, candidate.code ?? candidate.verdict]
}

async function refused(files: Files): Promise<readonly [status: number, err: string]> {
  const { status, out, err } = await lab(['policy', 'test', loose, corpus(files)])
  expect(out).toBe('')
  return [status, err.split('\n')[0] ?? '']
}

const caseOf = (stated: object): Files => ({ 'case.json': JSON.stringify(stated) })
const tsm = { outblob: report, auxblob: table, provider: 'sev_guest\n' }

describe('a folder that is evidence', () => {
  test('of the kernel, alone or beside the files of the corpus', async () => {
    expect(await judged(tsm)).toEqual(['tsm-dir', 'accepted'])
    const bare = { outblob: report, auxblob: '', provider: 'sev_guest\n' }
    expect(await judged(bare)).toEqual(['tsm-dir', 'ENDORSEMENT_MISSING'])
    expect(await judged({ ...bare, 'vek.der': vek })).toEqual(['tsm-dir', 'accepted'])
    expect(await judged({ ...bare, 'vek.der': other.vek })).toEqual(['tsm-dir', 'ENDORSEMENT_PRODUCT'])
    expect(await judged({ ...tsm, ...caseOf(challenge) })).toEqual(['tsm-dir', 'accepted'])
    expect(await judged({ ...tsm, ...caseOf({ ...challenge, reportData: 'ab'.repeat(64) }) })).toEqual([
      'tsm-dir',
      'BINDING_MISMATCH',
    ])
  })

  test('its CRL counts as the case says', async () => {
    const crls = [{ file: 'crl.der', fetchedAt: '2026-05-30T00:00:00Z', scope: 'vcek' }]
    const whole = { ...tsm, 'crl.der': labCrl('Genoa') }
    expect(await judged(tsm, strict)).toEqual(['tsm-dir', 'REVOCATION_MISSING'])
    expect(await judged(whole, strict)).toEqual(['tsm-dir', 'REVOCATION_FETCH_AGE'])
    expect(await judged({ ...whole, ...caseOf({ crls }) }, strict)).toEqual(['tsm-dir', 'accepted'])
  })

  test('of snpguest, with its own certificates', async () => {
    expect(await judged({ 'report.bin': report, 'vcek.pem': pem(vek) })).toEqual(['snpguest-dir', 'accepted'])
    const named = { 'attestation-report.bin': report, 'vcek.der': vek, 'ask.der': ask }
    expect(await judged(named)).toEqual(['snpguest-dir', 'accepted'])
    expect(await judged({ ...named, 'ask.der': other.ask })).toEqual([
      'snpguest-dir',
      'CHAIN_INTERMEDIATE_UNKNOWN',
    ])
  })

  test('files that its case names are none of it', async () => {
    const bare = { outblob: report, provider: 'sev_guest\n', 'key.pem': pem(vek), 'other.pem': pem(ask) }
    expect(await judged({ ...bare, ...caseOf({ vek: 'key.pem', certificates: ['./other.pem'] }) })).toEqual([
      'tsm-dir',
      'accepted',
    ])
    // One that no case names is not passed over.
    expect(await judged({ ...bare, ...caseOf({ vek: 'key.pem' }) })).toEqual([null, 'EVIDENCE_MALFORMED'])
    const crls = [{ file: 'list', fetchedAt: '2026-05-30T00:00:00Z' }]
    const listed = { ...tsm, list: labCrl('Genoa') }
    expect(await judged({ ...listed, ...caseOf({ crls }) }, strict)).toEqual(['tsm-dir', 'accepted'])
  })
})

describe('a folder that holds evidence', () => {
  test('a directory in it, alone or named', async () => {
    const inner = { 'quote/outblob': report, 'quote/provider': 'sev_guest\n', 'vek.der': vek }
    expect(await judged(inner)).toEqual(['tsm-dir', 'accepted'])
    const named = { ...inner, 'notes.txt': 'x', ...caseOf({ evidence: 'quote', format: 'tsm-dir' }) }
    expect(await judged(named)).toEqual(['tsm-dir', 'accepted'])
    // Only what lies in that directory is left out, and only what is named.
    const strange = { ...inner, 'quote/case.json': '{}', ...caseOf({ evidence: 'quote' }) }
    expect(await judged(strange)).toEqual([null, 'EVIDENCE_MALFORMED'])
    const keyInside = { 'quote/outblob': report, 'quote/key': vek, ...caseOf({ vek: 'quote/key' }) }
    expect(await judged(keyInside)).toEqual(['tsm-dir', 'accepted'])
  })

  test('itself, where the case says so', async () => {
    const whole = { outblob: report, 'vek.der': vek }
    expect(await judged(whole)).toEqual(['snp-report', 'accepted'])
    expect(await judged({ ...whole, ...caseOf({ evidence: '.' }) })).toEqual(['tsm-dir', 'accepted'])
    expect(await judged({ ...tsm, notes: 'x', ...caseOf({ evidence: '.' }) })).toEqual([
      null,
      'EVIDENCE_MALFORMED',
    ])
  })

  test('report.bin, where the rest is no evidence', async () => {
    const files = { 'report.bin': report, 'vek.der': vek, 'notes.txt': 'x', 'more/x': 'x' }
    expect(await judged(files)).toEqual(['snp-report', 'accepted'])
  })

  test('that is not to be told: the case must name it', async () => {
    const says =
      'attested: EVIDENCE_MALFORMED: case of item: not one file, no report.bin, and no directory of evidence: name the evidence'
    for (const files of [
      { a: report, b: report },
      { 'vek.der': vek },
      { 'one/outblob': report, 'two/outblob': report },
    ])
      expect(await refused(files)).toEqual([30, says])
  })

  test('an empty directory that a case names is wrong usage', async () => {
    const [status, err] = await refused({ 'quote/.hidden': 'x', ...caseOf({ evidence: 'quote' }) })
    expect(status).toBe(2)
    expect(err).toMatch(/^attested: cannot read evidence .*quote: the directory holds no file$/)
  })
})
