// Checks the package as users get it: packs it, reads the list of files, lints it, installs it into an empty project,
// imports every entry, runs the command, compiles against its types. Needs .ci/tools (node .ci/setup.mjs --tools).
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const tool = (path) => join(root, '.ci/tools/node_modules', path)
const temporary = mkdtempSync(join(tmpdir(), 'attested-package-'))
const project = join(temporary, 'project')

/** What may be in the tarball. The licence, README and package.json are npm's own choice. */
const allowed = [
  /^(LICENSE|README\.md|CHANGELOG\.md|SECURITY\.md|package\.json)$/,
  /^dist\/THIRD-PARTY-LICENSES\.txt$/,
  /^dist\/([a-z0-9-]+\/)*[a-z0-9-]+\.(js|d\.ts)$/,
  /^docs\/schema\/[\w.-]+\.json$/,
]

const run = (command, args, options = {}) =>
  execFileSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: project,
    ...options,
  })
const node = (...args) => run(process.execPath, args)

let failures = 0
/** Runs one check; a failure is printed and counted, and the next ones still run. */
function check(what, body) {
  try {
    body()
    console.log(`ok      ${what}`)
  } catch (error) {
    failures += 1
    console.log(`FAILED  ${what}\n${error.message}\n${error.stdout ?? ''}`)
  }
}

/** The names by which users import: `attested`, `attested/report`, …; patterns by every file that they match. */
function entries() {
  const names = []
  for (const [subpath, target] of Object.entries(manifest.exports)) {
    const name = subpath.replace(/^\./, manifest.name)
    if (typeof target === 'string') continue
    if (!subpath.includes('*')) names.push(name)
    else {
      const [before, after] = target.default.split('*')
      for (const file of readdirSync(join(root, before))) {
        if (file.endsWith(after)) names.push(name.replace('*', file.slice(0, -after.length)))
      }
    }
  }
  return names
}

/** A consumer that touches every entry, compiled with its own strict settings and with the libraries' types checked. */
function compileConsumer(module, moduleResolution) {
  const names = entries()
  const imports = names.map((name, i) => `import * as entry${i} from '${name}'`)
  const uses = names.map((_, i) => `export const keys${i}: readonly string[] = Object.keys(entry${i})`)
  writeFileSync(join(project, 'consumer.ts'), [...imports, ...uses, ''].join('\n'))
  const compilerOptions = {
    ...{ module, moduleResolution, target: 'ES2022', lib: ['ES2022', 'DOM'], types: [] },
    ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true },
  }
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['consumer.ts'] }))
  node(tool('typescript/bin/tsc'), '-p', 'tsconfig.json')
}

function main() {
  // Packing runs `prepack`, so this is the checked build and no other.
  const output = run('npm', ['pack', '--json', '--pack-destination', temporary], { cwd: root })
  // A lifecycle script may have printed before npm's JSON.
  const [packed] = JSON.parse(output.slice(output.search(/^\[/m)))
  const tarball = join(temporary, packed.filename)
  const files = packed.files.map(({ path }) => path)
  console.log(
    `${packed.filename}: ${files.length} files, ${packed.size} bytes, unpacked ${packed.unpackedSize}`,
  )

  check('the tarball holds only what users need', () => {
    const stray = files.filter((path) => !allowed.some((pattern) => pattern.test(path)))
    if (stray.length > 0) throw new Error(`should not be packed: ${stray.join(', ')}`)
    const missing = ['LICENSE', 'README.md', 'dist/index.js', 'dist/THIRD-PARTY-LICENSES.txt'].filter(
      (path) => !files.includes(path),
    )
    if (missing.length > 0) throw new Error(`should be packed: ${missing.join(', ')}`)
  })
  check('publint', () => node(tool('publint/src/cli.js'), 'run', tarball, '--strict'))
  check('are the types wrong', () =>
    node(tool('@arethetypeswrong/cli/dist/index.js'), tarball, '--profile', 'esm-only', '--no-emoji'),
  )
  check('it installs into an empty project', () => {
    run('npm', ['init', '--yes', '--init-type=module'], { cwd: project })
    run('npm', ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', tarball])
  })
  check('every entry can be imported', () => {
    const names = JSON.stringify(entries())
    node('--input-type=module', '--eval', `for (const name of ${names}) await import(name)`)
  })
  check('what loads on first use can be loaded', () => {
    // By path: these files have no names, and need packages that only users' projects must have by now.
    const inner = files.filter((path) => path.endsWith('.js') && !path.startsWith('dist/cli/'))
    const paths = JSON.stringify(inner.map((path) => `./node_modules/${manifest.name}/${path}`))
    node('--input-type=module', '--eval', `for (const path of ${paths}) await import(path)`)
  })
  check('nothing but the entries can be imported', () => {
    const inner = `${manifest.name}/dist/index.js`
    node(
      '--input-type=module',
      '--eval',
      `
      const code = await import('${inner}').then(() => 'imported', (error) => error.code)
      if (code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') throw new Error(code)`,
    )
  })
  check('the command runs', () => run('npx', ['--no-install', ...Object.keys(manifest.bin), '--help']))
  check('its types compile under nodenext', () => compileConsumer('NodeNext', 'NodeNext'))
  check('its types compile under bundler', () => compileConsumer('ESNext', 'Bundler'))
}

try {
  mkdirSync(project)
  main()
} finally {
  rmSync(temporary, { recursive: true, force: true })
}
process.exitCode = failures > 0 ? 1 : 0
