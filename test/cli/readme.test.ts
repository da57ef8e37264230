// What the README shows is what happens.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ts from 'typescript'
import { beforeAll, describe, expect, test } from 'vitest'
import { repositoryRoot } from '../support/real-folder.js'
import { labEvidence } from '../support/pki.js'
import { LAB_MEASUREMENT, LAB_REPORT_DATA } from '../support/report.js'
import { toHex } from '../support/der.js'
import { attested, temporaryFolder } from './harness.js'

const root = repositoryRoot()
const { file } = temporaryFolder()
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const blocks = (language: string): readonly string[] =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, 'gm'))].map(([, code = '']) => code)

describe.each(blocks('ts').map((code, index) => ({ index, code })))(
  'the example in TypeScript, $index',
  ({ index, code }) => {
    // Inside the repository, so that the package finds itself by its name, as it does where it is installed.
    const path = join(root, `.build/readme/example-${String(index)}.ts`)

    beforeAll(() => {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, code)
    })

    test('compiles in strict mode', () => {
      const program = ts.createProgram([path], {
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.NodeNext,
        moduleResolution: ts.ModuleResolutionKind.NodeNext,
        lib: ['lib.es2022.d.ts'],
        types: ['node'],
        strict: true,
        exactOptionalPropertyTypes: true,
        noUnusedLocals: true,
        skipLibCheck: true,
        noEmit: true,
      })
      const problems = ts
        .getPreEmitDiagnostics(program)
        .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
      expect(problems).toEqual([])
    })

    test('runs, and prints what its comments say', () => {
      const { outputText } = ts.transpileModule(code, {
        compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
      })
      const script = path.replace(/\.ts$/, '.mjs')
      writeFileSync(script, outputText)
      const { status, stdout, stderr } = spawnSync(process.execPath, [script], {
        cwd: root,
        encoding: 'utf8',
      })
      expect([status, stderr]).toEqual([0, ''])
      expect(stdout.split('\n')[0]).toBe('accepted Genoa my image, build 7')
      expect(stdout).toContain("reason: 'a stored sample'")
    })
  },
)

const example = (name: string): string => readFileSync(join(root, 'docs/examples', name), 'utf8')

test('there is one complete example', () => {
  expect(blocks('ts')).toHaveLength(1)
})

test('the commands of the README are commands that there are', async () => {
  const evidence = labEvidence()
  const names: Readonly<Record<string, string>> = {
    'report.bin': file('report.bin', evidence.report),
    'vcek.der': file('vcek.der', evidence.vek),
    'milan.crl': file('milan.crl', evidence.crl),
    'manifest.json': file('manifest.json', example('manifest.json')),
    'mine.json': file('mine.json', example('hospital.json')),
    $DIGEST: toHex(LAB_MEASUREMENT),
    $CHALLENGE: toHex(LAB_REPORT_DATA),
  }
  const lines = blocks('sh')
    .join('')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line.startsWith('attested '))
  expect(lines.length).toBeGreaterThan(4)
  for (const line of lines) {
    let command = line.replace(/ +#.*$/, '')
    for (const [name, value] of Object.entries(names)) command = command.replaceAll(name, value)
    const [, redirected] = / > (\S+)$/.exec(command) ?? []
    const argv = [...command.replace(/ > \S+$/, '').matchAll(/"([^"]*)"|(\S+)/g)].map(
      ([, quoted, word = '']) => quoted ?? word,
    )
    const judges = argv[1] === 'verify' || (argv[1] === 'bundle' && argv[2] === 'create')
    const made = ['policy.json', 'bundle.json']
    const ran = await attested(argv.slice(1).map((one) => (made.includes(one) ? file(one) : one)))
    // Lab evidence, so verification ends with a verdict that is no yes; everything else works.
    expect([line, ran.status]).toEqual([line, judges ? 10 : 0])
    if (redirected !== undefined) file(redirected, ran.out)
  }
})

test('every folder of the source is in its list, and no other', () => {
  const table = readme.slice(readme.indexOf('## The source'))
  const listed = [...table.matchAll(/(?:\| |· )`(\w+)`/g)].map(([, name]) => name)
  const folders = readdirSync(join(root, 'src'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
  expect(listed.sort()).toEqual(folders.sort())
})

test('every link leads to a file', () => {
  const documents = [
    'README.md',
    'SECURITY.md',
    'CHANGELOG.md',
    'vectors/real/README.md',
    'docs/CONTRIBUTING.md',
    'docs/guarantees.md',
    'docs/commitments.md',
    'docs/challenges.md',
    'docs/manifest.md',
    'docs/evidence.md',
    'docs/kds-proxy.md',
    'docs/separation.md',
  ]
  const links = documents.flatMap((name) =>
    [...readFileSync(join(root, name), 'utf8').matchAll(/\]\(([^)#]+)/g)].map(([, target = '']) =>
      join(dirname(name), target),
    ),
  )
  expect(links.length).toBeGreaterThan(5)
  for (const link of links) expect(readFileSync(join(root, link)).length).toBeGreaterThan(0)
})
