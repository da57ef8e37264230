import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Tcb, TcbLayout, TcbLevels } from './tcb.js'
import {
  componentOf,
  componentsBelow,
  componentsOf,
  decodeTcb,
  encodeTcb,
  hasReservedTcbBytes,
  tcbAtLeast,
  tcbToJson,
} from './tcb.js'

/** The word of eight bytes, lowest first, as it stands in a report. */
const word = (...bytes: readonly number[]): bigint =>
  bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n)

const layouts: readonly TcbLayout[] = ['family19h', 'family1Ah']
const byte = fc.integer({ min: 0, max: 255 })
const levels = (layout: TcbLayout): fc.Arbitrary<TcbLevels> =>
  layout === 'family19h'
    ? fc.record({ bootloader: byte, tee: byte, snp: byte, microcode: byte })
    : fc.record({ fmc: byte, bootloader: byte, tee: byte, snp: byte, microcode: byte })
/** Levels so close together that equal and comparable ones come up. */
const close = (layout: TcbLayout): fc.Arbitrary<Tcb> =>
  fc
    .array(fc.integer({ min: 0, max: 1 }), { minLength: 5, maxLength: 5 })
    .map(([fmc = 0, a = 0, b = 0, c = 0, d = 0]) => {
      const some = { bootloader: a, tee: b, snp: c, microcode: d, ...(layout === 'family1Ah' ? { fmc } : {}) }
      return decodeTcb(encodeTcb(some, layout), layout)
    })

describe('a TCB', () => {
  it('of family 19h has bootloader, tee, 0, 0, 0, 0, snp, microcode', () => {
    expect(decodeTcb(word(4, 1, 0, 0, 0, 0, 0x18, 0xdb), 'family19h')).toStrictEqual({
      layout: 'family19h',
      raw: 0xdb18000000000104n,
      bootloader: 4,
      tee: 1,
      snp: 0x18,
      microcode: 0xdb,
    })
  })

  it('of family 1Ah has fmc, bootloader, tee, snp, 0, 0, 0, microcode', () => {
    expect(decodeTcb(word(1, 2, 3, 4, 0, 0, 0, 0x51), 'family1Ah')).toStrictEqual({
      layout: 'family1Ah',
      raw: 0x5100000004030201n,
      fmc: 1,
      bootloader: 2,
      tee: 3,
      snp: 4,
      microcode: 0x51,
    })
  })

  it('reserves the other bytes', () => {
    const reserved = (layout: TcbLayout) =>
      [0, 1, 2, 3, 4, 5, 6, 7].filter((index) => hasReservedTcbBytes(0x80n << BigInt(8 * index), layout))
    expect(reserved('family19h')).toEqual([2, 3, 4, 5])
    expect(reserved('family1Ah')).toEqual([4, 5, 6])
    expect(layouts.map((layout) => hasReservedTcbBytes(0n, layout))).toEqual([false, false])
  })

  it.each(layouts)('of %s comes back from its word', (layout) => {
    fc.assert(
      fc.property(levels(layout), (some) => {
        const raw = encodeTcb(some, layout)
        const back = decodeTcb(raw, layout)
        expect(hasReservedTcbBytes(raw, layout)).toBe(false)
        expect(back).toEqual({ layout, raw, ...some })
        for (const name of componentsOf(layout)) expect(componentOf(back, name)).toBe(some[name])
      }),
      { numRuns: 50 },
    )
  })

  it('is shown with its word, and with fmc where there is one', () => {
    expect(tcbToJson(decodeTcb(word(4, 0, 0, 0, 0, 0, 24, 219), 'family19h'))).toEqual({
      raw: '0xdb18000000000004',
      bootloader: 4,
      tee: 0,
      snp: 24,
      microcode: 219,
    })
    expect(tcbToJson(decodeTcb(word(1, 1, 1, 4, 0, 0, 0, 81), 'family1Ah'))).toMatchObject({ fmc: 1, snp: 4 })
    expect(tcbToJson({ layout: 'unknown', raw: 7n })).toEqual({ raw: '0x0000000000000007' })
  })
})

describe('the order of TCBs', () => {
  it.each(layouts)('is reflexive, antisymmetric and transitive: %s', (layout) => {
    fc.assert(
      fc.property(close(layout), close(layout), close(layout), (a, b, c) => {
        expect(tcbAtLeast(a, a)).toBe(true)
        if (tcbAtLeast(a, b) && tcbAtLeast(b, a)) expect(a).toEqual(b)
        if (tcbAtLeast(a, b) && tcbAtLeast(b, c)) expect(tcbAtLeast(a, c)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it.each(layouts)('is that of every component, never of the word: %s', (layout) => {
    fc.assert(
      fc.property(levels(layout), levels(layout), (a, b) => {
        const [high, low] = [decodeTcb(encodeTcb(a, layout), layout), decodeTcb(encodeTcb(b, layout), layout)]
        const below = componentsOf(layout).filter((name) => (a[name] ?? 0) < (b[name] ?? 0))
        expect(componentsBelow(high, low)).toEqual(below)
        expect(tcbAtLeast(high, low)).toBe(below.length === 0)
      }),
      { numRuns: 200 },
    )
  })

  it.each(layouts)('knows what a rise in one component is: %s', (layout) => {
    fc.assert(
      fc.property(levels(layout), fc.constantFrom(...componentsOf(layout)), (some, name) => {
        fc.pre((some[name] ?? 0) < 255)
        const before = decodeTcb(encodeTcb(some, layout), layout)
        const after = decodeTcb(encodeTcb({ ...some, [name]: (some[name] ?? 0) + 1 }, layout), layout)
        expect(tcbAtLeast(after, before)).toBe(true)
        expect(componentsBelow(before, after)).toEqual([name])
      }),
      { numRuns: 50 },
    )
  })

  it('leaves pairs without an order', () => {
    // The larger word has the older bootloader.
    const a = decodeTcb(word(3, 0, 0, 0, 0, 0, 0x18, 0xff), 'family19h')
    const b = decodeTcb(word(4, 0, 0, 0, 0, 0, 0x18, 0x01), 'family19h')
    expect([tcbAtLeast(a, b), tcbAtLeast(b, a)]).toEqual([false, false])
    expect(a.raw > b.raw).toBe(true)
    expect([componentsBelow(a, b), componentsBelow(b, a)]).toEqual([['bootloader'], ['microcode']])
  })

  it('does not exist between layouts', () => {
    const [a, b] = [decodeTcb(0n, 'family19h'), decodeTcb(0n, 'family1Ah')]
    for (const compare of [() => tcbAtLeast(a, b), () => tcbAtLeast(b, a), () => componentsBelow(a, b)])
      expect(compare).toThrow(TypeError)
  })
})
