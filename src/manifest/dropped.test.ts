import { describe, expect, it, test } from 'vitest'
import { agentDocument, changed } from '../../test/support/manifest-documents.js'
import { droppedMembers, requireNothingDropped } from './dropped.js'

const dropped = (changes: Readonly<Record<string, unknown>>): readonly string[] =>
  droppedMembers(JSON.stringify(changed(agentDocument, changes)))
const read = 'permissions.0.data_permissions.0'

test('what the agent writes itself loses nothing', () => {
  expect(dropped({})).toEqual([])
  requireNothingDropped(JSON.stringify(agentDocument))
  expect(droppedMembers(new TextEncoder().encode(JSON.stringify(agentDocument)))).toEqual([])
})

describe('what it drops', () => {
  it.each([
    ['an unknown member', { expires: '2030' }, ['/expires']],
    ['ours', { schema: 'attested/manifest@1' }, ['/schema']],
    ['one with a name from the prototype', { constructor: 1, toString: 2 }, ['/constructor', '/toString']],
    ['names are escaped', { 'a/b~c': 1 }, ['/a~1b~0c']],
    ['of participants', { 'participants.1.did': 'x' }, ['/participants/1/did']],
    ['of components', { 'components.0.digest': 'x' }, ['/components/0/digest']],
    ['of data', { 'data.1.digest': 'x' }, ['/data/1/digest']],
    ['of permissions', { 'permissions.1.reads': [] }, ['/permissions/1/reads']],
    ['of outputs', { 'permissions.1.output.0.receivers': [] }, ['/permissions/1/output/0/receivers']],
    ['of reads', { [`${read}.x`]: 1 }, ['/permissions/0/data_permissions/0/x']],
    ['source beside a list', { [`${read}.sources`]: [] }, ['/permissions/0/data_permissions/0/source']],
    ['sources that are no list', { [`${read}.sources`]: 'x' }, ['/permissions/0/data_permissions/0/sources']],
    ['inside what is no list, nothing', { participants: { x: 1 }, data: null }, []],
    ['inside items that are no objects, nothing', { participants: ['x', null, ['y']] }, []],
  ])('%s', (_, changes, paths) => {
    expect(dropped(changes)).toEqual(paths)
  })

  it('is nothing of a document that is no object', () => {
    for (const text of ['[]', 'null', '"x"', '1', '[{"x":1}]']) expect(droppedMembers(text)).toEqual([])
  })
})

describe('requireNothingDropped', () => {
  it('names the first, and lists at most 100', () => {
    const unknown = (count: number) =>
      JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, index) => [`x${index}`, 1])))
    expect(() => requireNothingDropped(unknown(1))).toThrow(
      expect.objectContaining({
        code: 'MANIFEST_FIELD_DROPPED',
        message: 'the agent drops "/x0" and signs the rest',
        details: { paths: ['/x0'] },
      }),
    )
    expect(() => requireNothingDropped(unknown(2))).toThrow(
      expect.objectContaining({ message: 'the agent drops "/x0" and 1 more and signs the rest' }),
    )
    expect(() => requireNothingDropped(unknown(101))).toThrow(
      expect.objectContaining({
        details: { paths: Array.from({ length: 100 }, (_, index) => `/x${index}`) },
      }),
    )
  })

  it.each(['', '{', '{"a":1,"a":1}', '{"__proto__":1}', '['.repeat(33), ' '.repeat(1024 * 1024 + 1)])(
    'refuses what is no strict JSON, %#',
    (text) => {
      expect(() => requireNothingDropped(text)).toThrow(
        expect.objectContaining({ code: 'MANIFEST_MALFORMED' }),
      )
    },
  )
})
