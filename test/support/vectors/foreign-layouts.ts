// Reports, digests, certificate tables and TSM reports by Python.
import type { Line } from '../names.js'
import { type ForeignKit, type Refusal, malformed, rejected, unverifiable } from './foreign-kit.js'
import { foreignContainers } from './foreign-python.js'
import { type TestSketch, type VectorGroup, group } from './format.js'
import { base64 } from './inputs.js'

const structure = 'report.structure'
const version = unverifiable('REPORT_VERSION_UNSUPPORTED', structure)
const reserved = malformed('REPORT_RESERVED_NONZERO', structure)
const mismatch = rejected('BINDING_MISMATCH', 'binding')
const chip = rejected('ENDORSEMENT_CHIP_ID_MISMATCH', 'endorsement.chipId')

const table = 'AMD 56860, ATTESTATION_REPORT'

export function reportGroup(kit: ForeignKit): VectorGroup {
  const one = (name: string, why: string, refusal: Refusal = {}, line: Line = 'Milan'): TestSketch => ({
    comment: name,
    why,
    source: table,
    input: line === 'Milan' ? { evidence: kit.signed(name) } : kit.input(name, line),
    ...refusal,
  })
  const zero = 'reserved bytes must be zero: they may mean something in a report that is newer'
  return group('foreign/python-reports', 'Reports by Python', kit.input('Milan v3', 'Milan'), [
    one('Milan v2', 'version 2 says no product'),
    one('Milan v5', 'version 5 has mitigation vectors'),
    one('Genoa v4', 'version 4 is laid out as version 3', {}, 'Genoa'),
    one('Turin v5', 'Turin orders its TCB differently', {}, 'Turin'),
    one('masked chip', 'the host may hide the chip; the key is still tied to it'),
    one('version 1', 'nobody knows its layout', version),
    one('version 6', 'nobody here knows its layout', version),
    one('v2 with CPUID', zero, reserved),
    one('v4 with mitigation vectors', zero, reserved, 'Genoa'),
    one('reserved 0x4c', zero, reserved),
    one('reserved 0x1eb', zero, reserved),
    one('reserved 0x29f', zero, reserved),
    one('policy bit 17', 'it must be one', reserved),
    one('policy bit 63', zero, reserved),
    one(
      'algorithm 2',
      'ECDSA P-384 alone is defined',
      unverifiable('REPORT_ALGORITHM_UNSUPPORTED', structure),
    ),
    one('host-requested', 'the guest did not ask', rejected('REPORT_VMPL', 'report.vmpl')),
    one('masked key', 'such a report is not signed', rejected('REPORT_UNSIGNED', 'report.signed')),
    one('SIGNING_KEY 7', 'no key', unverifiable('REPORT_SIGNER_UNSUPPORTED', 'report.signer')),
    one('unknown CPUID', 'nobody knows its TCB', unverifiable('REPORT_PRODUCT_UNKNOWN', 'report.product')),
    one(
      'Genoa CPUID',
      'product and key belong together',
      rejected('ENDORSEMENT_PRODUCT', 'endorsement.product'),
    ),
    one('other chip', 'chip and key belong together', chip),
    one('Turin id with a tail', 'Turin has eight bytes, then zeros', chip, 'Turin'),
    one(
      "TCB below the key's",
      'TCB and key belong together',
      rejected('ENDORSEMENT_TCB_MISMATCH', 'endorsement.reportedTcb'),
    ),
    one('DEBUG', 'the host reads such a guest', rejected('APPRAISAL_DEBUG', 'debug')),
    one('MIGRATE_MA', 'another guest may move it', rejected('APPRAISAL_MIGRATE_MA', 'migrateMa')),
    one('reported above committed', 'it cannot be', rejected('APPRAISAL_TCB_ORDER', 'tcbOrder')),
    one('other measurement', 'another guest', rejected('APPRAISAL_MEASUREMENTS', 'measurements')),
  ])
}

export function digestGroup(kit: ForeignKit): VectorGroup {
  const { committed } = kit.facts
  const one = (
    name: string,
    algorithm: string,
    why: string,
    refusal: Refusal = {},
    bytes = committed,
  ): TestSketch => ({
    comment: bytes === committed ? name : `${name}, asked about something else`,
    why,
    source: 'attested, digest binding',
    input: { evidence: kit.signed(name), binding: { form: 'digest', algorithm, bytes } },
    ...refusal,
  })
  const fills = 'the rest of the 64 bytes is zero'
  return group('foreign/python-digests', 'Digests in REPORT_DATA by Python', kit.input('Milan v3', 'Milan'), [
    one('digest sha256', 'sha256', fills),
    one('digest sha384', 'sha384', fills),
    one('digest sha512', 'sha512', 'it fills all 64 bytes'),
    one(
      'digest sha256',
      'sha256',
      'it is of other bytes',
      mismatch,
      base64(new TextEncoder().encode('else')),
    ),
    one('digest sha512', 'sha512', 'it is of other bytes', mismatch, ''),
    {
      ...one('digest sha256', 'sha384', 'the caller names the algorithm', mismatch),
      comment: 'sha256 where sha384 is named',
    },
    {
      ...one('digest sha512', 'sha256', 'the caller names the algorithm', mismatch),
      comment: 'sha512 where sha256 is named',
    },
    one('digest of something else', 'sha384', 'a newline more is another text', mismatch),
    one('digest not followed by zeros', 'sha256', 'all 64 bytes are compared', mismatch),
    {
      comment: 'zero report data where zeros are expected',
      why: 'zeros commit to nothing',
      source: 'attested, bindings',
      flags: ['bypass'],
      input: {
        evidence: kit.signed('zero report data'),
        binding: { form: 'reportData', expected: '00'.repeat(64) },
      },
      ...rejected('BINDING_EMPTY', 'binding.empty'),
    },
  ])
}

export function containerGroup(kit: ForeignKit): VectorGroup {
  const base = kit.input('Milan v3', 'Milan')
  const { ark, ask } = kit.lines.Milan
  const made = foreignContainers({
    report: base.evidence,
    ark: base64(ark.der),
    ask: base64(ask.der),
    vcek: base64(kit.leaf('Milan').der),
    other: base64(kit.leaf('Genoa').der),
  })
  const one =
    (format: string, source: string, from: Readonly<Record<string, string>>) =>
    (name: string, why: string, refusal: Refusal = {}): TestSketch => {
      const evidence = from[name]
      if (evidence === undefined) throw new Error(`no container ${name}`)
      const flags = refusal.code === undefined ? ['valid'] : ['container']
      return {
        comment: `${format} ${name}`,
        why,
        source,
        flags,
        input: { evidence, format, endorsementKey: null },
        ...refusal,
      }
    }
  const tabled = one('snp-report+cert-table', 'AMD 56421, extended guest request', made.tables)
  const tsm = one('tsm', 'Linux, configfs-tsm', made.tsm)
  const missing = unverifiable('ENDORSEMENT_MISSING', 'endorsement.certificate')
  const bad = malformed('EVIDENCE_TABLE')
  return group('foreign/python-containers', 'Certificate tables and TSM reports by Python', base, [
    tabled('in the order of hosts', 'ARK, ASK, VCEK'),
    tabled('in another order', 'the order says nothing'),
    tabled('leaf alone', 'the others are pinned'),
    tabled('with an unknown entry', 'tables may hold other things'),
    tabled('with PEM in it', 'some hosts put PEM into the table'),
    tabled('two leaves', 'nobody may choose between them', malformed('EVIDENCE_DUPLICATE')),
    tabled('length beyond the end', 'nothing is there', bad),
    tabled('offset that wraps', 'sums of 32 bits wrap around', bad),
    tabled('offset inside the header', 'two readings of the same bytes', bad),
    tabled('no end', 'certificates would be read as entries', bad),
    tabled('GUIDs in mixed order', 'those are other GUIDs', missing),
    tabled('no leaf', 'there is no key', missing),
    tsm('as ConfigFS gives it', 'what Linux says'),
    tsm('of another provider', 'the report is of something else', malformed('EVIDENCE_PROVIDER')),
    tsm('with half a table', 'the last certificate is cut off', bad),
    tsm('with outblob twice', 'two readers would take different ones', malformed('EVIDENCE_MALFORMED')),
    tsm('with a report too short', 'no report', malformed('REPORT_LENGTH')),
  ])
}
