import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate } from './evaluate.js'
import { frame, hash } from './expression.js'
import { type FramedCarrier, frameBytes, frameOverhead } from './frame.js'

const sha = (algorithm: string, bytes: Uint8Array | string): Uint8Array =>
  new Uint8Array(createHash(algorithm).update(bytes).digest())
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

const key = new Uint8Array(32).fill(0x22)
const nonce = new Uint8Array(32).fill(0x11)
const manifest = sha('sha256', '{}')
const manifest384 = sha('sha384', '{}')

/** Values that other code computed from the definition of the frame. */
const known: readonly (readonly [
  profile: string,
  carrier: FramedCarrier,
  algorithm: 'sha256' | 'sha512',
  inputs: Readonly<Record<string, Uint8Array>>,
  digest: string,
])[] = [
  [
    '2cvm-direct/1',
    'REPORT_DATA',
    'sha512',
    { key, manifest, nonce },
    'e6f4e8b1b781507b52ba1fe0a378de589726d4f602bc20ad64f4771676ed1b37b0264810d1add4b5acf6aadf4cb72036fd20af3474b9a98e4c6fc53cef53161b',
  ],
  [
    '2cvm-direct/1',
    'HOST_DATA',
    'sha256',
    { manifest },
    '86d39d56842e24e00b2e931662e3a2d46f7ae9cd28241da6c8a0475633ff426f',
  ],
  [
    'manifest-nonce/1',
    'REPORT_DATA',
    'sha512',
    { manifest, nonce },
    '0c75380d4de9cdaf95eaa8069a5457c81438d1523a2bcc66374beac1e5295c7a2d3a540044ab7404db393ab8faa7d4b9a95dc09279fc633bcac808bcce405a53',
  ],
  [
    'manifest-nonce/1',
    'REPORT_DATA',
    'sha512',
    { manifest: manifest384, nonce },
    'f4caf65f6b2840d213b66265c476e2630011021df6c5e6ad7f7c486587809c34203ea8bb228510a787b57c7f562fcc02b924f90e71cf7bd29d07b2cccd5e4a0a',
  ],
  [
    'manifest-host/1',
    'HOST_DATA',
    'sha256',
    { manifest },
    '0e2edcd134f2f7fb597f6afb33fca7d69ad543508720febfaa4dfaeccf1f191c',
  ],
]

describe('the native frame', () => {
  it.each(known)('of %s in %s has the known %s', (profile, carrier, algorithm, inputs, digest) => {
    expect(hex(sha(algorithm, frameBytes(carrier, profile, Object.entries(inputs))))).toBe(digest)
    const expression = hash(algorithm, frame(...Object.keys(inputs).reverse()))
    const valueOf = (name: string): Uint8Array => inputs[name] ?? new Uint8Array()
    expect(hex(evaluate(expression, { valueOf, profile, carrier }))).toBe(digest)
  })

  it('is spelled out byte for byte', () => {
    const bytes = frameBytes('HOST_DATA', 'a/1', [
      ['b', Uint8Array.of(7, 8)],
      ['ab', Uint8Array.of()],
    ])
    expect(hex(bytes)).toBe(
      [
        '534e50434c41494d',
        '01',
        '02',
        '03612f31',
        '02',
        '026162',
        '00000000',
        '0162',
        '00000002',
        '0708',
      ].join(''),
    )
    expect(bytes.length).toBe(frameOverhead('a/1', ['b', 'ab']) + 2)
  })

  it('does not depend on the order of inputs, and on everything else', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z][A-Za-z0-9]{0,8}$/), { minLength: 1, maxLength: 5 })
    const value = fc.uint8Array({ maxLength: 6 })
    const side = fc.tuple(
      fc.constantFrom<FramedCarrier>('REPORT_DATA', 'HOST_DATA'),
      fc.constantFrom('a/1', 'a/11', 'aa/1'),
      names.chain((all) =>
        fc.tuple(fc.constant(all), fc.array(value, { minLength: all.length, maxLength: all.length })),
      ),
    )
    const entriesOf = ([names, values]: readonly [readonly string[], readonly Uint8Array[]]) =>
      names.map((name, at) => [name, values[at] ?? new Uint8Array()] as const)
    const textOf = ([carrier, profile, inputs]: typeof side extends fc.Arbitrary<infer T>
      ? T
      : never): string =>
      JSON.stringify([
        carrier,
        profile,
        entriesOf(inputs)
          .map(([name, bytes]) => [name, hex(bytes)])
          .sort(),
      ])
    fc.assert(
      fc.property(side, side, (a, b) => {
        const [one, two] = [a, b].map(([carrier, profile, inputs]) =>
          hex(frameBytes(carrier, profile, entriesOf(inputs))),
        )
        expect(one === two).toBe(textOf(a) === textOf(b))
        const turned = hex(frameBytes(a[0], a[1], [...entriesOf(a[2])].reverse()))
        expect(turned).toBe(one)
      }),
    )
  })
})
