// Stage appraisal: authentic reports that one check of the policy refuses, and the edge on the other side of it.
import { createHash } from 'node:crypto'
import { LAB_CSP_ID } from '../certificates.js'
import { toHex } from '../der.js'
import { type EvidenceOptions, labEvidence } from '../pki.js'
import { LAB_MEASUREMENT } from '../report.js'
import type { ReportFields } from '../report.js'
import { type Json, type TestSketch, type VectorFile, group, vectorFile } from './format.js'
import { accepted, basePolicy, evidenceOf, policyWith } from './inputs.js'

const source = 'attested policy, version 1'
const open = { unchecked: 'not part of this vector' }
const digestOf = (algorithm: string, text: string): Uint8Array => Uint8Array.from(createHash(algorithm).update(text).digest())
const hex = (algorithm: string, text: string): string => toHex(digestOf(algorithm, text))
const codeOf = (id: string): string => 'APPRAISAL_' + id.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replaceAll('.', '_').toUpperCase()

interface Sides {
  readonly id: string
  readonly why: string
  /** Evidence of both sides. */
  readonly evidence?: EvidenceOptions
  readonly bad: readonly (readonly [comment: string, policy: Json, evidence?: EvidenceOptions])[]
  readonly good: readonly (readonly [comment: string, policy: Json, evidence?: EvidenceOptions])[]
}

const base: EvidenceOptions = { line: 'Genoa', version: 5 }

/** Vectors of one check: what it alone refuses, and what stands next to that and is accepted. */
function sides({ id, why, evidence = base, bad, good }: Sides): readonly TestSketch[] {
  const sketch = (comment: string, policy: Json, own: EvidenceOptions | undefined): TestSketch => ({
    comment: `${id}: ${comment}`,
    why,
    source,
    flags: ['valid', 'edge'],
    input: { ...evidenceOf(own ?? evidence), policy },
  })
  return [
    ...bad.map(([comment, policy, own]): TestSketch => ({ ...sketch(comment, policy, own), flags: ['missingStep'], code: codeOf(id), failed: [id] })),
    ...good.map(([comment, policy, own]) => sketch(comment, policy, own)),
  ]
}

const report = (fields: Omit<ReportFields, 'line' | 'signer' | 'version'>, more: EvidenceOptions = {}): EvidenceOptions => ({ ...base, ...more, report: fields })
const on = policyWith

const fixed: readonly TestSketch[] = [
  ...sides({
    id: 'debug',
    why: 'the host reads and changes the memory of a debug guest',
    bad: [['POLICY allows DEBUG', basePolicy, report({ policy: 0xb0000n })]],
    good: [['POLICY does not allow DEBUG', basePolicy]],
  }),
  ...sides({
    id: 'migrateMa',
    why: 'a migration agent can move and observe the guest',
    bad: [['POLICY allows a migration agent', basePolicy, report({ policy: 0x70000n })]],
    good: [],
  }),
  ...sides({
    id: 'reportIdMa',
    why: 'a migration agent is there',
    bad: [
      ['REPORT_ID_MA is zero', basePolicy, report({ reportIdMa: new Uint8Array(32) })],
      ['the last byte of REPORT_ID_MA is FE', basePolicy, report({ reportIdMa: Uint8Array.from({ length: 32 }, (_, index) => (index === 31 ? 0xfe : 0xff)) })],
    ],
    good: [],
  }),
  ...sides({
    id: 'tcbOrder',
    why: 'firmware cannot report more than it committed, nor commit more than it runs',
    bad: [
      ['REPORTED above COMMITTED in SNP', basePolicy, report({ committedTcb: { bootloader: 10, tee: 0, snp: 0x16, microcode: 0x54 } })],
      ['COMMITTED above CURRENT in microcode', basePolicy, report({ currentTcb: { bootloader: 10, tee: 0, snp: 0x17, microcode: 0x53 }, reportedTcb: { bootloader: 10, tee: 0, snp: 0x17, microcode: 0x53 } })],
      ['higher as a number, lower in the boot loader', basePolicy, report({ committedTcb: { bootloader: 9, tee: 0, snp: 0x18, microcode: 0x55 }, currentTcb: { bootloader: 10, tee: 0, snp: 0x18, microcode: 0x55 } })],
    ],
    good: [['REPORTED below COMMITTED below CURRENT', basePolicy, report({ reportedTcb: { bootloader: 9, tee: 0, snp: 0x16, microcode: 0x50 }, currentTcb: { bootloader: 10, tee: 0, snp: 0x18, microcode: 0x55 } })]],
  }),
]

const other48 = hex('sha384', 'other')
const measured = toHex(LAB_MEASUREMENT)
const idKey = digestOf('sha384', 'id key')
const authorKey = digestOf('sha384', 'author key')
const block: Omit<ReportFields, 'line' | 'signer' | 'version'> = {
  idKeyDigest: idKey,
  authorKeyDigest: authorKey,
  authorKeyEn: true,
  guestSvn: 7,
  familyId: new Uint8Array(16).fill(0xfa),
  imageId: new Uint8Array(16).fill(0x1a),
}
const blockRule = { idKeyDigests: [toHex(idKey)], authorKeyDigests: open, minGuestSvn: open, familyIds: open, imageIds: open }
const blockPolicy = (changes: Readonly<Record<string, Json>>): Json => on('idBlock', { ...blockRule, ...changes })
const chipHex = (line: 'Milan' | 'Genoa' | 'Turin'): string => toHex(labEvidence({ line, version: 5 }).report.slice(0x1a0, line === 'Turin' ? 0x1a8 : 0x1e0))
const keyHex = (options: EvidenceOptions): string => createHash('sha256').update(labEvidence(options).vekCertificate.key.spki).digest('hex')
const vlek: EvidenceOptions = { line: 'Genoa', signer: 'vlek', version: 5 }

const identity: readonly TestSketch[] = [
  ...sides({ id: 'products', why: 'a policy says which silicon it trusts', bad: [['Genoa where Milan and Turin are accepted', on('products', ['Milan', 'Turin'])]], good: [['Genoa alone', on('products', ['Genoa'])]] }),
  ...sides({
    id: 'signers',
    why: 'a VLEK proves a provider, not a chip',
    bad: [['a VCEK where a VLEK is required', on('signers', ['vlek'])], ['a VLEK where a VCEK is required', on('signers', ['vcek']), vlek]],
    good: [['a VLEK alone', on('signers', ['vlek']), vlek]],
  }),
  ...sides({ id: 'reportVersions', why: 'versions differ in what they say', bad: [['5 where 2 to 4 are accepted', on('reportVersions', [2, 3, 4])]], good: [['5 alone', on('reportVersions', [5])]] }),
  ...sides({
    id: 'measurements',
    why: 'the launch digest says which software was started',
    bad: [
      ['another launch digest', on('measurements', [{ label: 'other', value: other48 }])],
      ['the last digit differs', on('measurements', [{ label: 'other', value: measured.slice(0, -1) + (measured.endsWith('0') ? '1' : '0') }])],
      ['past its notAfter', on('measurements', [{ label: 'lapsed', value: measured, notAfter: '2026-05-31T23:59:59.999Z' }])],
      ['past its last day', on('measurements', [{ label: 'lapsed', value: measured, notAfter: '2026-05-31' }])],
    ],
    good: [
      ['the second of two', on('measurements', [{ label: 'other', value: other48 }, { label: 'lab', value: measured }])],
      ['in capitals', on('measurements', [{ label: 'lab', value: measured.toUpperCase() }])],
      ['at its notAfter', on('measurements', [{ label: 'lab', value: measured, notAfter: '2026-06-01T00:00:00Z' }])],
      ['on its last day', on('measurements', [{ label: 'lab', value: measured, notAfter: '2026-06-01' }])],
      ['lapsed under one label, accepted under another', on('measurements', [{ label: 'old', value: measured, notAfter: '2026-01-01' }, { label: 'new', value: measured }])],
    ],
  }),
  ...sides({
    id: 'idBlock',
    why: 'the host chooses the ID block',
    bad: [
      ['an ID key where none is accepted', basePolicy, report({ idKeyDigest: idKey })],
      ['an author key where none is accepted', basePolicy, report({ authorKeyDigest: authorKey, authorKeyEn: true })],
    ],
    good: [['an ID block that is left unchecked', on('idBlock', open), report(block)]],
  }),
  ...sides({
    id: 'idBlock.idKeyDigests',
    why: 'whoever holds the ID key says which images may run',
    bad: [['another ID key', blockPolicy({ idKeyDigests: [other48] }), report(block)], ['no ID block', blockPolicy({})]],
    good: [['the ID key', blockPolicy({}), report(block)]],
  }),
  ...sides({
    id: 'idBlock.authorKeyDigests',
    why: 'whoever holds the author key says which ID keys count',
    bad: [
      ['another author key', blockPolicy({ authorKeyDigests: [other48] }), report(block)],
      ['the author key without AUTHOR_KEY_EN', blockPolicy({ authorKeyDigests: [toHex(authorKey)] }), report({ ...block, authorKeyEn: false })],
    ],
    good: [['the author key alone', blockPolicy({ idKeyDigests: open, authorKeyDigests: [toHex(authorKey)] }), report(block)]],
  }),
  ...sides({
    id: 'idBlock.minGuestSvn',
    why: 'an ID key signs old images too',
    bad: [['GUEST_SVN 7 with a floor of 8', blockPolicy({ minGuestSvn: 8 }), report(block)]],
    good: [['GUEST_SVN 7 with a floor of 7', blockPolicy({ minGuestSvn: 7 }), report(block)], ['GUEST_SVN 2^32 - 1', blockPolicy({ minGuestSvn: 0xffffffff }), report({ ...block, guestSvn: 0xffffffff })]],
  }),
  ...sides({ id: 'idBlock.familyIds', why: 'an ID key signs other families too', bad: [['another family', blockPolicy({ familyIds: ['00'.repeat(16)] }), report(block)]], good: [['the family', blockPolicy({ familyIds: ['fa'.repeat(16)] }), report(block)]] }),
  ...sides({ id: 'idBlock.imageIds', why: 'an ID key signs other images too', bad: [['another image', blockPolicy({ imageIds: ['00'.repeat(16)] }), report(block)]], good: [['the image', blockPolicy({ imageIds: ['1a'.repeat(16)] }), report(block)]] }),
  ...sides({ id: 'hostData', why: 'HOST_DATA says what the guest was launched with', bad: [['other host data', on('hostData', ['11'.repeat(32)])]], good: [['zero, stated', on('hostData', ['00'.repeat(32)])]] }),
  ...sides({ id: 'vmpl', why: 'a less privileged level proves less', bad: [['VMPL 1 where 0 is accepted', basePolicy, report({ vmpl: 1 })], ['VMPL 0 where 1 is accepted', on('vmpl', [1])]], good: [['VMPL 3', on('vmpl', [3]), report({ vmpl: 3 })]] }),
  ...sides({
    id: 'chips',
    why: 'a policy may trust some machines only',
    bad: [['another chip', on('chips', ['ab'.repeat(64)])], ['a VLEK', on('chips', [chipHex('Genoa')]), vlek], ['Turin: another chip', on('chips', ['ab'.repeat(8)]), { line: 'Turin', version: 5 }]],
    good: [
      ['the chip', on('chips', [chipHex('Genoa')])],
      ['the chip behind a masked CHIP_ID', on('chips', [chipHex('Genoa')]), report({ chipId: new Uint8Array(64) })],
      ['Turin: 8 bytes', on('chips', [chipHex('Turin')]), { line: 'Turin', version: 5 }],
      ['Turin: the same with its zeros', on('chips', [chipHex('Turin').padEnd(128, '0')]), { line: 'Turin', version: 5 }],
    ],
  }),
  ...sides({ id: 'cspIds', why: 'a VLEK is any machine of one provider', evidence: vlek, bad: [['another provider', on('cspIds', ['CN=other.example'])], ['a prefix', on('cspIds', [LAB_CSP_ID.slice(0, -1)])]], good: [['the provider', on('cspIds', [LAB_CSP_ID])], ['a VCEK has no provider', on('cspIds', ['CN=other.example']), base]] }),
  ...sides({ id: 'endorsementKeys', why: 'a policy may pin the very key', bad: [['another key', on('endorsementKeys', ['ab'.repeat(32)])]], good: [['the key', on('endorsementKeys', [keyHex(base)])]] }),
  ...sides({ id: 'reportIds', why: 'REPORT_ID names one running guest', bad: [['another guest', on('reportIds', ['ab'.repeat(32)])]], good: [['the guest', on('reportIds', [toHex(labEvidence(base).report.slice(0x140, 0x160))])]] }),
  ...sides({ id: 'denied.chips', why: 'a stolen chip is refused whatever else says yes', bad: [['the chip', on('denied.chips', [chipHex('Genoa')])], ['the chip behind a masked CHIP_ID', on('denied.chips', [chipHex('Genoa')]), report({ chipId: new Uint8Array(64) })], ['Turin: 8 bytes', on('denied.chips', [chipHex('Turin')]), { line: 'Turin', version: 5 }]], good: [['another chip', on('denied.chips', ['ab'.repeat(64)])]] }),
  ...sides({ id: 'denied.endorsementKeys', why: 'a leaked key is refused whatever else says yes', bad: [['the key', on('denied.endorsementKeys', [keyHex(base)])]], good: [['another key', on('denied.endorsementKeys', ['ab'.repeat(32)])]] }),
  ...sides({ id: 'denied.measurements', why: 'a broken image is refused whatever else says yes', bad: [['the measurement, accepted and denied', on('denied.measurements', [measured])]], good: [['another measurement', on('denied.measurements', [other48])]] }),
  ...sides({ id: 'denied.cspIds', why: 'a provider is refused whatever else says yes', evidence: vlek, bad: [['the provider', on('denied.cspIds', [LAB_CSP_ID])]], good: [['another provider', on('denied.cspIds', ['CN=other.example'])]] }),
]

const guestBits = { smt: 16, singleSocket: 20, cxl: 21, memAes256Xts: 22, raplDisabled: 23, ciphertextHidingDram: 24, pageSwapDisabled: 25 } as const
const platformBits = { smtEnabled: 0, tsmeEnabled: 1, eccEnabled: 2, raplDisabled: 3, ciphertextHidingDramEnabled: 4, aliasCheckComplete: 5, iommuWriteSafe: 6, tioEnabled: 7 } as const

const bits: readonly TestSketch[] = [
  ...Object.entries(guestBits).flatMap(([name, bit]) => {
    const [set, clear] = [report({ policy: 0x20000n | (1n << BigInt(bit)) }), report({ policy: 0x20000n })]
    const id = `guestPolicy.${name}`
    return sides({
      id,
      why: 'the guest policy binds the firmware',
      bad: [['set where it is forbidden', on(id, 'forbid'), set], ['clear where it is required', on(id, 'require'), clear]],
      good: [['set where it is required', on(id, 'require'), set], ['clear where it is forbidden', on(id, 'forbid'), clear], ['set where it is allowed', on(id, 'allow'), set]],
    })
  }),
  ...Object.entries(platformBits).flatMap(([name, bit]) => {
    const [set, clear] = [report({ platformInfo: 1n << BigInt(bit) }), report({ platformInfo: 0n })]
    const id = `platform.${name}`
    return sides({
      id,
      why: 'the platform information says how the machine runs',
      bad: [['set where it is forbidden', on(id, 'forbid'), set], ['clear where it is required', on(id, 'require'), clear]],
      good: [['set where it is required', on(id, 'require'), set], ['clear where it is forbidden', on(id, 'forbid'), clear]],
    })
  }),
  ...sides({
    id: 'platform.unknownBits',
    why: 'new firmware sets new bits; the policy says whether that matters',
    bad: [8, 32, 63].map((bit) => [`bit ${String(bit)} where it is forbidden`, on('platform.unknownBits', 'forbid'), report({ platformInfo: 1n << BigInt(bit) })] as const),
    good: [['bit 8 where it is allowed', on('platform.unknownBits', 'allow'), report({ platformInfo: 0x100n })], ['none where they are forbidden', on('platform.unknownBits', 'forbid'), report({ platformInfo: 0xffn })]],
  }),
  ...sides({
    id: 'guestPolicy.minAbi',
    why: 'the guest demands the firmware ABI, and firmware holds to it',
    bad: [['0.0 with a floor of 0.1', on('guestPolicy.minAbi', '0.1')], ['1.54 with a floor of 1.55', on('guestPolicy.minAbi', '1.55'), report({ policy: 0x30136n })], ['1.55 with a floor of 2.0', on('guestPolicy.minAbi', '2.0'), report({ policy: 0x30137n })]],
    good: [['1.55 with a floor of 1.55', on('guestPolicy.minAbi', '1.55'), report({ policy: 0x30137n })], ['2.0 with a floor of 1.55', on('guestPolicy.minAbi', '1.55'), report({ policy: 0x30200n })]],
  }),
]

type Levels = Readonly<Record<string, number>>
const zero: Levels = { bootloader: 0, tee: 0, snp: 0, microcode: 0 }
const floorRule = (changes: Readonly<Record<string, Json>>): Readonly<Record<string, Json>> => ({
  product: 'Genoa',
  family: 25,
  model: 17,
  stepping: 1,
  reported: zero,
  committed: zero,
  current: zero,
  launch: zero,
  mitigations: open,
  ...changes,
})
const floors = (...rules: readonly Json[]): Json => on('tcb', { floors: rules })
const at: Levels = { bootloader: 10, tee: 0, snp: 0x17, microcode: 0x54 }
const turinAt: Levels = { fmc: 1, bootloader: 1, tee: 1, snp: 4, microcode: 0x51 }
const turinFloor = (changes: Readonly<Record<string, Json>>): Json => floorRule({ product: 'Turin', family: 26, model: 2, reported: { ...zero, fmc: 0 }, committed: { ...zero, fmc: 0 }, current: { ...zero, fmc: 0 }, launch: { ...zero, fmc: 0 }, ...changes })
const turin: EvidenceOptions = { line: 'Turin', version: 5 }
const anySilicon = { family: 'any', model: 'any', stepping: 'any' }
const v2: EvidenceOptions = { line: 'Genoa', version: 2 }

const tcb: readonly TestSketch[] = [
  ...(['reported', 'committed', 'current', 'launch'] as const).flatMap((name) =>
    sides({
      id: `tcb.${name}`,
      why: 'each component is compared on its own; a TCB is not a number',
      bad: [
        ...Object.keys(at).map((component) => [`${component} one below the floor`, floors(floorRule({ [name]: { ...at, [component]: (at[component] ?? 0) + 1 } }))] as const),
        ...Object.keys(turinAt).map((component) => [`Turin: ${component} one below the floor`, floors(turinFloor({ [name]: { ...turinAt, [component]: (turinAt[component] ?? 0) + 1 } })), turin] as const),
      ],
      good: [['at the floor', floors(floorRule({ [name]: at }))], ['Turin: at the floor', floors(turinFloor({ [name]: turinAt })), turin]],
    }),
  ),
  ...sides({
    id: 'tcb.reported',
    why: 'the floor of this very silicon decides, and without one nothing is known',
    bad: [
      ['no floor for the product', floors(turinFloor({}))],
      ['no floor for the model', floors(floorRule({ model: 160 }))],
      ['no floor for the stepping', floors(floorRule({ stepping: 2 }))],
      ['the more specific of two floors is missed', floors(floorRule({ ...anySilicon }), floorRule({ reported: { ...at, microcode: 0x55 } }))],
      ['version 2 misses one of the floors of its product', floors(floorRule({}), floorRule({ model: 160, stepping: 2, reported: { ...zero, microcode: 0x55 } })), v2],
      ['version 2 has no floor of its product', floors(turinFloor({})), v2],
      ['recommended floors: SNP 16', on('tcb', { recommended: { asOf: '2026-11-01' } }), report({ reportedTcb: { ...at, snp: 0x16 } })],
      ['recommended floors: microcode 53', on('tcb', { recommended: { asOf: '2026-11-01' } }), report({ reportedTcb: { ...at, microcode: 0x53 } })],
      ['recommended floors: a stepping that they do not name', on('tcb', { recommended: { asOf: '2026-12-31' } }), report({ cpuid: { family: 25, model: 17, stepping: 0 } })],
    ],
    good: [
      ['the less specific of two floors is missed', floors(floorRule({ ...anySilicon, reported: { ...zero, snp: 0xff } }), floorRule({}))],
      ['version 2 meets all floors of its product', floors(floorRule({}), floorRule({ model: 160, stepping: 2, reported: at })), v2],
      ['recommended floors are met', on('tcb', { recommended: { asOf: '2026-11-01' } })],
      ['recommended floors of Turin are met', on('tcb', { recommended: { asOf: '2026-11-01' } }), turin],
      ['recommended floors of Milan are met', on('tcb', { recommended: { asOf: '2026-11-01' } }), { line: 'Milan', version: 5 }],
      ['unchecked', on('tcb', open)],
    ],
  }),
  ...sides({
    id: 'tcb.mitigations',
    why: 'a mitigation must have been there at launch and be there now',
    bad: [
      ['missing at launch', floors(floorRule({ mitigations: '0000000000000002' })), report({ launchMitVector: 0x9n, currentMitVector: 0xbn })],
      ['missing now', floors(floorRule({ mitigations: '0000000000000002' })), report({ launchMitVector: 0xbn, currentMitVector: 0x9n })],
      ['a larger number without the bit', floors(floorRule({ mitigations: '0000000000000002' })), report({ launchMitVector: 0xf0n, currentMitVector: 0xf0n })],
      ['version 3 has no vectors', floors(floorRule({ mitigations: '0000000000000001' })), { line: 'Genoa', version: 3 }],
      ['version 3 has no vectors, and zero is demanded', floors(floorRule({ mitigations: '0000000000000000' })), { line: 'Genoa', version: 3 }],
    ],
    good: [['both have the bit', floors(floorRule({ mitigations: '8000000000000002' })), report({ launchMitVector: (1n << 63n) | 2n, currentMitVector: (1n << 63n) | 6n })]],
  }),
  ...sides({
    id: 'firmware.minCommitted',
    why: 'firmware versions are compared part by part',
    bad: ['1.55.41', '1.56.0', '2.49.0'].map((floor) => [`1.55.40 with a floor of ${floor}`, on('firmware', { minCommitted: floor })] as const),
    good: ['1.55.40', '1.54.255', '0.99.99'].map((floor) => [`1.55.40 with a floor of ${floor}`, on('firmware', { minCommitted: floor })] as const),
  }),
  ...sides({
    id: 'provisionalFirmware',
    why: 'firmware that is not committed can be rolled back',
    bad: [
      ['SNP ahead, forbidden', on('provisionalFirmware', 'forbid'), report({ currentTcb: { ...at, snp: 0x18 } })],
      ['microcode ahead, forbidden', on('provisionalFirmware', 'forbid'), report({ currentTcb: { ...at, microcode: 0x55 } })],
      ['build ahead, forbidden', on('provisionalFirmware', 'forbid'), report({ currentVersion: { major: 1, minor: 55, build: 41 } })],
      ['SNP ahead, microcode alone allowed', on('provisionalFirmware', 'microcodeOnly'), report({ currentTcb: { ...at, snp: 0x18, microcode: 0x55 } })],
      ['build ahead, microcode alone allowed', on('provisionalFirmware', 'microcodeOnly'), report({ currentVersion: { major: 1, minor: 55, build: 41 } })],
    ],
    good: [['all committed, forbidden', on('provisionalFirmware', 'forbid')], ['microcode ahead, allowed alone', on('provisionalFirmware', 'microcodeOnly'), report({ currentTcb: { ...at, microcode: 0x55 } })], ['SNP ahead, allowed', basePolicy, report({ currentTcb: { ...at, snp: 0x18 } })]],
  }),
]

const several: readonly TestSketch[] = [
  {
    comment: 'three checks fail: the first in order gives the code, and all are listed',
    why: 'a relying party repairs all at once',
    source,
    flags: ['missingStep'],
    input: { ...evidenceOf(report({ policy: 0xb0000n, vmpl: 2 })), policy: on('products', ['Milan']) },
    code: 'APPRAISAL_DEBUG',
    failed: ['debug', 'products', 'vmpl'],
  },
]

export function appraisalVectors(): VectorFile {
  const input = accepted(base)
  return vectorFile('appraisal', [
    group('appraisal/fixed', 'Checks that no policy can switch off', input, fixed),
    group('appraisal/identity', 'Who and what', input, identity),
    group('appraisal/bits', 'Bits of POLICY and PLATFORM_INFO', input, bits),
    group('appraisal/tcb', 'TCBs and firmware', input, tcb),
    group('appraisal/order', 'Several failures', input, several),
  ])
}
