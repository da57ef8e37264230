import { describe, expect, it } from 'vitest'
import { channelsOfComposition, compositionFindings } from './composition.js'
import type { ManifestModel } from './model.js'

type Parts = Readonly<Record<string, readonly string[] | null>>

const lookup = 'imec:pdk-model/lookup@0.1.0'
const streams = 'wasi:io/streams@0.2.0'
const two: Parts = { 'imec:pdk-model': [streams], 'fabless:optimizer': [lookup, streams] }

/** A manifest of these components and their imports; `null` leaves out the permission entry. */
function modelOf(text: string | null, parts: Parts = two): ManifestModel {
  const entries = Object.entries(parts).map(([name, imports]) => {
    const [participant = '', component = ''] = name.split(':')
    return { participant, component, imports }
  })
  return {
    schema: '2cvm-agent/1',
    participants: [],
    components: entries.map(({ participant, component }, index) => ({
      name: component,
      participant,
      digest: null,
      path: `/components/${String(index)}`,
    })),
    data: [],
    permissions: entries.flatMap(({ component, imports }) =>
      imports === null
        ? []
        : [{ component, reads: [], imports: imports.map((name) => ({ name, path: '' })), path: '' }],
    ),
    outputs: [],
    channels: [],
    composition: text === null ? null : { path: '/composition', text: `package demo:flow;\n${text}` },
    references: null,
  }
}

const findings = (text: string, parts?: Parts): readonly string[] =>
  compositionFindings(modelOf(text, parts)).map(
    ({ rule, severity, path, message }) => `${rule} ${severity} ${path} ${message}`,
  )
const channels = (text: string, parts?: Parts): readonly string[] | undefined =>
  channelsOfComposition(modelOf(text, parts))?.map(({ from, to }) => `${from} > ${to}`)

const model = 'let model = new imec:pdk-model { ... };\n'
const base = `${model}let opt = new fabless:optimizer { "${lookup}": model["${lookup}"], ... };\nexport opt...;\n`
const at = (column: number, line = 3): string =>
  `/composition line ${String(line)}, column ${String(column)}: `

describe('the example of two parties', () => {
  it('has no findings and one channel', () => {
    expect(compositionFindings(modelOf(base))).toEqual([])
    expect(channelsOfComposition(modelOf(base))).toEqual([
      { path: '/composition', from: 'pdk-model', to: 'optimizer' },
    ])
  })

  it('without a composition there is nothing to say', () => {
    expect(compositionFindings(modelOf(null))).toEqual([])
    expect(channelsOfComposition(modelOf(null))).toEqual([])
  })
})

describe('M12', () => {
  it('a text that does not parse is that and nothing else', () => {
    expect(compositionFindings(modelOf('import a: b:c/d;'))).toEqual([
      {
        rule: 'M12',
        severity: 'error',
        path: '/composition',
        message:
          'composition, line 2, column 1: expected a "let" or "export" statement, found the keyword "import"',
      },
    ])
    expect(channelsOfComposition(modelOf('import a: b:c/d;'))).toBeNull()
  })

  it.each(['evil:x', 'imec:optimizer', 'fabless:pdk-model', 'imec:pdk-model-quarantine', 'IMEC:pdk-model'])(
    'an instance of what is not declared is foreign code: %s',
    (name) => {
      expect(findings(`${base}export new ${name} { ... };`)).toEqual([
        `M12 error ${at(8, 5)}"${name}" is none of the manifest's components, so it is foreign code`,
      ])
    },
  )

  it('each such instance, nested ones too', () => {
    expect(findings(`${base}export new evil:x { a: new evil:x {} };`)).toEqual([
      `M12 error ${at(24, 5)}"evil:x" is none of the manifest's components, so it is foreign code`,
      `M12 error ${at(8, 5)}"evil:x" is none of the manifest's components, so it is foreign code`,
    ])
  })

  it('an instance that is not there is not used: no party declares names of objects', () => {
    expect(findings('export new a:constructor {};', {})).toHaveLength(1)
  })

  it('only refusals of the parser are findings', () => {
    const broken = { ...modelOf(base), composition: { path: '', text: 1 as unknown as string } }
    expect(() => compositionFindings(broken)).toThrow(TypeError)
    expect(() => channelsOfComposition(broken)).toThrow(TypeError)
  })
})

describe('M13: what another component is there for does not come from the host', () => {
  const optimizer = (items: string, imports: readonly string[] = [lookup, streams]): readonly string[] =>
    findings(`${model}let opt = new fabless:optimizer { ${items} };`, {
      ...two,
      'fabless:optimizer': imports,
    })
  const error = (problem: string): string => `M13 error ${at(11)}"fabless:optimizer" ${problem}`
  const warning = (problem: string): string => `M13 warning ${at(11)}"fabless:optimizer" ${problem}`
  const host = (names: string): string =>
    warning(`gets ${names} from the host if the components given do not export it`)
  const table = 'imec:pdk-model/table@0.1.0'
  const other = 'other:part/x@1.0.0'

  it.each([
    ['named in quotes', `"${lookup}": model["${lookup}"], ...`],
    ['named in quotes, given the instance', `"${lookup}": model, ...`],
    ['named by its ending', 'lookup: model.lookup, ...'],
    ['named in quotes, without "..."', `"${lookup}": model.lookup, "${streams}": model.streams`],
    ['WASI left out without "..."', `"${lookup}": model.lookup`],
    ['a spread without "..." leaves nothing', '...model'],
    ['spread and named', `...model, "${lookup}": model.lookup, ...`],
  ])('passes: %s', (_, items) => {
    expect(optimizer(items)).toEqual([])
  })

  it('passes with WASI alone left to the host', () => {
    expect(optimizer('...', [streams, 'wasi:cli/stdout@0.2.0'])).toEqual([])
    expect(optimizer('...', [])).toEqual([])
    expect(optimizer('', [])).toEqual([])
    expect(optimizer('', [streams])).toEqual([])
  })

  it('left to "..."', () => {
    expect(optimizer('...')).toEqual([error(`leaves "${lookup}" to the host`)])
    expect(optimizer(`"${streams}": model, ...`)).toEqual([error(`leaves "${lookup}" to the host`)])
    expect(optimizer(`"${lookup}": model, ...`, [lookup, table])).toEqual([
      error(`leaves "${table}" to the host`),
    ])
  })

  it('left out', () => {
    expect(optimizer('')).toEqual([error(`is not given "${lookup}"`)])
    expect(optimizer(`lookup: model`, [lookup, other])).toEqual([error(`is not given "${other}"`)])
  })

  it('names three, and says that there are more', () => {
    const names = ['a:b/c@1.0.0', 'a:b/d@1.0.0', 'e:f/g@1.0.0', 'h:i/j@1.0.0']
    const some = '"a:b/c@1.0.0", "a:b/d@1.0.0", "e:f/g@1.0.0"'
    expect(optimizer('...', names.slice(0, 3))).toEqual([error(`leaves ${some} to the host`)])
    expect(optimizer('...', names)).toEqual([error(`leaves ${some} and more to the host`)])
    expect(optimizer('...', [...names, 'h:i/k@1.0.0', 'l:m/n@1.0.0'])).toEqual([
      error(`leaves ${some} and more to the host`),
    ])
    expect(optimizer('"e:f/g@1.0.0": model, ...', names)).toEqual([
      error('leaves "a:b/c@1.0.0", "a:b/d@1.0.0", "h:i/j@1.0.0" to the host'),
    ])
  })

  it('a spread beside "..." may fill what is of its package, and nothing else', () => {
    expect(optimizer('...model, ...')).toEqual([host(`"${lookup}"`)])
    expect(optimizer('...model, ...', [lookup, table, other, streams])).toEqual([
      error(`leaves "${other}" to the host`),
      host(`"${lookup}", "${table}"`),
    ])
    expect(optimizer('...model, lookup: model, ...', [lookup, table])).toEqual([host(`"${table}"`)])
    expect(optimizer('...model, ...', [other])).toEqual([error(`leaves "${other}" to the host`)])
  })

  it('many that a spread may fill do not hide one that it cannot', () => {
    const many = Array.from({ length: 9 }, (_, index) => `imec:pdk-model/t@${String(index)}.0.0`)
    const some = '"imec:pdk-model/t@0.0.0", "imec:pdk-model/t@1.0.0", "imec:pdk-model/t@2.0.0" and more'
    expect(optimizer('...model, ...', [...many, other])).toEqual([
      error(`leaves "${other}" to the host`),
      host(some),
    ])
  })

  it('a spread of an export has functions only', () => {
    const text = `${model}let part = model.lookup;\nlet opt = new fabless:optimizer { ...part, ... };`
    expect(findings(text)).toEqual([
      `M13 error ${at(11, 4)}"fabless:optimizer" leaves "${lookup}" to the host`,
    ])
  })

  it('a local that stands for an export', () => {
    const text = (access: string, fill: string): string =>
      `${model}let x = model${access};\nlet opt = new fabless:optimizer { x${fill} };`
    const open = `M13 warning ${at(11, 4)}"fabless:optimizer" gets "${lookup}" from the host if the components given do not export it`
    expect(findings(text(`["${lookup}"]`, ', ...'))).toEqual([])
    expect(findings(text('.lookup', ', ...'))).toEqual([open])
    expect(findings(text('.lookup', ''))).toEqual([])
    // WASI may come from the host.
    expect(findings(text('.streams', ', ...'))).toEqual([
      `M13 error ${at(11, 4)}"fabless:optimizer" leaves "${lookup}" to the host`,
    ])
  })

  it('given what it does not import', () => {
    const rest = `"${lookup}": model, ...`
    expect(optimizer(`"${table}": model, ${rest}`)).toEqual([
      error(`is given "${table}", not listed among its imports`),
    ])
    expect(optimizer(`"imec:pdk-model/lookup@0.1.1": model, ...`)).toEqual([
      error('is given "imec:pdk-model/lookup@0.1.1", not listed among its imports'),
      error(`leaves "${lookup}" to the host`),
    ])
    expect(optimizer(`run: model.run, model, ${rest}`)).toEqual([
      warning('is given "run", "model", which clearly names none of its listed imports'),
    ])
    expect(optimizer(`lookup: model, ...`, [lookup, 'other:part/lookup@1.0.0'])).toEqual([
      warning('is given "lookup", which clearly names none of its listed imports'),
      error(`leaves "${lookup}", "other:part/lookup@1.0.0" to the host`),
    ])
  })

  it('given one import twice', () => {
    expect(optimizer(`"${lookup}": model, lookup: model, ...`)).toEqual([error(`is given "${lookup}" twice`)])
  })

  it('nothing is known without a permission entry', () => {
    const parts = { ...two, 'fabless:optimizer': null }
    const text = (items: string): string => `${model}let opt = new fabless:optimizer { ${items} };`
    expect(findings(text('lookup: model, ...'), parts)).toEqual([
      error('lists no imports, and "..." takes all that it has from the host'),
    ])
    expect(findings(text('lookup: model'), parts)).toEqual([])
  })

  it('several permission entries count together', () => {
    const one = modelOf(`${model}export new fabless:optimizer { ... };`)
    const more = modelOf(null, { 'fabless:optimizer': [other] }).permissions
    const messages = compositionFindings({ ...one, permissions: [...one.permissions, ...more] })
    expect(messages.map(({ message }) => message)).toEqual([
      `line 3, column 8: "fabless:optimizer" leaves "${lookup}", "${other}" to the host`,
    ])
  })

  it('a party named wasi is no host', () => {
    const parts = { 'wasi:io': [], 'fabless:optimizer': [streams, 'wasi:cli/stdout@0.2.0'] }
    expect(findings('let a = new wasi:io {}; let opt = new fabless:optimizer { ... };', parts)).toEqual([
      `M13 error ${at(35, 2)}"fabless:optimizer" leaves "${streams}" to the host`,
    ])
  })

  it('long and odd names are cut and escaped', () => {
    const long = `x:y/${'z'.repeat(100)}@1.0.0`
    expect(optimizer('...', [long, 'a\n"\u202e'])).toEqual([
      error(`leaves "x:y/${'z'.repeat(59)}…", "a\\n\\"\\u{202e}" to the host`),
    ])
  })
})

describe('M14', () => {
  it('a component that is declared and never instantiated', () => {
    expect(compositionFindings(modelOf(model))).toEqual([
      {
        rule: 'M14',
        severity: 'warning',
        path: '/components/1',
        message: '"fabless:optimizer" is declared, and the composition never instantiates it',
      },
    ])
    expect(findings('', two).map((text) => text.slice(0, 29))).toEqual([
      'M14 warning /components/0 "im',
      'M14 warning /components/1 "fa',
    ])
  })

  it('an instance of another party’s component of that name does not count', () => {
    const parts = { 'a:x': [], 'b:x': [] }
    expect(findings('export new a:x {};', parts)).toEqual([
      'M14 warning /components/1 "b:x" is declared, and the composition never instantiates it',
    ])
  })
})

describe('channels', () => {
  const three: Parts = { 'p:a': [], 'p:b': [], 'p:c': [] }
  const start = 'let a = new p:a {}; let b = new p:b {}; let x = a.x; '
  it.each([
    ['none without arguments', '', []],
    ['named', 'export new p:c { "i:j/k": b };', ['b > c']],
    ['named by an ending', 'export new p:c { k: b.k };', ['b > c']],
    ['inferred', 'export new p:c { a };', ['a > c']],
    ['inferred from a local that stands for an export', 'export new p:c { x };', ['a > c']],
    ['spread', 'export new p:c { ...a };', ['a > c']],
    ['spread of an export', 'export new p:c { ...x };', ['a > c']],
    ['spread beside "..."', 'export new p:c { ...b, ... };', ['b > c']],
    ['several', 'export new p:c { a, ...b };', ['a > c', 'b > c']],
    ['each pair once', 'export new p:c { a, x, ...a, k: a.b }; export new p:c { a };', ['a > c']],
    ['both ways', 'let c = new p:c { a }; export new p:a { c };', ['a > c', 'c > a']],
    ['nested', 'export new p:c { k: new p:b { a }.l };', ['a > b', 'b > c']],
    ['none between instances of one component', 'export new p:a { a };', []],
    ['none by what the composition exports', 'export a...; export b;', []],
    ['through foreign code', 'let e = new evil:x { a }; export new p:c { e };', ['a > evil:x', 'evil:x > c']],
  ])('%s', (_, text, expected) => {
    expect(channels(start + text, three)).toEqual(expected)
  })

  it('do not need the imports to be listed', () => {
    expect(channels(`${start}export new p:c { a };`, { 'p:a': null, 'p:b': null, 'p:c': null })).toEqual([
      'a > c',
    ])
  })
})
