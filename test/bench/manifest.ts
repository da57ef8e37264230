// How the cost of a manifest grows with its size: reading, the rules, data flow, a composition; and the worst that words
// and comparison can meet, where no two data items come to the same ("all apart"). Doubling the items should about
// double the time: what can be reached from where is kept as bits, so its square only shows at the largest sizes.
import { checkManifest } from '../../src/manifest/check.js'
import { diffManifests } from '../../src/manifest/diff.js'
import { parseExpectations } from '../../src/manifest/expectations.js'
import { explainManifest } from '../../src/manifest/explain.js'
import { flowOf } from '../../src/manifest/flow.js'
import { parseManifest } from '../../src/manifest/parse.js'
import { parseWac } from '../../src/manifest/wac/parse.js'
import { interleave } from './measure.js'

const digest = `sha256:${'ab'.repeat(32)}`
const schema = 'attested/manifest@1'

/** A chain of components, each with data of its own, whose results travel on to the next. */
function documentOf(items: number): string {
  const all = Array.from({ length: items }, (_, at) => String(at))
  return JSON.stringify({
    schema,
    title: 'a chain',
    participants: all.map((at) => ({ name: `p${at}`, did: `did:web:p${at}.example` })),
    components: all.map((at) => ({ name: `c${at}`, participant: `p${at}`, digest })),
    data: all.map((at) => ({ name: `d${at}`, participant: `p${at}`, digest })),
    permissions: all.map((at) => ({ component: `c${at}`, reads: [`d${at}`], capabilities: [] })),
    channels: all.slice(1).map((at) => ({ from: `c${String(Number(at) - 1)}`, to: `c${at}` })),
    outputs: [{ name: 'result', component: 'c0', receivers: ['p0'] }],
  })
}

/** A chain by outputs, which goes one way: no two data items come to the same. `cut` reads nothing of the one before. */
function chainOf(items: number, cut: number): string {
  const all = Array.from({ length: items }, (_, at) => at)
  return JSON.stringify({
    schema,
    title: 'a chain that goes one way',
    participants: [{ name: 'p0', did: 'did:web:p0.example' }],
    components: all.map((at) => ({ name: `c${String(at)}`, participant: 'p0', digest })),
    data: all.map((at) => ({ name: `d${String(at)}`, participant: 'p0', digest })),
    permissions: all.map((at) => ({
      component: `c${String(at)}`,
      reads: [`d${String(at)}`, ...(at === 0 || at === cut ? [] : [`o${String(at - 1)}`])],
      capabilities: [],
    })),
    channels: [],
    outputs: all.map((at) => ({
      name: `o${String(at)}`,
      component: `c${String(at)}`,
      receivers: [`r${String(at)}`],
    })),
  })
}

const compositionOf = (items: number): string =>
  `package demo:chain;\n${Array.from({ length: items }, (_, at) => `let i${String(at)} = new p:c${String(at)} { ... };`).join('\n')}\nexport i0...;\n`

export async function benchManifest({ rounds }: { readonly rounds: number }): Promise<void> {
  const sizes = [128, 256, 512, 1024, 2048]
  const expected = parseExpectations(
    JSON.stringify({
      self: 'p0',
      selfDid: 'did:web:p0.example',
      receivers: ['p0'],
      receiversOf: { d0: ['p0'] },
      capabilities: [],
    }),
    schema,
  )
  const cases = sizes.flatMap((items) => {
    const text = documentOf(items)
    const manifest = parseManifest(text, { schema, bytes: 'canonical' })
    const wac = compositionOf(items)
    const [chain, other] = [-1, items / 2].map((cut) =>
      parseManifest(chainOf(items, cut), { schema, bytes: 'canonical' }),
    )
    if (chain === undefined || other === undefined) throw new Error('two chains')
    return [
      { name: `read ${String(items)}`, run: () => parseManifest(text, { schema, bytes: 'canonical' }) },
      { name: `rules ${String(items)}`, run: () => checkManifest(manifest, expected) },
      { name: `flow ${String(items)}`, run: () => flowOf(manifest).receivers('d0') },
      { name: `composition ${String(items)}`, run: () => parseWac(wac) },
      { name: `rules, all apart ${String(items)}`, run: () => checkManifest(chain, expected) },
      { name: `explain, all apart ${String(items)}`, run: () => explainManifest(chain, expected) },
      { name: `diff, all apart ${String(items)}`, run: () => diffManifests(chain, other) },
    ]
  })
  const medians = await interleave(cases, Math.min(rounds, 15), 3)
  process.stdout.write(
    `\nms by number of items    ${sizes.map((items) => String(items).padStart(9)).join('')}\n`,
  )
  const apart = ['rules', 'explain', 'diff'].map((what) => `${what}, all apart`)
  for (const what of ['read', 'rules', 'flow', 'composition', ...apart]) {
    const row = sizes.map((items) => (medians.get(`${what} ${String(items)}`) ?? 0).toFixed(2).padStart(9))
    process.stdout.write(`${what.padEnd(25)}${row.join('')}\n`)
  }
}
