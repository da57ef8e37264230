// Every rejection of the outside suite's contract, on evidence that is wrong in one thing.
import { expect, test } from 'vitest'
import { toBase64 } from '../../src/encoding/base64.js'
import { errorCodes } from '../../src/errors/explain.js'
import { AMD_OIDS, dropExtension, makeArk, makeAsk } from '../support/certificates.js'
import { rsaKey } from '../support/keys.js'
import { labEvidence, labPki } from '../support/pki.js'
import { patchReport } from '../support/report.js'
import {
  answer,
  authorities,
  type CaseMembers,
  lab,
  labCase,
  pem,
  plainReport as report,
  resigned,
  withPolicy,
  zipped,
} from './adapter-cases.js'
import { type RejectionCode, rejectionOf } from './adapter-codes.js'

const milan = labPki().lines.Milan
const strangerArk = makeArk('Milan', { key: rsaKey('attacker-ark') })
const seconds = (time: string): number => new Date(time).getTime() / 1000
const fewer = { microcode: 0xda, snp: 0x18, bootloader: 4, tee: 0 }

const rejections: readonly (readonly [what: string, code: RejectionCode, input: () => CaseMembers])[] = [
  [
    'a document that is not gzip',
    'REPORT_FORMAT_UNSUPPORTED',
    () => lab(null, { attestation_doc_b64: toBase64(report) }),
  ],
  ['an empty document', 'REPORT_FORMAT_UNSUPPORTED', () => lab(null, { attestation_doc_b64: '' })],
  [
    'half a gzip stream',
    'REPORT_FORMAT_UNSUPPORTED',
    () => lab(null, { attestation_doc_b64: zipped(report).slice(0, 400) }),
  ],
  [
    'a bomb',
    'REPORT_FORMAT_UNSUPPORTED',
    () => lab(null, { attestation_doc_b64: zipped(new Uint8Array(1 << 24)) }),
  ],
  [
    'a byte too many',
    'REPORT_FORMAT_UNSUPPORTED',
    () => lab(null, { attestation_doc_b64: zipped(patchReport(new Uint8Array(1185), 0, report)) }),
  ],
  ['a VMPL of the host', 'REPORT_FORMAT_UNSUPPORTED', () => lab({ report: { vmpl: 0xffffffff } })],
  ['another signature algorithm', 'REPORT_FORMAT_UNSUPPORTED', () => lab({ report: { signatureAlgo: 2 } })],
  [
    'unknown silicon',
    'REPORT_FORMAT_UNSUPPORTED',
    () => lab({ report: { cpuid: { family: 0x19, model: 0x50, stepping: 0 } } }),
  ],
  [
    'a byte too few',
    'REPORT_TRUNCATED',
    () => lab(null, { attestation_doc_b64: zipped(report.slice(0, -1)) }),
  ],
  [
    'no bytes, gzipped',
    'REPORT_TRUNCATED',
    () => lab(null, { attestation_doc_b64: zipped(new Uint8Array()) }),
  ],
  ['version 6', 'WRONG_REPORT_VERSION', () => resigned(0, 6)],
  ['version 2 with a CPUID', 'WRONG_REPORT_VERSION', () => resigned(0, 2)],
  [
    'a VCEK that is no certificate',
    'VCEK_CHAIN_INVALID',
    () => lab(null, { vcek_der_b64: toBase64(report) }),
  ],
  [
    'a VCEK in PEM',
    'VCEK_CHAIN_INVALID',
    () => lab(null, { vcek_der_b64: toBase64(new TextEncoder().encode(pem(labEvidence().vek))) }),
  ],
  ['no VCEK', 'VCEK_CHAIN_INVALID', () => lab(null, { vcek_der_b64: '' })],
  [
    'a VCEK of another line',
    'VCEK_CHAIN_INVALID',
    () => lab(null, { vcek_der_b64: toBase64(labEvidence({ line: 'Genoa' }).vek) }),
  ],
  [
    'a VCEK that a stranger signed',
    'VCEK_CHAIN_INVALID',
    () =>
      labCase(labEvidence({ chain: 'attacker' }), {
        amd_root_ca_pem: pem(milan.ark.der),
        ask_pem: pem(milan.ask.der),
      }),
  ],
  [
    'a VCEK over AMD’s pinned authorities',
    'VCEK_CHAIN_INVALID',
    () => lab(null, { amd_root_ca_pem: undefined, ask_pem: undefined }),
  ],
  [
    'an expired VCEK',
    'VCEK_EXPIRED',
    () => lab(null, { expiration_check_date_unix: seconds('2034-01-01T00:00:00Z') }),
  ],
  [
    'a VCEK of tomorrow',
    'VCEK_EXPIRED',
    () => lab(null, { expiration_check_date_unix: seconds('2025-12-31T00:00:00Z') }),
  ],
  ['another chip', 'VCEK_HWID_MISMATCH', () => lab({ vek: { hwId: new Uint8Array(64).fill(7) } })],
  [
    'no hwID',
    'VCEK_HWID_MISMATCH',
    () => lab({ vek: { edit: (list) => dropExtension(list, AMD_OIDS.hwId) } }),
  ],
  ['another TCB', 'VCEK_TCB_MISMATCH', () => lab({ vek: { tcb: fewer } })],
  [
    'an ARK that did not sign itself',
    'ARK_UNTRUSTED',
    () =>
      lab(null, {
        amd_root_ca_pem: pem(
          makeArk('Milan', { tamperTbs: (tbs) => patchReport(tbs, 30, Uint8Array.of(99)) }).der,
        ),
      }),
  ],
  ['an ARK that is no certificate', 'ARK_UNTRUSTED', () => lab(null, { amd_root_ca_pem: 'nothing' })],
  ['an ARK over AMD’s pinned ASK', 'ARK_UNTRUSTED', () => lab(null, { ask_pem: undefined })],
  ['an expired ARK', 'ARK_UNTRUSTED', () => authorities({ notAfter: new Date('2026-05-01T00:00:00Z') }, {})],
  [
    'an ASK of another ARK',
    'ASK_INVALID',
    () => lab(null, { ask_pem: pem(makeAsk('Milan', strangerArk).der) }),
  ],
  ['an ASK under AMD’s pinned ARK', 'ASK_INVALID', () => lab(null, { amd_root_ca_pem: undefined })],
  ['an ASK that is no certificate', 'ASK_INVALID', () => lab(null, { ask_pem: pem(report) })],
  ['two ASKs', 'ASK_INVALID', () => lab(null, { ask_pem: pem(milan.ask.der) + pem(milan.ask.der) })],
  ['an expired ASK', 'ASK_INVALID', () => authorities({}, { notAfter: new Date('2026-05-01T00:00:00Z') })],
  [
    'a flipped bit of the signed part',
    'REPORT_SIGNATURE_INVALID',
    () => lab(null, { attestation_doc_b64: zipped(patchReport(report, 0x90, Uint8Array.of(1))) }),
  ],
  [
    'a flipped bit of R',
    'REPORT_SIGNATURE_INVALID',
    () =>
      lab(
        {},
        { attestation_doc_b64: zipped(patchReport(report, 0x2a0, Uint8Array.of((report[0x2a0] ?? 0) ^ 1))) },
      ),
  ],
  ['a signature of zeros', 'REPORT_SIGNATURE_INVALID', () => lab({ unsigned: true })],
  ['a current TCB below its floor', 'TCB_OUT_OF_DATE', () => withPolicy({ min_tcb_ucode_spl: 0xdc })],
  ['a current TCB below its floor, bootloader', 'TCB_OUT_OF_DATE', () => withPolicy({ min_tcb_bl_spl: 5 })],
  ['a current TCB below its floor, TEE', 'TCB_OUT_OF_DATE', () => withPolicy({ min_tcb_tee_spl: 1 })],
  ['a current TCB below its floor, SNP', 'TCB_OUT_OF_DATE', () => withPolicy({ min_tcb_snp_spl: 0x19 })],
  [
    'a reported TCB above the committed one',
    'TCB_OUT_OF_DATE',
    () => lab({ report: { committedTcb: fewer } }),
  ],
  [
    'a committed TCB above the current one',
    'TCB_OUT_OF_DATE',
    () => lab({ report: { reportedTcb: fewer, currentTcb: fewer } }),
  ],
  [
    'committed firmware above the current one',
    'TCB_OUT_OF_DATE',
    () =>
      lab(
        { report: { committedVersion: { major: 1, minor: 55, build: 41 } } },
        { policy: { enforce_spec_defaults: true } },
      ),
  ],
  ['a debug guest', 'GUEST_POLICY_DEBUG_SET', () => lab({ report: { policy: 0xb0000n } })],
  ['a migration agent', 'GUEST_POLICY_MIGRATE_MA_SET', () => lab({ report: { policy: 0x70000n } })],
  [
    'a report that names a migration agent',
    'GUEST_POLICY_MIGRATE_MA_SET',
    () => lab({ report: { reportIdMa: new Uint8Array(32) } }),
  ],
  [
    'a reserved policy bit',
    'GUEST_POLICY_RESERVED_BIT_SET',
    () => lab({ report: { policy: 0x30000n | (1n << 40n) } }),
  ],
  [
    'the reserved policy bit that must be one',
    'GUEST_POLICY_RESERVED_BIT_SET',
    () => lab({ report: { policy: 0x10000n } }),
  ],
  [
    'an unknown platform bit',
    'PLATFORM_INFO_INVALID',
    () => lab({ report: { platformInfo: 0x425n } }, { policy: { enforce_spec_defaults: true } }),
  ],
  ['reserved signer bits', 'SIGNER_INFO_INVALID', () => lab({ report: { flags: 1 << 5 } })],
  ['a reserved signing key', 'SIGNER_INFO_INVALID', () => lab({ report: { signingKey: 3 } })],
  ['a masked chip key', 'SIGNER_INFO_INVALID', () => lab({ report: { maskChipKey: true }, unsigned: true })],
  ['a VLEK’s report under a VCEK', 'SIGNER_INFO_INVALID', () => lab({ report: { signingKey: 1 } })],
  [
    'another measurement',
    'MEASUREMENT_MISMATCH',
    () => withPolicy({ expected_measurement_hex: '11'.repeat(48) }),
  ],
  ['other host data', 'HOST_DATA_MISMATCH', () => withPolicy({ expected_host_data_hex: '11'.repeat(32) })],
  [
    'other report data',
    'REPORT_DATA_MISMATCH',
    () => withPolicy({ expected_report_data_hex: '11'.repeat(64) }),
  ],
  [
    'report data where zeros are expected',
    'REPORT_DATA_MISMATCH',
    () => withPolicy({ expected_report_data_hex: '00'.repeat(64) }),
  ],
  [
    'zeros where report data is expected',
    'REPORT_DATA_MISMATCH',
    () =>
      lab(
        { report: { reportData: new Uint8Array(64) } },
        { policy: { expected_report_data_hex: '11'.repeat(64) } },
      ),
  ],
  [
    'another ID key',
    'ID_KEY_DIGEST_MISMATCH',
    () => withPolicy({ expected_id_key_digest_hex: '11'.repeat(48) }),
  ],
  [
    'an ID key where none is expected',
    'ID_KEY_DIGEST_MISMATCH',
    () =>
      lab(
        { report: { idKeyDigest: new Uint8Array(48).fill(1) } },
        { policy: { expected_id_key_digest_hex: '00'.repeat(48) } },
      ),
  ],
  [
    'another author key',
    'AUTHOR_KEY_DIGEST_MISMATCH',
    () => withPolicy({ expected_author_key_digest_hex: '11'.repeat(48) }),
  ],
  [
    'another author key, enabled',
    'AUTHOR_KEY_DIGEST_MISMATCH',
    () =>
      lab(
        { report: { authorKeyEn: true, authorKeyDigest: new Uint8Array(48).fill(1) } },
        { policy: { expected_author_key_digest_hex: '11'.repeat(48) } },
      ),
  ],
]

test.each(rejections)('%s: %s', async (_, code, input) => {
  const { exitCode, code: got, output } = await answer(input())
  expect([exitCode, got]).toEqual([10, code])
  expect(output).toEqual({ stage: 'verify-attestation-sev', accepted: false, rejection: { code } })
})

test('every code of the contract that can be reached has a case', () => {
  const reached = new Set(rejections.map(([, code]) => code))
  // SINGLE_SOCKET is the guest's choice and not refused; the last stands for what has no other word.
  const unreachable: readonly RejectionCode[] = [
    'GUEST_POLICY_SINGLE_SOCKET_SET',
    'QV_RESULT_TERMINAL_UNSPECIFIED',
  ]
  const mapped = new Set(Object.values(rejectionOf).filter((value) => typeof value === 'string'))
  expect([...mapped].filter((code) => !reached.has(code))).toEqual([])
  expect(unreachable.filter((code) => reached.has(code))).toEqual([])
})

test('every code that a report, a leaf or its chain can be refused with has a word', () => {
  const mine = errorCodes.filter((code) =>
    /^(REPORT|DER|CERTIFICATE|CHAIN|ENDORSEMENT|SIGNATURE)_/.test(code),
  )
  // No hints and no empty evidence come out of a case.
  const notHere = ['CHAIN_ANCHOR_UNKNOWN', 'CHAIN_INTERMEDIATE_UNKNOWN', 'ENDORSEMENT_MISSING']
  expect(mine.filter((code) => !(code in rejectionOf)).sort()).toEqual(notHere)
})
