// Rule M7 at its edges: names of every kind in both schemas.
import { describe, expect, test } from 'vitest'
import { type Loose, agentDocument, attestedDocument, check } from '../../test/support/manifest-documents.js'

type Kind = 'participant' | 'component' | 'data item' | 'output'

/** Messages of M7 about a name of one kind; what refers to the old name is the business of other rules. */
function problems(
  schema: '2cvm-agent/1' | 'attested/manifest@1',
  kind: Kind,
  name: string,
): readonly string[] {
  const output = schema === '2cvm-agent/1' ? 'permissions.1.output.0.name' : 'outputs.0.name'
  const places: Readonly<Record<Kind, string>> = {
    participant: 'participants.1.name',
    component: 'components.1.name',
    'data item': 'data.1.name',
    output,
  }
  return check(schema, { [places[kind]]: name })
    .findings.filter(({ rule }) => rule === 'M7')
    .map(({ message }) => message.replace(/^the (.*) name .*? (has|is) /s, '$1: $2 '))
}

const kinds: readonly Kind[] = ['participant', 'component', 'data item', 'output']
const characters = 'has other characters than ASCII letters, digits, ".", "_" and "-"'

describe.each(['2cvm-agent/1', 'attested/manifest@1'] as const)('%s', (schema) => {
  test.each(kinds)('a %s name', (kind) => {
    for (const name of [
      '',
      '-a',
      '.a',
      '_a',
      'a/b',
      '/etc/hostname',
      '../x',
      'a\0',
      'a\n',
      'a b',
      'é',
      '\u202eabc',
      'a\u200d',
      '٣',
      '\uff41',
      'a\\b',
      'a:b',
      '~',
      '__proto__',
    ]) {
      expect([name, problems(schema, kind, name)]).toEqual([name, [`${kind}: ${characters}`]])
    }
    expect(problems(schema, kind, 'a..b')).toEqual([`${kind}: has ".."`])
    for (const name of ['a', 'Z', 'a-b', 'constructor', 'x'.repeat(128)])
      expect(problems(schema, kind, name)).toEqual([])
  })

  test('a name that starts with a digit, or has dots and underscores', () => {
    for (const name of ['0', '9.a_b-c', 'a.b']) {
      expect(problems(schema, 'data item', name)).toEqual([])
      expect(problems(schema, 'output', name)).toEqual([])
    }
  })
})

describe('what only the agent reserves', () => {
  test('names that end as a component that was put aside', () => {
    for (const kind of kinds) {
      expect(problems('2cvm-agent/1', kind, 'x-quarantine')).toEqual([
        `${kind}: is that of a component that the agent put aside`,
      ])
      expect(problems('2cvm-agent/1', kind, 'x-quarantine-x')).toEqual([])
      expect(problems('attested/manifest@1', kind, 'x-quarantine')).toEqual([])
    }
  })

  test('root and self', () => {
    for (const name of ['root', 'self']) {
      for (const kind of ['participant', 'component', 'data item'] as const) {
        expect(problems('2cvm-agent/1', kind, name)).toEqual([`${kind}: is reserved by the agent`])
      }
      expect(problems('2cvm-agent/1', 'output', name)).toEqual([])
    }
    expect(problems('2cvm-agent/1', 'component', 'root-x')).toEqual([])
  })

  test('participants and components are words of WAC', () => {
    for (const kind of ['participant', 'component'] as const) {
      for (const name of ['model-2', '2model', 'a.b', 'a_b', 'aB', 'Ab', 'a-', 'a--b', 'a-bC']) {
        expect([name, problems('2cvm-agent/1', kind, name)]).toEqual([name, [`${kind}: is no name in WAC`]])
      }
      for (const name of ['a1', 'a1-b2', 'A1-b', 'ABC', 'a-B-c']) {
        expect(problems('2cvm-agent/1', kind, name)).toEqual([])
      }
    }
  })
})

test('the documents of these tests have the places that they change', () => {
  for (const document of [agentDocument, attestedDocument]) {
    for (const key of ['participants', 'components', 'data'])
      expect((document[key] as Loose[])[1]).toHaveProperty('name')
  }
})
