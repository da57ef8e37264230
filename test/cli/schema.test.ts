// The published JSON Schemas against what the command prints.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { agentBody } from '../support/agent-2cvm.js'
import { goEvidence } from '../support/containers.js'
import { toHex } from '../support/der.js'
import { makeVek } from '../support/certificates.js'
import { labCrl, labEvidence, labPki } from '../support/pki.js'
import { repositoryRoot } from '../support/real-folder.js'
import { LAB_REPORT_DATA, patchReport } from '../support/report.js'
import { type Json, attested, jsonOf, lab, temporaryFolder } from './harness.js'
import { type Schema, subschemas, violations } from './json-schema.js'

const { file } = temporaryFolder()
const schema = (name: string): Schema =>
  JSON.parse(readFileSync(join(repositoryRoot(), `docs/schema/${name}.schema.json`), 'utf8')) as Schema
const schemas = { verdict: schema('verdict'), inspect: schema('inspect') }
const outputs: Readonly<Record<'verdict' | 'inspect', Json[]>> = {
  verdict: [],
  inspect: [],
}

const challenge = ['--report-data', toHex(LAB_REPORT_DATA), '--challenge']

async function verdictsOf(name: string, ...make: string[]): Promise<void> {
  await lab(['make', '--out', file(name), ...make])
  const keys = [
    '--vek',
    file(`${name}/vek.der`),
    '--crl',
    `${file(`${name}/crl.der`)},fetched=2026-05-30T00:00:00Z`,
  ]
  const report = file(`${name}/report.bin`)
  const policy = ['--policy', file(`${name}/policy.json`), '--json']
  const flipped = file('flipped.bin', patchReport(new Uint8Array(readFileSync(report)), 4, Uint8Array.of(1)))
  for (const argv of [
    [report, ...keys, ...policy, ...challenge],
    [report, ...keys, ...policy, '--unchecked-report-data', 'x'],
    [report, ...keys, ...policy, '--report-data', 'ab'.repeat(64)],
    [report, ...policy, ...challenge],
    [flipped, ...keys, ...policy, ...challenge],
    [file('short', 'x'), ...policy, ...challenge],
    [report, ...keys, '--policy', file('empty.json', '{}'), ...challenge, '--json'],
  ])
    outputs.verdict.push(jsonOf(await lab(['verify', ...argv])))
}

beforeAll(async () => {
  await verdictsOf('milan', '--report-version', '2')
  await verdictsOf('genoa', '--product', 'Genoa')
  await verdictsOf('turin', '--product', 'Turin', '--signer', 'vlek', '--report-version', '5')
  const { Milan } = labPki().lines
  const unfit = makeVek({ line: 'Milan', kind: 'vcek', authority: Milan.ask, structVersion: 9 }).der
  const unknown = labEvidence({ report: { cpuid: { family: 0x1b, model: 0, stepping: 0 } } })
  const real = join(repositoryRoot(), 'vectors/real')
  for (const argv of [
    [file('milan/extended.bin'), '--crl', file('genoa.crl', labCrl('Genoa'))],
    [file('turin/extended.bin')],
    [file('unknown.bin', unknown.report), '--vek', file('unfit.der', unfit)],
    [file('go.bin', goEvidence(labEvidence()))],
    [file('agent.json', agentBody(labEvidence().report))],
    [file('short', 'x')],
    [file('milan/ark.der')],
    [file('no.pem', '-----BEGIN CERTIFICATE-----\nBQA=\n-----END CERTIFICATE-----\n')],
    [file('no-crl.pem', '-----BEGIN X509 CRL-----\nBQA=\n-----END X509 CRL-----\n')],
  ])
    outputs.inspect.push(jsonOf(await lab(['inspect', ...argv, '--json'])))
  for (const name of ['genoa-v3.tsm.json', 'gcp-milan-v5.report.hex', 'genoa-9.crl.pem'])
    outputs.inspect.push(jsonOf(await attested(['inspect', join(real, name), '--json'])))
  const policy = file(
    'loose.json',
    (await attested(['policy', 'from-report', join(real, 'genoa-v3.tsm.json')])).out,
  )
  const genuine = ['verify', join(real, 'genoa-v3.tsm.json'), '--policy', policy, '--json']
  outputs.verdict.push(jsonOf(await attested([...genuine, '--unchecked-report-data', 'x'])))
})

describe.each(['verdict', 'inspect'] as const)('%s', (name) => {
  test('its schema is closed: every object lists its keys, and all but lab and what a thing may lack are required', () => {
    const optional: string[] = []
    for (const one of subschemas(schemas[name])) {
      if (one['type'] !== 'object') continue
      expect(one['additionalProperties']).toBeDefined()
      if (one['properties'] === undefined) continue
      expect(one['additionalProperties']).toBe(false)
      const required = one['required'] as readonly string[]
      optional.push(...Object.keys(one['properties'] as Schema).filter((key) => !required.includes(key)))
    }
    const levels = ['bootloader', 'tee', 'snp', 'microcode', 'fmc']
    const notes = name === 'verdict' ? ['reason', 'expected', 'actual'] : []
    expect(optional.sort()).toEqual(['lab', ...levels, ...notes].sort())
  })

  test('outputs of every kind are valid', () => {
    for (const output of outputs[name]) expect(violations(schemas[name], output)).toEqual([])
  })

  test('a key more or less, or a value of another kind, is not', () => {
    for (const output of outputs[name]) {
      expect(violations(schemas[name], { ...output, more: 1 })).not.toEqual([])
      for (const key of Object.keys(output)) {
        const { [key]: _, ...less } = output
        if (key !== 'lab') expect(violations(schemas[name], less)).not.toEqual([])
        expect(violations(schemas[name], { ...output, [key]: 42n })).not.toEqual([])
      }
    }
  })
})

test('the outputs are of every kind', () => {
  expect(new Set(outputs.verdict.map(({ verdict }) => verdict))).toEqual(
    new Set(['accepted', 'rejected', 'unverifiable', 'malformed']),
  )
  expect(new Set(outputs.verdict.map(({ kind }) => kind))).toEqual(new Set(['verified', 'unbound', null]))
  expect(new Set(outputs.inspect.map(({ format }) => format))).toEqual(
    new Set([
      'snp-report',
      'snp-report+cert-table',
      'go-sev-guest',
      '2cvm-agent',
      'tsm',
      'certificates',
      null,
    ]),
  )
  expect(new Set(outputs.inspect.map(({ reconstructed }) => reconstructed))).toEqual(
    new Set([true, false, null]),
  )
  expect(new Set(outputs.inspect.map(({ attachments }) => attachments.length))).toEqual(new Set([0, 3]))
  expect(
    new Set(outputs.inspect.flatMap(({ certificates }) => certificates.map((one: Json) => one.kind))),
  ).toEqual(new Set(['certificate', 'crl']))
})
