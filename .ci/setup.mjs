// Makes a fresh clone ready: checks Node, installs what the lock file names, compiles what changed.
//
//   node .ci/setup.mjs            the library and the command, into dist/: declarations by tsc, code by bundle.mjs
//   node .ci/setup.mjs --tests    also src/ and test/ together, into the git-ignored .build/
//   node .ci/setup.mjs --clean    dist/ from nothing and with type checks, as it is published
//   node .ci/setup.mjs --tools    no build, but the heavy tools of .ci/tools (linter, formatter, package checks)
//
// It prints to stderr only: stdout belongs to the command that follows, which may be writing JSON.
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const known = ['--tests', '--clean', '--tools']
const flags = process.argv.slice(2)

function stop(message) {
  process.stderr.write(`attested: ${message}\n`)
  process.exit(1)
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) {
    stop(`Node 20.19 or newer is needed, this is ${process.versions.node} (https://nodejs.org/)`)
  }
}

/** Runs a program with its output on stderr; its failure is ours. */
function run(what, command, args, options = {}) {
  process.stderr.write(`attested: ${what}\n`)
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], ...options })
  if (result.error) stop(`${what} failed: ${result.error.message}`)
  if (result.status !== 0) stop(`${what} failed (${result.signal ?? `exit ${result.status}`})`)
}

const modified = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? -1

/** `npm ci`, unless npm's own record of the last installation is as new as the lock file. */
function install(folder, what) {
  if (
    modified(join(folder, 'node_modules/.package-lock.json')) >= modified(join(folder, 'package-lock.json'))
  )
    return
  // The npm that started us, where there is one: it works on Windows too, where `npm` is no program.
  const npm = process.env.npm_execpath ?? ''
  const [command, first] = npm.endsWith('npm-cli.js') ? [process.execPath, [npm]] : ['npm', []]
  // Development dependencies are what compiles us, so NODE_ENV=production must not leave them out. None of the
  // dependencies needs its installation scripts, so none gets to run one.
  const args = ['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund']
  run(`installing ${what}`, command, [...first, ...args], {
    cwd: folder,
    shell: command === 'npm' && process.platform === 'win32',
  })
}

/** One line for each file that a build reads: path, time of change, size. Unit tests are in no build's output. */
function inputs(folders) {
  const files = [
    'package-lock.json',
    'tsconfig.json',
    'src/cli/tsconfig.json',
    'test/tsconfig.json',
    'package.json',
    '.ci/setup.mjs',
    '.ci/bundle.mjs',
  ]
  for (const folder of folders) {
    for (const name of readdirSync(join(root, folder), { recursive: true })) {
      if (name.endsWith('.ts') && !name.endsWith('.test.ts')) files.push(`${folder}/${name}`)
    }
  }
  return files.sort().map((file) => {
    const stat = statSync(join(root, file), { throwIfNoEntry: false })
    return `${file}\t${stat?.mtimeMs}\t${stat?.size}`
  })
}

/**
 * Makes `out` unless its stamp lists exactly the present inputs. Starting tsc costs seconds even when it has nothing to
 * do; comparing the list takes milliseconds, and unlike a comparison of times it notices a deleted file.
 */
async function build(out, folders, steps) {
  // This name keeps the stamp out of git and out of the package, like tsc's own records beside it.
  const stamp = join(root, out, 'setup.tsbuildinfo')
  const now = inputs(folders)
  const before = existsSync(stamp) ? readFileSync(stamp, 'utf8').split('\n') : []
  if (before.length === now.length && before.every((line, i) => line === now[i])) return
  // tsc never removes the output of a source file that is gone.
  const present = new Set(now.map((line) => line.split('\t')[0]))
  if (before.some((line) => !present.has(line.split('\t')[0]))) rmSync(join(root, out), { recursive: true })
  // Gone before the build, so that a build that breaks off is not taken for a finished one.
  rmSync(stamp, { force: true })
  await steps()
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, now.join('\n'))
}

function compile(what, args) {
  run(`compiling ${what}`, process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), ...args])
}

/** dist/, the same whether it is for us or for publishing; only then it is made from nothing, and types are checked. */
async function buildLibrary(clean) {
  const out = join(root, 'dist')
  if (clean) rmSync(out, { recursive: true, force: true })
  await build('dist', ['src'], async () => {
    // Elsewhere types are not checked: that takes three times as long and is done by `npm run types`, by .ci/run and
    // before packing. Editors check while one writes.
    if (clean) compile('the library and the command', ['-b', 'tsconfig.json', 'src/cli/tsconfig.json'])
    else compile('declarations', ['-p', 'tsconfig.json', '--noCheck'])
    process.stderr.write('attested: bundling the library and the command\n')
    const { bundle } = await import('./bundle.mjs')
    await bundle(root, out)
    chmodSync(join(out, 'cli/main.js'), 0o755)
  })
}

const unknown = flags.find((flag) => !known.includes(flag))
if (unknown !== undefined) stop(`unknown option ${unknown}; known: ${known.join(' ')}`)
checkNode()
install(root, 'dependencies')
if (flags.includes('--tools')) {
  install(join(root, '.ci/tools'), 'development tools')
} else {
  await buildLibrary(flags.includes('--clean'))
  if (flags.includes('--tests')) {
    await build('.build', ['src', 'test'], async () =>
      compile('the tests', ['-p', 'test/tsconfig.json', '--noCheck']),
    )
  }
}
