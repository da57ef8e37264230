import { describe, expect, test } from 'vitest'
import { type Reach, isAllowed, reachOf } from './capability.js'

const agent = '2cvm-agent/1'
const own = 'attested/manifest@1'

describe('what is on the deny list', () => {
  test.each<readonly [Reach | null, readonly string[]]>([
    [
      'files',
      [
        'wasi:filesystem/types@0.2.0',
        'wasi:filesystem/preopens@0.2.0',
        'wasi:filesystem',
        ' wasi:filesystem/types',
        'WASI:FileSystem/types',
        '\nwasi:filesystem\n',
      ],
    ],
    [
      'network',
      [
        'wasi:sockets/tcp@0.2.0',
        'wasi:sockets/ip-name-lookup@0.2.0',
        'wasi:keyvalue/store@0.2.0',
        'wasi:blobstore/container@0.2.0',
        'wasi:messaging/producer@0.2.0',
      ],
    ],
    [
      'network',
      [
        'wasi:http/outgoing-handler@0.2.0',
        'wasi:http/handler@0.3.0',
        'wasi:http/client@0.3.0',
        'wasi:http',
        'wasi:http/types-x@0.2.0',
        ' WASI:http/outgoing-handler@0.2.0',
      ],
    ],
    [
      null,
      [
        'wasi:http/types@0.2.0',
        'wasi:http/incoming-handler@0.2.0',
        'wasi:http/types',
        'wasi:io/streams@0.2.0',
        'wasi:cli/stdout@0.2.0',
        'wasi:clocks/wall-clock@0.2.0',
        'wasi:random/random@0.2.0',
      ],
    ],
    [null, ['', 'filesystem', 'x:wasi:filesystem', 'my:sockets/tcp@0.2.0', 'hospital:cohort/rows@1.2.0']],
  ])('%s', (reach, names) => {
    for (const name of names) expect([name, reachOf(agent, name)]).toEqual([name, reach])
  })

  test('capabilities of our own schema', () => {
    const reach = (name: string): Reach | null => reachOf(own, name)
    expect(['filesystem', 'network', 'http'].map(reach)).toEqual(['files', 'network', 'network'])
    for (const name of [
      'clock',
      'random',
      'environment',
      'stdio',
      'wasi:filesystem/types@0.2.0',
      '__proto__',
    ]) {
      expect([name, reach(name)]).toEqual([name, null])
    }
  })
})

describe('what expectations allow', () => {
  const name = 'wasi:http/outgoing-handler@0.2.0'
  test.each([name, 'wasi:http/outgoing-handler', 'wasi:http/*', 'wasi:http'])('%s', (form) => {
    expect(isAllowed(agent, name, new Set([form]))).toBe(true)
    expect(isAllowed(agent, 'wasi:sockets/tcp@0.2.0', new Set([form]))).toBe(false)
    expect(isAllowed(own, name, new Set([form]))).toBe(form === name)
  })

  test.each([
    '*',
    'wasi:*',
    'wasi',
    'wasi:http/',
    'wasi:http/outgoing-handler@0.2.1',
    'wasi:http/outgoing',
    'wasi:http@0.2.0',
    'outgoing-handler',
    '',
  ])('not by %j', (form) => {
    expect(isAllowed(agent, name, new Set([form]))).toBe(false)
  })

  test('a capability of our own schema by its name', () => {
    expect(isAllowed(own, 'http', new Set(['http']))).toBe(true)
    expect(isAllowed(own, 'http', new Set(['network']))).toBe(false)
  })
})
