// The verifier with every point of the table in it, as one bundle in memory. Source files are rewritten as they are
// loaded, by exact text; a text that is not there exactly once fails, so the table cannot rot.
import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { type Plugin, build } from 'esbuild'
import { repositoryRoot } from '../real-folder.js'
import type { assertDer } from '../../../src/asn1/der.js'
import type { runVector, verifierOver } from '../../conformance/vector-runner.js'
import type { webCryptoEngine } from '../../../src/crypto/webcrypto.js'
import type { Edit } from './point.js'

const root = repositoryRoot()
const source = join(root, 'src')
/** A module of the bundle alone: the set of points that are knocked out now. */
const switchModule = 'knock-outs:switch'
const switchText = `
export const knockedOut = new Set()
export const on = (id) => !knockedOut.has(id)
`

/** The text of a file with its edits made. @throws Error unless each text occurs exactly once, apart from others. */
export function rewrite(text: string, edits: readonly Edit[]): string {
  for (const { file, covers = [] } of edits) {
    for (const part of covers)
      if (text.split(part).length !== 2) throw new Error(`${file}: not once: ${part}`)
  }
  const places = edits
    .map((edit) => {
      const at = text.indexOf(edit.find)
      const count = text.split(edit.find).length - 1
      if (count !== 1) throw new Error(`${edit.file}: found ${String(count)} times: ${edit.find}`)
      return { at, end: at + edit.find.length, edit }
    })
    .sort((a, b) => a.at - b.at)
  let out = ''
  let done = 0
  for (const { at, end, edit } of places) {
    if (at < done) throw new Error(`${edit.file}: overlaps with another edit: ${edit.find}`)
    out += text.slice(done, at) + edit.replace
    done = end
  }
  return `import { on } from '${switchModule}'\n${out}${text.slice(done)}`
}

function knockOutPlugin(edits: readonly Edit[]): Plugin {
  const byFile = new Map<string, Edit[]>()
  for (const edit of edits) byFile.set(edit.file, [...(byFile.get(edit.file) ?? []), edit])
  return {
    name: 'knock-outs',
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /^knock-outs:/ }, ({ path }) => ({ path, namespace: 'knock-outs' }))
      onLoad({ filter: /.*/, namespace: 'knock-outs' }, () => ({ contents: switchText }))
      // TypeScript's `.js` in an import is the `.ts` beside it.
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const file = relative(source, path).replaceAll('\\', '/')
        const own = byFile.get(file)
        if (own === undefined) return null
        return { contents: rewrite(await readFile(path, 'utf8'), own), loader: 'ts' }
      })
    },
  }
}

/** The bundle's exports: those of the vector runner, and the switch. */
export interface KnockOutBundle {
  readonly knockedOut: Set<string>
  readonly runVector: typeof runVector
  readonly verifierOver: typeof verifierOver
  readonly assertDer: typeof assertDer
  readonly webCryptoEngine: typeof webCryptoEngine
}

export async function loadBundle(edits: readonly Edit[]): Promise<KnockOutBundle> {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        export * from './test/conformance/vector-runner.ts'
        export { assertDer } from './src/asn1/der.ts'
        export { webCryptoEngine } from './src/crypto/webcrypto.ts'
        export { knockedOut } from '${switchModule}'
      `,
      resolveDir: root,
      loader: 'ts',
    },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'silent',
    plugins: [knockOutPlugin(edits)],
  })
  const [output] = outputFiles
  if (output === undefined) throw new Error('esbuild made nothing')
  const url = `data:text/javascript;base64,${Buffer.from(output.contents).toString('base64')}`
  return (await import(/* @vite-ignore */ url)) as KnockOutBundle
}
