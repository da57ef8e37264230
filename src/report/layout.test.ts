import { describe, expect, it } from 'vitest'
import {
  cpuidField,
  fields,
  layoutOf,
  mitigationFields,
  reportBytes,
  reportVersions,
  signatureTail,
  signedBytes,
} from './layout.js'

describe('the field table', () => {
  it('knows versions 2 to 5', () => {
    expect(reportVersions).toEqual([2, 3, 4, 5])
    expect([reportBytes, signedBytes]).toEqual([1184, 672])
    for (const version of [0, 1, 6, 7, 0xffffffff]) expect(layoutOf(version)).toBeNull()
  })

  it.each([2, 3, 4, 5])('says of every byte what it is, once: version %i', (version) => {
    const layout = layoutOf(version)
    if (layout === null) throw new Error('no layout')
    const places = [
      ...Object.values(fields),
      ...(layout.hasCpuid ? [cpuidField] : []),
      ...(layout.hasMitigationVectors ? Object.values(mitigationFields) : []),
    ].map(({ offset, length }) => [offset, offset + length] as const)
    const ranges = [...places, ...layout.reserved, signatureTail].sort(([a], [b]) => a - b)
    const ends = ranges.map(([, to]) => to)
    expect(ranges.map(([from]) => from)).toEqual([0, ...ends.slice(0, -1)])
    expect(ends.at(-1)).toBe(reportBytes)
  })

  it('has CPUID since version 3 and mitigation vectors since version 5', () => {
    const has = (version: number) => [layoutOf(version)?.hasCpuid, layoutOf(version)?.hasMitigationVectors]
    expect([2, 3, 4, 5].map(has)).toEqual([
      [false, false],
      [true, false],
      [true, false],
      [true, true],
    ])
  })
})
