import { describe, expect, it } from 'vitest'
import { floorEditionAt, newestFloorEdition } from './floors.js'
import { productLineOf } from './line.js'

describe('the edition of 2026-11-01', () => {
  const floors = floorEditionAt('2026-11-01')?.floors ?? []

  it('has the first microcode of each silicon that checks patch signatures', () => {
    const rows = floors.map(({ product, silicon: { family, model, stepping }, levels }) =>
      [
        product,
        family.toString(16),
        model.toString(16),
        stepping,
        levels.snp.toString(16),
        levels.microcode.toString(16),
      ].join(' '),
    )
    expect(rows).toEqual([
      'Milan 19 1 1 18 db',
      'Milan 19 1 2 18 44',
      'Genoa 19 11 1 17 54',
      'Genoa 19 11 2 17 4f',
      'Genoa 19 a0 2 17 19',
      'Turin 1a 2 1 0 47',
      'Turin 1a 11 0 0 47',
    ])
  })

  it('says nothing of other components, and has fmc on Turin alone', () => {
    for (const { product, levels } of floors) {
      expect([levels.bootloader, levels.tee]).toEqual([0, 0])
      expect(levels.fmc).toBe(product === 'Turin' ? 0 : undefined)
    }
  })

  it('names silicon of the product, a bulletin, and how far the numbers can be trusted', () => {
    for (const { product, silicon, bulletins, confidence } of floors) {
      expect(productLineOf(silicon)).toBe(product)
      expect(bulletins).toEqual([product === 'Turin' ? 'AMD-SB-7033' : 'AMD-SB-3019'])
      expect(confidence).toBe('secondary source')
    }
  })
})

describe('the edition of a day', () => {
  it.each([
    ['2026-11-01', '2026-11-01'],
    ['2026-11-02', '2026-11-01'],
    ['2099-12-31', '2026-11-01'],
    ['2026-10-31', null],
    ['2000-01-01', null],
  ])('%s is that of %s: the newest at or before it', (asOf, date) => {
    expect(floorEditionAt(asOf)?.date ?? null).toBe(date)
  })

  it('is in time the newest that this release knows', () => {
    expect(newestFloorEdition).toBe('2026-11-01')
    expect(floorEditionAt(newestFloorEdition)?.date).toBe(newestFloorEdition)
  })
})
