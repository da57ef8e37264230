// docs/evidence.md: every command in it, on genuine evidence that lies outside the repository.
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { tinfoilBundleText, tinfoilDocument } from '../support/containers.js'
import { realFolder, repositoryRoot } from '../support/real-folder.js'
import { attested, temporaryFolder } from './harness.js'

const real = realFolder()
if (real === null) console.warn('SKIPPED: the commands of docs/evidence.md, for want of genuine evidence')
const { path: folder } = temporaryFolder()

/** The folders that the guide names, and what is in them. */
const files: Readonly<Record<string, readonly [item: string, names: Readonly<Record<string, string>>]>> = {
  aws: ['trustee-aws-milan-v3-vlek', { 'report.bin': 'report.bin', 'vlek.der': 'vek.der' }],
  azure: [
    'trustee-azure-genoa-v3-hcl',
    {
      'evidence.json': 'trustee.json',
      'hcl.bin': 'hcl.bin',
      'vcek.der': 'vek.der',
      'quote.bin': 'tpm-quote.msg',
      'quote.sig': 'tpm-quote.sig',
    },
  ],
  aci: ['mstav-genoa-v3', { 'report.bin': 'report.bin', 'vcek.der': 'vek.der' }],
  gcp: ['openpcc-gce-milan-v4', { 'report.bin': 'report.bin' }],
  metal: ['veraison-genoa-v3-tsm', { 'tsm.json': 'tsm.json' }],
  tinfoil: ['attrs-siena-v5', { 'report.bin': 'report.bin', 'vcek.der': 'vek.der' }],
  trustee: ['trustee-milan-v2', { 'report.bin': 'report.bin', 'vcek.der': 'vek.der' }],
}

const guide = readFileSync(join(repositoryRoot(), 'docs/evidence.md'), 'utf8')
const blocks = [...guide.matchAll(/^```sh(?: status=(\d+))?\n([^]*?)^```$/gm)].map(
  ([, status = '0', code = '']) => ({ status: Number(status), commands: code.trim().split('\n') }),
)

const placed = (word: string): string =>
  word.replace(/(^|@)([a-z]+)\//, (whole, before: string, name: string) =>
    Object.hasOwn(files, name) ? `${before}${folder}/${name}/` : whole,
  )

const wordsOf = (command: string): readonly string[] =>
  [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word = '']) => placed(quoted ?? word))

beforeAll(() => {
  if (real === null) return
  for (const [name, [item, names]] of Object.entries(files)) {
    mkdirSync(join(folder, name))
    for (const [to, from] of Object.entries(names))
      copyFileSync(join(real, item, from), join(folder, name, to))
  }
  wrapForTinfoil(join(folder, 'tinfoil'))
})

/** No genuine document of Tinfoil's is at hand: the report is genuine, what is around it is ours. */
function wrapForTinfoil(place: string): void {
  const report = new Uint8Array(readFileSync(join(place, 'report.bin')))
  const vek = new Uint8Array(readFileSync(join(place, 'vcek.der')))
  writeFileSync(join(place, 'attestation.json'), JSON.stringify(tinfoilDocument(report)))
  writeFileSync(join(place, 'bundle.json'), tinfoilBundleText({ report, vek }))
}

it('the guide has a section per source, with commands', () => {
  const sections = [...guide.matchAll(/^## (.*)$/gm)].map(([, title]) => title)
  for (const source of ['AWS', 'Azure confidential VMs', 'Google Cloud', 'Bare metal', 'Tinfoil'])
    expect(sections).toContain(source)
  expect(blocks.length).toBeGreaterThanOrEqual(7)
})

describe.skipIf(real === null || !existsSync(real))(
  'the commands of the guide',
  { concurrent: false },
  () => {
    it.each(blocks.map((block) => [block.commands.at(-1)?.slice(0, 80) ?? '', block] as const))(
      '%s',
      async (_, { status, commands }) => {
        for (const [at, command] of commands.entries()) {
          const [name, ...words] = wordsOf(command.replace(/ > (\S+)$/, ''))
          expect(name).toBe('attested')
          const ran = await attested(words)
          expect([command, ran.status, ran.status === 0 ? '' : ran.out + ran.err]).toMatchObject([
            command,
            at === commands.length - 1 ? status : 0,
            expect.any(String),
          ])
          const [, redirected] = / > (\S+)$/.exec(command) ?? []
          if (redirected !== undefined) writeFileSync(placed(redirected), ran.out)
        }
      },
    )
  },
)
