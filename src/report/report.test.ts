import { describe, expect, it } from 'vitest'
import { hex } from '../../test/support/der.js'
import type { Line } from '../../test/support/names.js'
import { LAB_MEASUREMENT, makeReport, patchReport, setSignature } from '../../test/support/report.js'
import type { ReportFields } from '../../test/support/report.js'
import { isVerificationError } from '../errors/error.js'
import { bytesOfReport, parseReport } from './report.js'

/** A well-formed report; nobody signed it. */
const make = (fields: ReportFields = {}): Uint8Array => setSignature(makeReport(fields), { r: 1n, s: 1n })

function codeOf(bytes: Uint8Array): string | null {
  try {
    parseReport(bytes)
    return null
  } catch (error) {
    if (isVerificationError(error)) return error.code
    throw error
  }
}

const versions = [2, 3, 4, 5]

/** Typed from the specification, apart from the library's own table. */
const reservedBytes: Readonly<Record<number, readonly (readonly [first: number, last: number])[]>> = {
  2: [
    [0x04c, 0x04f],
    [0x188, 0x19f],
    [0x1eb, 0x1eb],
    [0x1ef, 0x1ef],
    [0x1f8, 0x29f],
  ],
  3: [
    [0x04c, 0x04f],
    [0x18b, 0x19f],
    [0x1eb, 0x1eb],
    [0x1ef, 0x1ef],
    [0x1f8, 0x29f],
  ],
  4: [
    [0x04c, 0x04f],
    [0x18b, 0x19f],
    [0x1eb, 0x1eb],
    [0x1ef, 0x1ef],
    [0x1f8, 0x29f],
  ],
  5: [
    [0x04c, 0x04f],
    [0x18b, 0x19f],
    [0x1eb, 0x1eb],
    [0x1ef, 0x1ef],
    [0x208, 0x29f],
  ],
}

describe('the length of a report', () => {
  it.each([0, 1, 32, 1183, 1185, 4096])('must be 1184 bytes, not %i', (length) => {
    const bytes = new Uint8Array(length)
    bytes.set(make().subarray(0, length))
    expect(codeOf(bytes)).toBe('REPORT_LENGTH')
  })

  it.each([
    undefined,
    null,
    'report',
    1184,
    {},
    [],
    new ArrayBuffer(1184),
    new DataView(new ArrayBuffer(1184)),
  ])('is that of bytes, so anything else is a TypeError: %o', (value) => {
    expect(() => parseReport(value as never)).toThrow(TypeError)
  })

  it('is refused for other arrays of 1184 elements', () => {
    expect(() => parseReport(new Uint8ClampedArray(1184) as never)).toThrow(TypeError)
    expect(() => parseReport(new Uint16Array(592) as never)).toThrow(TypeError)
    expect(() => parseReport(new Proxy(make(), {}))).toThrow(TypeError)
  })
})

describe('VERSION', () => {
  it.each(versions)('%i is read', (version) => {
    expect(parseReport(make({ version })).version).toBe(version)
  })

  it.each([0, 1, 6, 7, 0x102, 0x10003, 0x02000000, 0xffffffff])('%i is not supported', (version) => {
    const error = (() => {
      try {
        return parseReport(patchReport(make(), 0, new Uint8Array(new Uint32Array([version]).buffer)))
      } catch (thrown) {
        return thrown
      }
    })()
    expect(error).toMatchObject({
      code: 'REPORT_VERSION_UNSUPPORTED',
      verdict: 'unverifiable',
      details: { expected: versions, actual: version },
    })
  })

  it('is judged before anything whose meaning depends on it', () => {
    expect(codeOf(new Uint8Array(1184).fill(0xff))).toBe('REPORT_VERSION_UNSUPPORTED')
    expect(codeOf(new Uint8Array(1184))).toBe('REPORT_VERSION_UNSUPPORTED')
  })
})

describe('reserved bytes', () => {
  it.each(versions)('of version %i must be zero, each of them', (version) => {
    for (const [first, last] of reservedBytes[version] ?? []) {
      for (let offset = first; offset <= last; offset += 1) {
        for (const value of [0x01, 0x80]) {
          const code = codeOf(patchReport(make({ version }), offset, Uint8Array.of(value)))
          expect([offset, code]).toEqual([offset, 'REPORT_RESERVED_NONZERO'])
        }
      }
    }
  })

  it.each<readonly [string, ReportFields]>([
    ['CPUID in version 2', { version: 2, cpuid: { family: 0x19, model: 1, stepping: 1 } }],
    ['a mitigation vector in version 3', { version: 3, launchMitVector: 1n }],
    ['a mitigation vector in version 4', { version: 4, currentMitVector: 1n << 63n }],
    [
      'an extended TCB, as version 6 has it, in version 5',
      { version: 5, patches: [{ offset: 0x220, bytes: hex('01') }] },
    ],
  ])('%s', (_name, fields) => {
    expect(codeOf(make(fields))).toBe('REPORT_RESERVED_NONZERO')
  })
})

describe('the bytes of a TCB', () => {
  const names = ['currentTcb', 'reportedTcb', 'committedTcb', 'launchTcb'] as const
  const reservedIn: Readonly<Record<Line, readonly number[]>> = {
    Milan: [2, 3, 4, 5],
    Genoa: [2, 3, 4, 5],
    Turin: [4, 5, 6],
  }

  it.each<readonly [Line, number]>([
    ['Milan', 2],
    ['Genoa', 2],
    ['Milan', 3],
    ['Genoa', 4],
    ['Genoa', 5],
    ['Turin', 3],
    ['Turin', 5],
  ])('of %s, version %i, are levels or zero', (line, version) => {
    for (const name of names) {
      for (let index = 0; index < 8; index += 1) {
        const code = codeOf(make({ line, version, tcb: 0n, [name]: 1n << BigInt(8 * index) }))
        const expected = reservedIn[line].includes(index) ? 'REPORT_RESERVED_NONZERO' : null
        expect([name, index, code]).toEqual([name, index, expected])
      }
    }
  })

  it('are those of the generation that CPUID names', () => {
    const raw = 0x51_00_00_00_04_03_02_01n
    const turin = parseReport(make({ line: 'Turin', version: 5, tcb: raw })).reportedTcb
    expect(turin).toStrictEqual({
      layout: 'family1Ah',
      raw,
      fmc: 1,
      bootloader: 2,
      tee: 3,
      snp: 4,
      microcode: 0x51,
    })
    expect(codeOf(make({ line: 'Genoa', version: 5, tcb: raw }))).toBe('REPORT_RESERVED_NONZERO')
    const genoa = parseReport(
      make({ line: 'Genoa', version: 5, tcb: 0x54_17_00_00_00_00_00_0an }),
    ).reportedTcb
    expect(genoa).toMatchObject({ layout: 'family19h', bootloader: 0x0a, tee: 0, snp: 0x17, microcode: 0x54 })
  })

  it('are a word and no more where the silicon is unknown', () => {
    const raw = 0x0102_0304_0506_0708n
    const report = parseReport(make({ tcb: raw, cpuid: { family: 0x1a, model: 0x50, stepping: 0 } }))
    expect(report.productLine).toBeNull()
    expect(report.cpuid).toEqual({ family: 0x1a, model: 0x50, stepping: 0 })
    for (const name of names) expect(report[name]).toStrictEqual({ layout: 'unknown', raw })
  })
})

describe('fields that came with a version', () => {
  it.each([2, 3, 4, 5])('are there, or null: version %i', (version) => {
    const report = parseReport(make({ version, line: 'Genoa' }))
    expect(report.cpuid).toEqual(version === 2 ? null : { family: 0x19, model: 0x11, stepping: 1 })
    expect(report.productLine).toBe(version === 2 ? null : 'Genoa')
    expect([report.launchMitVector, report.currentMitVector]).toEqual(
      version === 5 ? [0x0bn, 0x0bn] : [null, null],
    )
  })

  it('are told apart', () => {
    const report = parseReport(make({ version: 5, launchMitVector: 1n << 63n, currentMitVector: 2n }))
    expect([report.launchMitVector, report.currentMitVector]).toEqual([1n << 63n, 2n])
  })
})

describe('SIGNATURE_ALGO', () => {
  it.each([0, 2, 3, 0x100, 0x01000000, 0xffffffff])('is 1 and not %i', (signatureAlgo) => {
    expect(codeOf(make({ signatureAlgo }))).toBe('REPORT_ALGORITHM_UNSUPPORTED')
  })
})

describe('every field', () => {
  it('is read from its own place', () => {
    const filled = (byte: number, length: number) => new Uint8Array(length).fill(byte)
    const report = parseReport(
      make({
        version: 5,
        guestSvn: 0x01020304,
        familyId: filled(1, 16),
        imageId: filled(2, 16),
        vmpl: 0xffffffff,
        platformInfo: 0x8000_0000_0000_0001n,
        reportData: filled(3, 64),
        hostData: filled(4, 32),
        idKeyDigest: filled(5, 48),
        authorKeyDigest: filled(6, 48),
        reportId: filled(7, 32),
        reportIdMa: filled(8, 32),
        chipId: filled(9, 64),
        currentVersion: { major: 1, minor: 2, build: 3 },
        committedVersion: { major: 4, minor: 5, build: 6 },
      }),
    )
    expect(report.guestSvn).toBe(0x01020304)
    expect(report.familyId).toEqual(filled(1, 16))
    expect(report.imageId).toEqual(filled(2, 16))
    // Shown, so that it can be refused by name: this one is of a report that the host requested.
    expect(report.vmpl).toBe(0xffffffff)
    expect(report.platformInfo.raw).toBe(0x8000_0000_0000_0001n)
    expect(report.reportData).toEqual(filled(3, 64))
    expect(report.measurement).toEqual(LAB_MEASUREMENT)
    expect(report.hostData).toEqual(filled(4, 32))
    expect(report.idKeyDigest).toEqual(filled(5, 48))
    expect(report.authorKeyDigest).toEqual(filled(6, 48))
    expect(report.reportId).toEqual(filled(7, 32))
    expect(report.reportIdMa).toEqual(filled(8, 32))
    expect(report.chipId).toEqual(filled(9, 64))
    expect(report.currentVersion).toEqual({ major: 1, minor: 2, build: 3 })
    expect(report.committedVersion).toEqual({ major: 4, minor: 5, build: 6 })
  })
})

describe('a parsed report', () => {
  const byteFields = [
    'familyId',
    'imageId',
    'reportData',
    'measurement',
    'hostData',
    'idKeyDigest',
    'authorKeyDigest',
    'reportId',
    'reportIdMa',
    'chipId',
  ] as const

  it('gives copies of its bytes', () => {
    const report = parseReport(make())
    for (const name of byteFields) {
      const before = report[name].slice()
      report[name].fill(0x55)
      expect(report[name]).toEqual(before)
    }
    report.signature.r.fill(0)
    report.signature.s.fill(0)
    expect([report.signature.r.at(-1), report.signature.s.at(-1)]).toEqual([1, 1])
  })

  it('does not change with the bytes it was read from', () => {
    const bytes = make()
    const report = parseReport(bytes)
    bytes.fill(0xee)
    expect(report.measurement).toEqual(LAB_MEASUREMENT)
    expect(report.version).toBe(3)
  })

  it('is frozen, and so is what is in it', () => {
    const report = parseReport(make({ version: 5 }))
    expect(Object.isFrozen(report)).toBe(true)
    for (const value of Object.values(report))
      if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array))
        expect(Object.isFrozen(value)).toBe(true)
  })

  it('keeps its bytes for itself: a look-alike has none', () => {
    const report = parseReport(make())
    expect(bytesOfReport(report)).toEqual(make())
    for (const fake of [{ ...report }, Object.create(report) as never, new Proxy(report, {})])
      expect(() => bytesOfReport(fake)).toThrow(TypeError)
  })

  it('is read from views, buffers and shared memory alike', () => {
    const wide = new Uint8Array(2000)
    wide.set(make(), 321)
    const shared = new Uint8Array(new SharedArrayBuffer(1184))
    shared.set(make())
    for (const bytes of [wide.subarray(321, 321 + 1184), Buffer.from(make()), shared])
      expect(parseReport(bytes).measurement).toEqual(LAB_MEASUREMENT)
  })
})
