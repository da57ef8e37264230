import { describe, expect, it } from 'vitest'
import { isProductLine, productLineNames, productLineOf, productLines } from './line.js'

/** The same facts put another way: the extended model is the upper half of the combined one. */
const expected: Readonly<Record<string, string>> = {
  '19 0': 'Milan',
  '19 1': 'Genoa',
  '19 a': 'Genoa',
  '1a 0': 'Turin',
  '1a 1': 'Turin',
}

describe('the product line of a CPUID', () => {
  it('is known for these extended models, each to its last model, and for nothing else', () => {
    const wrong: string[] = []
    for (let family = 0; family < 256; family += 1) {
      for (let model = 0; model < 256; model += 1) {
        const line = productLineOf({ family, model })
        const name = `${family.toString(16)} ${(model >> 4).toString(16)}`
        if (line !== (expected[name] ?? null)) wrong.push(`${name}: ${model.toString(16)} gave ${line}`)
      }
    }
    expect(wrong).toEqual([])
  })

  it.each([
    ['Milan B1', 0x19, 0x01, 'Milan'],
    ['Genoa', 0x19, 0x11, 'Genoa'],
    ['Bergamo, Siena', 0x19, 0xa0, 'Genoa'],
    ['the last of Bergamo', 0x19, 0xaf, 'Genoa'],
    ['Turin', 0x1a, 0x02, 'Turin'],
    ['Turin Dense', 0x1a, 0x11, 'Turin'],
    ['the last of Turin Dense', 0x1a, 0x1f, 'Turin'],
    ['Naples', 0x17, 0x01, null],
    ['Rome', 0x17, 0x31, null],
    ['Venice, whose certificates are not published', 0x1a, 0x50, null],
    ['between Genoa and Bergamo', 0x19, 0x61, null],
  ])('of %s', (_name, family, model, line) => {
    expect(productLineOf({ family, model })).toBe(line)
  })
})

describe('the product lines', () => {
  it('have a TCB layout and a length of chip identifiers', () => {
    expect(productLineNames).toEqual(['Milan', 'Genoa', 'Turin'])
    expect(
      productLineNames.map((name) => [productLines[name].layout, productLines[name].chipIdBytes]),
    ).toEqual([
      ['family19h', 64],
      ['family19h', 64],
      ['family1Ah', 8],
    ])
  })

  it('are known by exact name', () => {
    for (const name of productLineNames) expect(isProductLine(name)).toBe(true)
    for (const name of [
      'milan',
      'Milan ',
      'Bergamo',
      'Venice',
      '',
      'toString',
      '__proto__',
      'constructor',
      null,
      1,
    ])
      expect(isProductLine(name)).toBe(false)
  })
})
