import { test } from 'vitest'
import { writeFileSync, appendFileSync } from 'node:fs'
import { parseManifest, diffManifests } from './index.js'
const O = { schema: 'attested/manifest@1', bytes: 'canonical' } as const
const log = (...a: unknown[]) => appendFileSync('/tmp/xw/perf.log', a.join(' ') + '\n')
const time = (label: string, run: () => unknown) => { const t = performance.now(), c = process.cpuUsage().user; const r = run(); log(label, Math.round(performance.now() - t), 'ms wall', Math.round((process.cpuUsage().user - c)/1000), 'ms cpu', JSON.stringify(r).length) ; }
const n = (k: number) => k.toString(36)
test('perf', () => {
  writeFileSync('/tmp/xw/perf.log', '')
  for (const N of [2000, 3500]) {
    const doc = (flip: boolean) => ({ schema: 'attested/manifest@1', title: 't',
      participants: Array.from({ length: N }, (_, i) => ({ name: 'p' + n(i), did: 'd' })),
      components: Array.from({ length: N }, (_, i) => ({ name: 'c' + n(i), participant: 'p', digest: null })),
      data: Array.from({ length: N }, (_, i) => ({ name: 'd' + n(i), participant: 'p', digest: null })),
      permissions: Array.from({ length: N }, (_, i) => ({ component: 'c' + n(i), reads: ['d' + n(flip ? N - i : i), 'o' + n(i-1)], capabilities: [] })),
      channels: [], outputs: Array.from({ length: N }, (_, i) => ({ name: 'o' + n(i), component: 'c' + n(i), receivers: ['p' + n(i)] })) })
    const texts = [JSON.stringify(doc(false)), JSON.stringify(doc(true))]
    const [a, b] = texts.map((t) => parseManifest(t, O))
    time(N + ' diff', () => diffManifests(a!, b!))
  }
}, 400000)
