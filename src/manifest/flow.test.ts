import { describe, expect, it } from 'vitest'
import {
  type Loose,
  agentDocument,
  attestedDocument,
  changed,
} from '../../test/support/manifest-documents.js'
import { type Flow, flowOf } from './flow.js'
import type { Manifest } from './manifest.js'
import { parseManifest } from './parse.js'

type Changes = Readonly<Record<string, unknown>>
const ofAgent = (changes: Changes = {}): Flow =>
  flowOf(
    parseManifest(JSON.stringify(changed(agentDocument, changes)), { schema: '2cvm-agent/1', bytes: 'raw' }),
  )
const own = (document: Loose): Flow =>
  flowOf(parseManifest(JSON.stringify(document), { schema: 'attested/manifest@1', bytes: 'raw' }))

/** Four components A to D, each brought by its own party, with data a to d; nothing is joined. */
function four(changes: Changes = {}): Flow {
  const letters = ['a', 'b', 'c', 'd']
  const base = {
    schema: 'attested/manifest@1',
    title: '',
    participants: letters.map((name) => ({ name: `p-${name}`, did: `did:web:${name}` })),
    components: letters.map((name) => ({ name: name.toUpperCase(), participant: `p-${name}`, digest: null })),
    data: letters.map((name) => ({ name, participant: `p-${name}`, digest: null })),
    permissions: letters.map((name) => ({ component: name.toUpperCase(), reads: [name], capabilities: [] })),
    channels: [],
    outputs: letters.map((name) => ({
      name: `out-${name}`,
      component: name.toUpperCase(),
      receivers: [`p-${name}`],
    })),
  }
  return own(changed(base, changes))
}

const shown = (flow: Flow, data: string): readonly string[] => [
  ...flow.readers(data),
  '->',
  ...flow.receivers(data),
]

describe('who can come to hold data', () => {
  it('those that read it, and those that receive what they write', () => {
    const flow = four()
    expect(flow.wiringKnown).toBe(true)
    for (const name of ['a', 'b', 'c', 'd']) {
      expect(shown(flow, name)).toEqual([name.toUpperCase(), '->', `p-${name}`])
    }
  })

  it('nobody, where nobody reads it', () => {
    expect(shown(four({ 'permissions.0.reads': [] }), 'a')).toEqual(['->'])
  })

  it('nothing is known of names that are no data', () => {
    for (const name of ['A', 'out-a', 'p-a', 'ghost', '__proto__', ''])
      expect(shown(four(), name)).toEqual(['->'])
    expect(four().leaves('ghost')).toEqual([])
  })

  it('a channel goes both ways, and on', () => {
    const flow = four({
      channels: [
        { from: 'A', to: 'B' },
        { from: 'C', to: 'B' },
      ],
    })
    for (const name of ['a', 'b', 'c']) {
      expect(shown(flow, name)).toEqual(['A', 'B', 'C', '->', 'p-a', 'p-b', 'p-c'])
    }
    expect(shown(flow, 'd')).toEqual(['D', '->', 'p-d'])
  })

  it('an output that is read goes one way', () => {
    const flow = four({ 'permissions.1.reads': ['out-a', 'b'], 'permissions.2.reads': ['out-b', 'c'] })
    expect(shown(flow, 'a')).toEqual(['A', 'B', 'C', '->', 'p-a', 'p-b', 'p-c'])
    expect(shown(flow, 'b')).toEqual(['B', 'C', '->', 'p-b', 'p-c'])
    expect(shown(flow, 'c')).toEqual(['C', '->', 'p-c'])
  })

  it('an output and data of one name are both read', () => {
    const flow = four({ 'outputs.0.name': 'b' })
    expect(shown(flow, 'a')).toEqual(['A', 'B', '->', 'p-a', 'p-b'])
  })

  it('two outputs of one name are one file', () => {
    const flow = four({ 'outputs.0.name': 'x', 'outputs.1.name': 'x' })
    expect(shown(flow, 'a')).toEqual(['A', '->', 'p-a', 'p-b'])
  })

  it('an output without receivers goes to nobody', () => {
    expect(shown(four({ 'outputs.0.receivers': [] }), 'a')).toEqual(['A', '->'])
  })

  it('file access reads all data and outputs, and reaches all that others read', () => {
    const flow = four({ 'permissions.3.capabilities': ['filesystem'] })
    for (const name of ['a', 'b', 'c', 'd']) {
      expect(shown(flow, name)).toEqual(['A', 'B', 'C', 'D', '->', 'p-a', 'p-b', 'p-c', 'p-d'])
    }
    const alone = four({
      'permissions.3.capabilities': ['filesystem'],
      'permissions.1.reads': [],
      outputs: [],
    })
    expect(shown(alone, 'b')).toEqual(['A', 'C', 'D', '->'])
  })

  it('other capabilities read nothing', () => {
    const flow = four({
      'permissions.3.capabilities': ['network', 'http', 'clock', 'random', 'environment', 'stdio'],
    })
    expect(shown(flow, 'a')).toEqual(['A', '->', 'p-a'])
  })

  it('a receiver called like a component is another', () => {
    const flow = four({ 'outputs.0.receivers': ['B', 'p-a'], 'outputs.1.receivers': ['A'] })
    expect(shown(flow, 'a')).toEqual(['A', '->', 'B', 'p-a'])
    expect(shown(flow, 'b')).toEqual(['B', '->', 'A'])
  })

  it('is told for more names than a word of bits has', () => {
    const many = Array.from({ length: 40 }, (_, at) => `r${at}`)
    const channels = [{ from: 'A', to: 'D' }]
    const flow = four({ 'outputs.3.receivers': many, channels, 'permissions.3.capabilities': ['http'] })
    expect(shown(flow, 'a')).toEqual(['A', 'D', '->', 'p-a', ...many])
    expect(flow.leaves('a')).toEqual(['D'])
    expect(Object.isFrozen(flow.receivers('a'))).toBe(true)
  })

  it('what can reach the network is named', () => {
    const flow = four({ 'permissions.1.capabilities': ['http'], channels: [{ from: 'A', to: 'B' }] })
    expect([flow.leaves('a'), flow.leaves('b'), flow.leaves('c')]).toEqual([['B'], ['B'], []])
  })
})

describe('the flow of a 2cVM manifest', () => {
  it('follows the composition both ways', () => {
    const flow = ofAgent()
    expect(flow.wiringKnown).toBe(true)
    expect(shown(flow, 'records')).toEqual(['cohort', 'trainer', '->', 'pharma'])
    expect(shown(flow, 'weights')).toEqual(['cohort', 'trainer', '->', 'pharma'])
  })

  it('follows imports that name a component, however it is wired', () => {
    const apart = 'package a:b; let x = new hospital:cohort { ... }; let y = new pharma:trainer { ... };'
    expect(shown(ofAgent({ composition: apart }), 'records')).toEqual(['cohort', 'trainer', '->', 'pharma'])
    const none = { composition: apart, 'permissions.1.wasi_imports': ['other:cohort/rows@1.2.0'] }
    expect(shown(ofAgent(none), 'records')).toEqual(['cohort', '->'])
  })

  it('goes through foreign code', () => {
    const composition =
      'package a:b; let x = new hospital:cohort { ... }; let f = new e:f { "a": x["a"] }; let y = new pharma:trainer { "b": f["b"] };'
    const flow = ofAgent({ composition, 'permissions.1.wasi_imports': [] })
    expect(shown(flow, 'records')).toEqual(['cohort', 'trainer', 'e:f', '->', 'pharma'])
  })

  it('joins all where the composition can’t be read', () => {
    const flow = ofAgent({ composition: '', 'permissions.1.wasi_imports': [] })
    expect(flow.wiringKnown).toBe(false)
    expect(shown(flow, 'records')).toEqual(['cohort', 'trainer', '->', 'pharma'])
    expect(shown(ofAgent({ composition: '', components: [] }), 'records')).toEqual(['cohort', '->'])
  })

  it('wasi:filesystem opens the files', () => {
    const apart = 'package a:b; let x = new hospital:cohort { ... }; let y = new pharma:trainer { ... };'
    const flow = ofAgent({
      composition: apart,
      'permissions.1.wasi_imports': ['wasi:filesystem/types@0.2.0'],
    })
    expect(shown(flow, 'records')).toEqual(['cohort', 'trainer', '->', 'pharma'])
    expect(flow.leaves('records')).toEqual([])
    const sockets = ofAgent({ 'permissions.1.wasi_imports': ['wasi:sockets/tcp@0.2.0'] })
    expect(sockets.leaves('records')).toEqual(['trainer'])
  })
})

it('takes only what parseManifest made', () => {
  expect(() => flowOf(attestedDocument as unknown as Manifest)).toThrow(TypeError)
})
