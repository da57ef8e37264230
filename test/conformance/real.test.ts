// The runs of `npm run real` as tests, the policy runs on one item of each kind. Without the folder of real evidence
// the lab's part still runs.
import { beforeAll, describe, expect, it } from 'vitest'
import { realFolder } from '../support/real-folder.js'
import { containerRows } from './real-containers.js'
import { type RealRun, runReal } from './real-run.js'

let run: RealRun

beforeAll(async () => {
  run = await runReal({ everyItem: false })
}, 240_000)

const unexpected = (rows: readonly { readonly ok: boolean }[]): readonly unknown[] =>
  rows.filter(({ ok }) => !ok)

describe.skipIf(realFolder() === null)('real evidence', () => {
  it('is judged as its meta.json expects', () => {
    expect(unexpected(run.items)).toEqual([])
    // 18 items: each once, those with a key once more without it, two that are zero, one container in two ways.
    expect(run.items).toHaveLength(18 + 17 + 2 + 2)
  })

  it('reads and verifies every genuine CRL, and refuses the revoked ASK in every way it may come', () => {
    expect(unexpected(run.crls)).toEqual([])
    expect(run.crls).toHaveLength(2 * 6 + 4 * 4 + 1)
  })

  it('is refused by every policy with one thing wrong, for that alone', () => {
    const rows = run.rows.filter(({ source }) => source === 'real')
    expect(unexpected(rows)).toEqual([])
    const names = new Set(rows.map(({ subject }) => subject))
    expect(names.size).toBe(7)
    for (const name of names) {
      // About fifty keys and sub-keys can be wrong on the poorest of them.
      const refusing = rows.filter((row) => row.subject === name && row.failing.length === 1)
      expect(new Set(refusing.map(({ key }) => key)).size).toBeGreaterThan(50)
    }
  })
})

/** Documents that some format must read. */
const readDocuments: readonly string[] = [
  'attrs-azure-milan-v3-hcl evidence.json attestation-rs',
  'attrs-azure-milan-v3-hcl hcl.bin azure-hcl',
  'azcvm-milan-v2-other-chip-vcek hcl.bin azure-hcl',
  'oak-milan-v3-cb evidence.binarypb oak-evidence',
  'steward-milan-v2-authorkey request.csr pkcs10-csr',
  'trustee-azure-genoa-v3-hcl hcl.bin azure-hcl',
  'trustee-azure-genoa-v3-hcl trustee.json az-snp-vtpm',
  'trustee-azure-milan-v2-hcl hcl.bin azure-hcl',
  'veraison-genoa-v3-tsm tsm.json tsm',
]

describe.skipIf(realFolder() === null)('real containers', () => {
  it('hold the report that their item has, and are judged like it', async () => {
    const rows = await containerRows()
    expect(unexpected(rows)).toEqual([])
    // Two directories of the parts of each of 18 items, and the documents that came with them.
    expect(rows.filter(({ recognised }) => recognised.endsWith('-dir'))).toHaveLength(36)
    const documents = rows.map(({ item, container, recognised }) => `${item} ${container} ${recognised}`)
    expect(documents).toEqual(expect.arrayContaining([...readDocuments]))
  })
})

describe('lab evidence', () => {
  it('is refused by every policy with one thing wrong, for that alone', () => {
    const rows = run.rows.filter(({ source }) => source === 'lab')
    expect(unexpected(rows)).toEqual([])
    expect(rows.length).toBeGreaterThan(1000)
  })

  it('covers every check that a policy drives, and every policy key, without the real evidence', () => {
    expect(run.gaps).toEqual([])
    expect(run.counts.filter(({ lab }) => lab === 0)).toEqual([])
  })
})
