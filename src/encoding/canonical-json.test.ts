import { describe, expect, it } from 'vitest'
import { canonicalJson } from './canonical-json.js'
import { toHex } from './hex.js'
import { parseStrictJson } from './json.js'
import { toUtf8 } from './text.js'

const limits = { code: 'POLICY_INVALID', what: 'sample', maxLength: 10_000, maxDepth: 8 } as const
const canonicalOf = (text: string): string => canonicalJson(parseStrictJson(text, limits))

describe('canonical JSON', () => {
  // RFC 8785 §3.2.2 to §3.2.4: the sample document, and the bytes that it must become.
  it('of the sample in RFC 8785', () => {
    const text = `{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\"\\/",
      "literals": [null, true, false]
    }`
    const expected =
      '7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c226e756d62657273223a' +
      '5b3333333333333333332e333333333333332c31652b33302c342e352c302e3030322c31652d3237' +
      '5d2c22737472696e67223a22e282ac245c75303030665c6e4127425c225c5c5c5c5c222f227d'
    expect(toHex(toUtf8(canonicalOf(text)))).toBe(expected)
  })

  // RFC 8785 §3.2.3: keys by UTF-16 units, so a surrogate pair comes before U+FB33.
  it('sorts keys by UTF-16 units', () => {
    const text = `{
      "\\u20ac": "Euro Sign",
      "\\r": "Carriage Return",
      "\\ufb33": "Hebrew Letter Dalet With Dagesh",
      "1": "One",
      "\\ud83d\\ude00": "Emoji: Grinning Face",
      "\\u0080": "Control",
      "\\u00f6": "Latin Small Letter O With Diaeresis"
    }`
    const order = [...canonicalOf(text).matchAll(/:"([^"]+)"/g)].map((match) => match[1])
    expect(order).toEqual([
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ])
  })

  // RFC 8785 appendix B: bit patterns of doubles and how they are written.
  it.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('writes the double %s as %s', (bits, expected) => {
    expect(canonicalJson(Buffer.from(bits, 'hex').readDoubleBE())).toBe(expected)
  })

  it.each([
    ['{"b":1,"a":{"d":[],"c":{}}}', '{"a":{"c":{},"d":[]},"b":1}'],
    ['[ 3, 1, 2 ]', '[3,1,2]'],
    ['{"10":1,"9":2,"01":3}', '{"01":3,"10":1,"9":2}'],
    ['{"aa":1,"a":2,"":3,"A":4}', '{"":3,"A":4,"a":2,"aa":1}'],
    ['{"constructor":1,"hasOwnProperty":null}', '{"constructor":1,"hasOwnProperty":null}'],
    [
      '"\\b\\f\\n\\r\\t\\u0000\\u001f\\u007f\\u0080\\u2028\\/"',
      '"\\b\\f\\n\\r\\t\\u0000\\u001f\u007f\u0080\u2028/"',
    ],
    ['null', 'null'],
    ['"x"', '"x"'],
    ['false', 'false'],
  ])('of %j', (text, expected) => {
    expect(canonicalOf(text)).toBe(expected)
  })
})
