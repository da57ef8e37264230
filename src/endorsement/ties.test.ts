import { describe, expect, it } from 'vitest'
import type { VekOptions } from '../../test/support/certificates.js'
import { makeVek } from '../../test/support/certificates.js'
import { ecKey } from '../../test/support/keys.js'
import type { Line } from '../../test/support/names.js'
import { labPki } from '../../test/support/pki.js'
import type { ReportFields, TcbParts } from '../../test/support/report.js'
import { defaultTcb, labChipId, makeReport, setSignature } from '../../test/support/report.js'
import { isVerificationError } from '../errors/error.js'
import { openLedger } from '../errors/ledger.js'
import { parseReport } from '../report/report.js'
import type { EndorsementKey } from './endorsement-key.js'
import { parseEndorsementKey } from './endorsement-key.js'
import { checkTies, tieChecks } from './ties.js'

type Leaf = Omit<Partial<VekOptions>, 'authority'>

function makeKey({ line = 'Milan', kind = 'vcek', ...leaf }: Leaf): EndorsementKey {
  const { ask, asvk } = labPki().lines[line]
  const authority = kind === 'vcek' ? ask : asvk
  const sign = () => new Uint8Array(512)
  return parseEndorsementKey(makeVek({ line, kind, authority, key: ecKey('tie test'), sign, ...leaf }).der)
}

function judge(fields: ReportFields, leaf: Leaf = {}, key: EndorsementKey = makeKey(leaf)) {
  const report = parseReport(setSignature(makeReport(fields), { r: 1n, s: 1n }))
  const ledger = openLedger(tieChecks)
  try {
    checkTies(report, key, ledger)
    expect(ledger.complete()).toBe(true)
    return { code: null, results: ledger.results() }
  } catch (error) {
    if (!isVerificationError(error)) throw error
    // Exactly the last check that ran failed.
    const reached = ledger.results().filter(({ outcome }) => outcome !== 'notReached')
    expect(reached.map(({ outcome }) => outcome)).toEqual([...reached.slice(1).map(() => 'passed'), 'failed'])
    return { code: error.code, results: ledger.results() }
  }
}

const reasonOf = ({ results }: ReturnType<typeof judge>, id: string) =>
  results.find((one) => one.id === id)?.reason

describe('the kind of key', () => {
  it('is the one that SIGNING_KEY names', () => {
    expect(judge({}).code).toBeNull()
    expect(judge({ signer: 'vlek' }, { kind: 'vlek' }).code).toBeNull()
    expect(judge({ signer: 'vlek' }).code).toBe('ENDORSEMENT_KIND')
    expect(judge({}, { kind: 'vlek' }).code).toBe('ENDORSEMENT_KIND')
  })
})

describe('the product line', () => {
  const lines: readonly Line[] = ['Milan', 'Genoa', 'Turin']
  it('is the one that CPUID names', () => {
    for (const line of lines)
      for (const other of lines) {
        const code = judge({ line, chipId: labChipId(line) }, { line: other }).code
        expect([line, other, code]).toEqual([line, other, line === other ? null : 'ENDORSEMENT_PRODUCT'])
      }
  })

  it('comes from the certificate for a report of version 2, and is never Turin', () => {
    for (const line of lines) {
      const fields = { version: 2, chipId: labChipId(line), tcb: 0n }
      const outcome = judge(fields, { line, tcb: 0n })
      expect(outcome.code).toBe(line === 'Turin' ? 'ENDORSEMENT_PRODUCT' : null)
      if (line !== 'Turin')
        expect(reasonOf(outcome, 'endorsement.product')).toBe('version 2: from the certificate')
    }
  })
})

describe('CHIP_ID', () => {
  const edit = (line: Line, index: number): Uint8Array => {
    const chipId = labChipId(line)
    chipId[index] = (chipId[index] ?? 0) ^ 1
    return chipId
  }

  it.each<Line>(['Milan', 'Genoa', 'Turin'])('is the hwID of the certificate, in each byte: %s', (line) => {
    const key = makeKey({ line })
    for (let index = 0; index < 64; index += 1)
      expect(judge({ line, chipId: edit(line, index) }, {}, key).code).toBe('ENDORSEMENT_CHIP_ID_MISMATCH')
  })

  it('has eight bytes on Turin, and zeros after them', () => {
    expect(judge({ line: 'Turin' }, { line: 'Turin' }).code).toBeNull()
    // The tail alone is another chip, not a masked one.
    const tail = new Uint8Array(64).fill(1, 8)
    expect(judge({ line: 'Turin', chipId: tail }, { line: 'Turin' }).code).toBe(
      'ENDORSEMENT_CHIP_ID_MISMATCH',
    )
  })

  it('may be masked: then the signature alone binds the chip, and the check says so', () => {
    for (const line of ['Milan', 'Turin'] as const) {
      const outcome = judge({ line, chipId: new Uint8Array(64) }, { line })
      expect([outcome.code, reasonOf(outcome, 'endorsement.chipId')]).toEqual([null, 'masked'])
    }
  })

  it('is not compared for a VLEK, which names no chip', () => {
    for (const chipId of [new Uint8Array(64), labChipId('Milan')]) {
      const outcome = judge({ signer: 'vlek', chipId }, { kind: 'vlek' })
      expect([outcome.code, reasonOf(outcome, 'endorsement.chipId')]).toEqual([null, 'a VLEK names no chip'])
    }
  })

  it('may be wrapped in the certificate', () => {
    for (const line of ['Milan', 'Turin'] as const)
      expect(judge({ line }, { line, wrappedHwId: true }).code).toBeNull()
  })
})

describe('REPORTED_TCB', () => {
  it.each<readonly [Line, keyof TcbParts]>([
    ['Milan', 'bootloader'],
    ['Milan', 'tee'],
    ['Genoa', 'snp'],
    ['Genoa', 'microcode'],
    ['Turin', 'fmc'],
    ['Turin', 'bootloader'],
    ['Turin', 'tee'],
    ['Turin', 'snp'],
    ['Turin', 'microcode'],
  ])('is the TCB of the certificate, neither above nor below: %s, %s', (line, name) => {
    const tcb = defaultTcb(line)
    const higher = { ...tcb, [name]: (tcb[name] ?? 0) + 1 }
    expect(judge({ line, reportedTcb: higher }, { line }).code).toBe('ENDORSEMENT_TCB_MISMATCH')
    expect(judge({ line }, { line, tcb: higher }).code).toBe('ENDORSEMENT_TCB_MISMATCH')
    expect(judge({ line, reportedTcb: higher }, { line, tcb: higher }).code).toBeNull()
  })

  it('is the only TCB that a certificate knows', () => {
    expect(judge({ currentTcb: 0n, committedTcb: 0n, launchTcb: 0n }).code).toBeNull()
  })
})
