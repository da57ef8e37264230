// The adapter for the outside suite, against its contract: what it accepts, its outputs, its exit statuses.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseReport } from '../../src/report/report.js'
import { genuineGenoa } from '../support/genuine-genoa.js'
import { type RealItem, realFolder, realItems, repositoryRoot } from '../support/real-folder.js'
import { LAB_REPORT_DATA } from '../support/report.js'
import {
  answer,
  authorities,
  type CaseMembers,
  fullPolicy,
  genuineCase,
  lab,
  pem,
  plainReport as report,
  withPolicy,
  zipped,
} from './adapter-cases.js'
import { runAdapter } from './adapter-run.js'

const acceptances: readonly (readonly [what: string, input: () => CaseMembers])[] = [
  ['no policy', () => lab()],
  ['an empty policy', () => withPolicy({})],
  [
    'everything as it is',
    () =>
      withPolicy({
        ...fullPolicy(parseReport(report)),
        min_tcb_bl_spl: 4,
        min_tcb_tee_spl: 0,
        min_tcb_snp_spl: 0x18,
        min_tcb_ucode_spl: 0xdb,
      }),
  ],
  [
    'hex in upper case',
    () =>
      withPolicy({ expected_report_data_hex: Buffer.from(LAB_REPORT_DATA).toString('hex').toUpperCase() }),
  ],
  [
    'report data of zeros, as expected',
    () =>
      lab(
        { report: { reportData: new Uint8Array(64) } },
        { policy: { expected_report_data_hex: '00'.repeat(64) } },
      ),
  ],
  [
    'an author key without its bit, as expected',
    () =>
      lab(
        { report: { authorKeyDigest: new Uint8Array(48).fill(1) } },
        { policy: { expected_author_key_digest_hex: '01'.repeat(48) } },
      ),
  ],
  [
    'SINGLE_SOCKET',
    () => lab({ report: { policy: 0x130000n } }, { policy: { enforce_spec_defaults: true } }),
  ],
  ['unknown platform bits where nothing is enforced', () => lab({ report: { platformInfo: 0x425n } })],
  [
    'committed firmware above the current one where nothing is enforced',
    () => lab({ report: { committedVersion: { major: 1, minor: 55, build: 41 } } }),
  ],
  ['authorities with less than AMD’s profile, and a serial number', () => authorities({}, {})],
  ['version 2, with a microcode floor', () => lab({ version: 2 }, { policy: { min_tcb_ucode_spl: 0xdb } })],
  ['version 5', () => lab({ version: 5 })],
  [
    'Genoa, with floors',
    () => lab({ line: 'Genoa' }, { policy: { min_tcb_bl_spl: 10, min_tcb_ucode_spl: 0x54 } }),
  ],
  [
    'Turin, with floors',
    () => lab({ line: 'Turin', version: 5 }, { policy: { min_tcb_snp_spl: 4, min_tcb_ucode_spl: 0x51 } }),
  ],
  ['a VLEK, with its ASVK as the intermediate', () => lab({ signer: 'vlek' })],
  ['a masked CHIP_ID', () => lab({ report: { chipId: new Uint8Array(64) } })],
]

test.each(acceptances)('accepted: %s', async (_, input) => {
  const { exitCode, output } = await answer(input())
  expect([exitCode, output['accepted'], output['stage']]).toEqual([0, true, 'verify-attestation-sev'])
})

const malformed: readonly (readonly [what: string, input: () => CaseMembers | string])[] = [
  ['no JSON', () => '{'],
  ['nothing', () => ''],
  ['an array', () => '[]'],
  ['a key twice', () => `{"schema_version":"1",${JSON.stringify(lab()).slice(1)}`],
  ['an unknown key', () => lab(null, { extra: 1 })],
  ['an unknown key of the policy', () => withPolicy({ extra: 1 })],
  ['no schema version', () => lab(null, { schema_version: undefined })],
  ['another schema version', () => lab(null, { schema_version: '2' })],
  ['no document', () => lab(null, { attestation_doc_b64: undefined })],
  ['no VCEK', () => lab(null, { vcek_der_b64: undefined })],
  ['base64url', () => lab(null, { vcek_der_b64: '_-8=' })],
  ['base64 without padding', () => lab(null, { attestation_doc_b64: 'AAA' })],
  ['base64 with a line end', () => lab(null, { attestation_doc_b64: `${zipped(report)}\n` })],
  ['a time as text', () => lab(null, { expiration_check_date_unix: '1780272000' })],
  ['half a second', () => lab(null, { expiration_check_date_unix: 1.5 })],
  ['a level above 255', () => withPolicy({ min_tcb_bl_spl: 256 })],
  ['a measurement that is too short', () => withPolicy({ expected_measurement_hex: '00' })],
  ['report data that is no hex', () => withPolicy({ expected_report_data_hex: 'zz'.repeat(64) })],
  ['null', () => lab(null, { ask_pem: null })],
]

test.each(malformed)('malformed input: %s', async (_, input) => {
  const { exitCode, output } = await answer(input())
  expect(exitCode).toBe(30)
  const rejection = { code: 'QV_RESULT_TERMINAL_UNSPECIFIED' }
  expect(output).toEqual({ stage: 'verify-attestation-sev', accepted: false, rejection })
})

test.each(['', 'vector', 'verify-attestation-tdx', 'toString'])(
  'the verb %j is unsupported',
  async (verb) => {
    const { exitCode, stdout } = await runAdapter(verb, '')
    expect(exitCode).toBe(20)
    const rejection = { code: 'QV_RESULT_TERMINAL_UNSPECIFIED' }
    expect(JSON.parse(stdout)).toEqual({ stage: verb, accepted: false, rejection })
  },
)

test('the genuine report of the repository is accepted, and refused in each thing that it is not', async () => {
  const { report: bytes, leaf } = genuineGenoa()
  const stated = { ...fullPolicy(parseReport(bytes)), min_tcb_snp_spl: 0x17, min_tcb_ucode_spl: 0x54 }
  const run = (over: CaseMembers): ReturnType<typeof answer> =>
    answer(genuineCase(bytes, leaf, '2026-08-15T00:00:00Z', { ...stated, ...over }))
  expect((await run({})).exitCode).toBe(0)
  expect((await run({ min_tcb_ucode_spl: 0x55 })).code).toBe('TCB_OUT_OF_DATE')
  expect((await run({ expected_measurement_hex: '00'.repeat(48) })).code).toBe('MEASUREMENT_MISMATCH')
  expect((await run({ expected_report_data_hex: '00'.repeat(64) })).code).toBe('REPORT_DATA_MISMATCH')
})

const real = realFolder()

test.skipIf(real === null)('the revoked intermediate of Genoa is no anchor', async () => {
  // AMD's own signature is on it, so only its fingerprint says so.
  const revoked = readFileSync(join(real ?? '', 'revoked-ask-genoa/ask.der'))
  const { report: bytes, leaf } = genuineGenoa()
  const input = genuineCase(bytes, leaf, '2026-08-15T00:00:00Z', {})
  expect((await answer(input)).exitCode).toBe(0)
  expect((await answer({ ...input, ask_pem: pem(new Uint8Array(revoked)) })).code).toBe('ASK_INVALID')
})

/** What two other decoders read in a real report, in the forms of the contract. */
function expectedFields({ meta: { claimed, reportVersion } }: RealItem): Readonly<Record<string, unknown>> {
  const text = (name: string): string => String(claimed[name])
  const word = (value: unknown): string => String(value).slice(2).padStart(16, '0')
  const tcb = (name: string): Readonly<Record<string, unknown>> =>
    claimed[name] as Readonly<Record<string, unknown>>
  const inBytes = (name: string): string =>
    Buffer.from(word(tcb(name)['raw']), 'hex')
      .reverse()
      .toString('hex')
  const { bootloader, tee, snp, microcode } = tcb('currentTcb')
  return {
    version: reportVersion,
    guest_svn: claimed['guestSvn'],
    vmpl: claimed['vmpl'],
    policy_hex: word(claimed['policy']),
    platform_info_hex: word(claimed['platformInfo']),
    current_tcb_hex: word(tcb('currentTcb')['raw']),
    current_tcb_decoded: { bl_spl: bootloader, tee_spl: tee, snp_spl: snp, ucode_spl: microcode },
    reported_tcb_hex: inBytes('reportedTcb'),
    committed_tcb_hex: inBytes('committedTcb'),
    launch_tcb_hex: inBytes('launchTcb'),
    report_data_hex: text('reportData'),
    measurement_hex: text('measurement'),
    host_data_hex: text('hostData'),
    chip_id_hex: text('chipId'),
  }
}

/** A real item as a case that expects exactly what its report says. */
function realCase({ folder, meta }: RealItem): CaseMembers {
  const file = (role: string): Uint8Array =>
    new Uint8Array(readFileSync(join(folder, meta.files[role] ?? role)))
  const bytes = file('report')
  return genuineCase(bytes, file('vek'), meta.expect.at, fullPolicy(parseReport(bytes)))
}

const accepted = realItems().filter(({ meta }) => meta.expect.core === 'accepted')

test.skipIf(accepted.length === 0)('real evidence is accepted with the fields that others read', async () => {
  for (const item of accepted) {
    const { exitCode, code, output } = await answer(realCase(item))
    expect([item.slug, exitCode, code]).toEqual([item.slug, 0, null])
    expect([item.slug, output['outputs']]).toMatchObject([
      item.slug,
      {
        measurement: {
          type: 'https://tinfoil.sh/predicate/sev-snp-guest/v2',
          registers: [item.meta.claimed['measurement']],
        },
        body_fields: expectedFields(item),
      },
    ])
  }
})

const refused: Readonly<Record<string, string>> = {
  'azcvm-milan-v2-other-chip-vcek': 'VCEK_HWID_MISMATCH',
  'go-sev-guest-milan-v2-debug': 'GUEST_POLICY_DEBUG_SET',
  'trustee-vcek-invalid-legacy': 'VCEK_HWID_MISMATCH',
  'trustee-vcek-invalid-new': 'VCEK_HWID_MISMATCH',
}

test.skipIf(accepted.length === 0)('real evidence that is wrong is refused for what is wrong', async () => {
  const items = realItems().filter(({ meta }) => meta.expect.core === 'rejected')
  expect(items.map(({ slug }) => slug)).toEqual(Object.keys(refused))
  for (const item of items) {
    const { exitCode, code } = await answer(realCase(item))
    expect([item.slug, exitCode, code]).toEqual([item.slug, 10, refused[item.slug]])
  }
})

test('the fields of a report with every part set', async () => {
  const fill = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value)
  const { output } = await answer(
    lab({
      version: 5,
      report: {
        ...{ guestSvn: 7, policy: 0x1f3021fn, familyId: fill(16, 1), imageId: fill(16, 2), vmpl: 3 },
        ...{ platformInfo: 0x1fn, authorKeyEn: true, hostData: fill(32, 3), idKeyDigest: fill(48, 4) },
        ...{ authorKeyDigest: fill(48, 5), reportId: fill(32, 6), measurement: fill(48, 7) },
        ...{ reportData: fill(64, 8), currentVersion: { major: 1, minor: 58, build: 9 } },
        currentTcb: { bootloader: 5, tee: 1, snp: 0x19, microcode: 0xdc },
      },
    }),
  )
  const body = (output['outputs'] as { readonly body_fields: Readonly<Record<string, unknown>> }).body_fields
  expect(body).toEqual({
    version: 5,
    guest_svn: 7,
    policy_hex: '0000000001f3021f',
    policy_decoded: {
      ...{ abi_minor: 0x1f, abi_major: 2, smt: true, reserved_mbo: true, migrate_ma: false, debug: false },
      ...{ single_socket: true, cxl_allow: true, mem_aes_256_xts: true, raplmsr_dis: true },
      ciphertext_hiding_dram: true,
    },
    family_id_hex: '01'.repeat(16),
    image_id_hex: '02'.repeat(16),
    vmpl: 3,
    signature_algo: 1,
    current_tcb_hex: 'dc19000000000105',
    current_tcb_decoded: { bl_spl: 5, tee_spl: 1, snp_spl: 0x19, ucode_spl: 0xdc },
    platform_info_hex: '000000000000001f',
    platform_info_decoded: {
      smt_en: true,
      tsme_en: true,
      ecc_en: true,
      rapl_dis: true,
      ciphertext_hiding: true,
    },
    signer_info_hex: '00000001',
    report_data_hex: '08'.repeat(64),
    measurement_hex: '07'.repeat(48),
    host_data_hex: '03'.repeat(32),
    id_key_digest_hex: '04'.repeat(48),
    author_key_digest_hex: '05'.repeat(48),
    report_id_hex: '06'.repeat(32),
    report_id_ma_hex: 'ff'.repeat(32),
    reported_tcb_hex: '04000000000018db',
    chip_id_hex: Buffer.from(report.subarray(0x1a0, 0x1e0)).toString('hex'),
    committed_tcb_hex: '04000000000018db',
    ...{ current_build: 9, current_minor: 58, current_major: 1 },
    ...{ committed_build: 40, committed_minor: 55, committed_major: 1 },
    launch_tcb_hex: '04000000000018db',
  })
})

test('as a process: one JSON object on stdout, diagnostics on stderr, the exit status', () => {
  const script = join(repositoryRoot(), '.build/test/conformance/adapter.js')
  const run = (verb: string, input: string) =>
    spawnSync(process.execPath, [script, verb], { input, encoding: 'utf8', timeout: 20_000 })
  const refused = run('verify-attestation-sev', JSON.stringify(withPolicy({ min_tcb_bl_spl: 5 })))
  expect([refused.status, refused.stdout]).toEqual([
    10,
    '{"stage":"verify-attestation-sev","accepted":false,"rejection":{"code":"TCB_OUT_OF_DATE"}}\n',
  ])
  expect(refused.stderr).toMatch(/APPRAISAL_TCB_CURRENT/)
  const { status, stdout, stderr } = run('capabilities', '')
  const manifest = JSON.parse(readFileSync(join(repositoryRoot(), 'package.json'), 'utf8')) as {
    version: string
  }
  expect([status, stderr]).toEqual([0, ''])
  expect(JSON.parse(stdout)).toEqual({
    schema_version: '1',
    sdk: 'attested',
    sdk_version: manifest.version,
    stages_supported: ['verify-attestation-sev'],
    platforms_supported: ['sev-snp'],
    attestation_sev: {
      ...{ supported: true, injected_collateral_supported: true, extended_checks_supported: true },
      ...{ amd_root_ca_injection_supported: true, verification_time_override: 'supported' },
      public_api_hooks_supported: false,
    },
  })
})
