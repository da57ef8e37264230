// Makes the JavaScript of dist/: the entry points of package.json and the command, bundled with code splitting.
//
// A Node user of a package with one file per module pays for each file on every start. Measured here, Node 20, import
// of the main entry: 70 modules as tsc writes them 28 ms over an empty file, split by entry points 14 ms, as it is 5 ms.
// So two chunks hold everything that loads at once, and what loads on first use keeps a file and a name of its own.
//
// Packages: `dependencies` of package.json stay outside, where they can be audited and shared; what is imported from
// `devDependencies` goes into dist/, with its licence. Those are the packages that every verification loads, where a
// package costs more than our own code: the import 3 ms less with @noble/hashes in here, the first policy 30 ms less
// with zod/mini.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** The sources of the public entries and of the command, by their path in dist/ without `.js`. */
function entryPoints(root, manifest) {
  const targets = [...Object.values(manifest.exports), ...Object.values(manifest.bin), 'dist/cli/demo.js']
    .map((target) => (typeof target === 'string' ? target : target.default).replace(/^\.\//, ''))
    .filter((target) => target.startsWith('dist/'))
    .map((target) => target.replace(/^dist\//, '').replace(/\.js$/, ''))
  const names = targets.flatMap((name) => (name.includes('*') ? expand(root, name) : [name]))
  const present = names.filter((name) => existsSync(join(root, 'src', `${name}.ts`)))
  return Object.fromEntries(present.map((name) => [name, join(root, 'src', `${name}.ts`)]))
}

/** What a pattern such as `profiles/*` stands for. */
function expand(root, pattern) {
  const [before] = pattern.split('*')
  return readdirSync(join(root, 'src', before))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => before + file.replace(/\.ts$/, ''))
}

/** Tells whether a module is loaded at once with an entry, by walking its importers up. */
function loadedWith(entry) {
  const known = new Map()
  return function isLoaded(id, context) {
    if (id === entry) return true
    if (!known.has(id)) {
      known.set(id, false)
      const importers = context.getModuleInfo(id)?.importers ?? []
      known.set(
        id,
        importers.some((importer) => isLoaded(importer, context)),
      )
    }
    return known.get(id)
  }
}

/** A chunk of everything that loads with one entry and that no chunk of higher priority took. */
function chunkOf(name, entry, priority) {
  const isLoaded = loadedWith(entry)
  return { debugName: name, name: (id, context) => (isLoaded(id, context) ? name : null), priority }
}

/** The licences of the packages that went into dist/, each of which asks to be kept with copies. */
function licencesOf(root, modules) {
  const packages = new Set()
  for (const id of modules) {
    const found = /^(.*\/node_modules\/((?:@[^/]+\/)?[^/]+))\//.exec(id.replaceAll('\\', '/'))
    if (found !== null) packages.add(found[1])
  }
  const texts = [...packages].sort().map((folder) => {
    const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    return `${name} ${version}\n\n${readFileSync(join(folder, 'LICENSE'), 'utf8').trim()}\n`
  })
  return `Parts of the following packages are included in the files beside this one.\n\n${texts.join('\n\n')}`
}

/** Bundles src/ into `out`. What an earlier build left there and this one does not write is removed. */
export async function bundle(root, out) {
  const { rolldown } = await import('rolldown')
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const outside = Object.keys(manifest.dependencies ?? {})
  const source = (path) => join(root, 'src', path)
  const build = await rolldown({
    input: entryPoints(root, manifest),
    external: (id) =>
      id.startsWith('node:') || outside.some((name) => id === name || id.startsWith(`${name}/`)),
    platform: 'neutral',
    resolve: { mainFields: ['module', 'main'] },
    transform: { target: 'es2022' },
    onLog(level, log) {
      if (level === 'warn') throw new Error(log.message)
    },
  })
  const { output } = await build.generate({
    format: 'esm',
    entryFileNames: '[name].js',
    // A module that is loaded on first use stays where its source is; names of chunks do not change with contents.
    chunkFileNames: ({ facadeModuleId }) =>
      facadeModuleId?.startsWith(source(''))
        ? `${relative(source(''), facadeModuleId).replaceAll('\\', '/').replace(/\.ts$/, '')}.js`
        : 'chunks/[name].js',
    comments: { legal: true, annotation: true, jsdoc: false },
    codeSplitting: {
      groups: [
        // First what ./report needs, so that a page which only shows a report loads no more.
        chunkOf('report', source('report/index.ts'), 4),
        chunkOf('core', source('index.ts'), 3),
        chunkOf('errors', source('errors/index.ts'), 2),
        chunkOf('results', source('results/index.ts'), 1),
        chunkOf('manifest', source('manifest/index.ts'), 0.9),
        chunkOf('binding', source('binding/index.ts'), 0.8),
        chunkOf('kds', source('kds/index.ts'), 0.7),
        chunkOf('bundle', source('results/bundle.ts'), 0.6),
      ],
    },
  })
  await build.close()
  const chunks = output.filter((file) => file.type === 'chunk')
  const modules = chunks.flatMap((chunk) => Object.keys(chunk.modules))
  const files = new Map(chunks.map((chunk) => [chunk.fileName, chunk.code]))
  files.set('THIRD-PARTY-LICENSES.txt', licencesOf(root, modules))
  for (const name of existsSync(out) ? readdirSync(out, { recursive: true }) : []) {
    if (name.endsWith('.js') && !files.has(name.replaceAll('\\', '/'))) rmSync(join(out, name))
  }
  for (const [name, text] of files) {
    mkdirSync(dirname(join(out, name)), { recursive: true })
    writeFileSync(join(out, name), text)
  }
}
