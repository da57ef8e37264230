// Evidence that is a directory: one report in several files.
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { toHex } from '../support/der.js'
import { labEvidence } from '../support/pki.js'
import { LAB_REPORT_DATA } from '../support/report.js'
import { attested, jsonOf, lab, temporaryFolder } from './harness.js'

const { file, path } = temporaryFolder()
const { report, table, vek } = labEvidence({ line: 'Genoa' })

function directory(name: string, files: Readonly<Record<string, Uint8Array | string>>): string {
  mkdirSync(`${path}/${name}`, { recursive: true })
  for (const [each, content] of Object.entries(files)) file(`${name}/${each}`, content)
  return `${path}/${name}`
}

let policy = ''

beforeAll(async () => {
  await lab(['make', '--out', file('made'), '--product', 'Genoa'])
  const drafted = await lab(['policy', 'from-report', directory('drafted', { 'report.bin': report })])
  policy = file('policy.json', drafted.out)
  expect(drafted).toMatchObject({ status: 0 })
  expect(drafted.err).toContain('evidence recognised as snpguest-dir')
})

const verify = (evidence: string, ...more: readonly string[]) =>
  lab(['verify', evidence, '--policy', policy, '--report-data', toHex(LAB_REPORT_DATA), '--json', ...more])

const tsm = { outblob: report, auxblob: table, provider: 'sev_guest\n' }

describe('a directory', () => {
  test('is verified like the report in it', async () => {
    const ran = await verify(directory('tsm', tsm))
    expect(jsonOf(ran)).toMatchObject({ verdict: 'accepted' })
    expect(ran).toMatchObject({ status: 0 })
    expect(ran.err).toContain('evidence recognised as tsm-dir')
    expect(await verify(directory('guest', { 'report.bin': report, 'vcek.der': vek }))).toMatchObject({
      status: 0,
    })
  })

  test('is inspected', async () => {
    const ran = await attested(['inspect', directory('tsm', tsm), '--json'])
    expect(jsonOf(ran)).toMatchObject({ format: 'tsm-dir', claimed: { vmpl: 0 }, error: null })
    const named = await attested(['inspect', directory('tsm', tsm), '--format', 'tsm', '--json'])
    expect(named.status).toBe(30)
    expect(jsonOf(named)).toMatchObject({ error: { code: 'EVIDENCE_FORMAT' } })
  })

  test('is no file of certificates', async () => {
    const ran = await attested(['inspect', directory('tsm', tsm), '--format', 'certificates'])
    expect(ran).toMatchObject({ status: 2, out: '' })
    expect(ran.err).toContain('certificates are read from a file, not from a directory')
  })

  test('may hold directories, and names with a dot before them', async () => {
    const name = directory('more', { ...tsm, '.hidden': 'x' })
    directory('more/inner', { outblob: 'x' })
    expect(await verify(name)).toMatchObject({ status: 0 })
  })

  test('may hold what nobody may read, as the kernel shows it', async () => {
    const name = directory('kernel', { ...tsm, unknown: 'x' })
    expect(await verify(name)).toMatchObject({ status: 30 })
    chmodSync(`${name}/unknown`, 0o200)
    expect(await verify(name)).toMatchObject({ status: 0 })
  })

  test('may be a link, and hold links to files, but none to nothing', async () => {
    directory('linked', {})
    symlinkSync(`${directory('tsm', tsm)}/outblob`, `${path}/linked/outblob`)
    symlinkSync(file('vcek', vek), `${path}/linked/auxblob`)
    symlinkSync(`${path}/none`, `${path}/linked/dangling`)
    symlinkSync(`${path}/linked`, `${path}/link`)
    const ran = await verify(`${path}/link`)
    expect(jsonOf(ran)).toMatchObject({ code: 'EVIDENCE_TABLE' })
  })

  test.each([
    ['64 files', 64, 'EVIDENCE_FORMAT'],
    ['65 files', 65, 'EVIDENCE_SIZE'],
    ['200 files', 200, 'EVIDENCE_SIZE'],
  ])('of %s', async (name, count, code) => {
    const files = Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${String(index)}`, 'x']))
    expect(jsonOf(await verify(directory(name, files)))).toMatchObject({ code })
  })

  test('of more than 1 MiB in all is refused', async () => {
    const half = new Uint8Array(512 * 1024)
    const name = directory('large', { a: half, b: half })
    expect(jsonOf(await verify(name))).toMatchObject({ code: 'EVIDENCE_FORMAT' })
    file('large/c', 'x')
    expect(jsonOf(await verify(name))).toMatchObject({ code: 'EVIDENCE_SIZE' })
  })

  test('with nothing in it is wrong usage', async () => {
    const ran = await verify(directory('empty', { '.hidden': 'x' }))
    expect(ran).toMatchObject({ status: 2, out: '' })
    expect(ran.err).toContain(`cannot read evidence ${path}/empty: the directory holds no file`)
  })
})
