// Policy checks on who made the report and which software runs.
import { createHash } from 'node:crypto'
import { LAB_CSP_ID } from '../certificates.js'
import { toHex } from '../der.js'
import { type EvidenceOptions, labEvidence } from '../pki.js'
import { LAB_MEASUREMENT, type ReportFields } from '../report.js'
import { base, digestOf, hex, on, open, report, sides } from './appraisal-sketch.js'
import { type Json, type TestSketch } from './format.js'
import { basePolicy } from './inputs.js'

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
const blockRule = {
  idKeyDigests: [toHex(idKey)],
  authorKeyDigests: open,
  minGuestSvn: open,
  familyIds: open,
  imageIds: open,
}
const blockPolicy = (changes: Readonly<Record<string, Json>>): Json =>
  on('idBlock', { ...blockRule, ...changes })
const chipHex = (line: 'Milan' | 'Genoa' | 'Turin'): string =>
  toHex(labEvidence({ line, version: 5 }).report.slice(0x1a0, line === 'Turin' ? 0x1a8 : 0x1e0))
const keyHex = (options: EvidenceOptions): string =>
  createHash('sha256').update(labEvidence(options).vekCertificate.key.spki).digest('hex')
const vlek: EvidenceOptions = { line: 'Genoa', signer: 'vlek', version: 5 }

export const identity: readonly TestSketch[] = [
  ...sides({
    id: 'products',
    why: 'a policy says which silicon it trusts',
    bad: [['Genoa where Milan and Turin are accepted', on('products', ['Milan', 'Turin'])]],
    good: [['Genoa alone', on('products', ['Genoa'])]],
  }),
  ...sides({
    id: 'signers',
    why: 'a VLEK proves a provider, not a chip',
    bad: [
      ['a VCEK where a VLEK is required', on('signers', ['vlek'])],
      ['a VLEK where a VCEK is required', on('signers', ['vcek']), vlek],
    ],
    good: [['a VLEK alone', on('signers', ['vlek']), vlek]],
  }),
  ...sides({
    id: 'reportVersions',
    why: 'versions differ in what they say',
    bad: [['5 where 2 to 4 are accepted', on('reportVersions', [2, 3, 4])]],
    good: [['5 alone', on('reportVersions', [5])]],
  }),
  ...sides({
    id: 'measurements',
    why: 'the launch digest says which software was started',
    bad: [
      ['another launch digest', on('measurements', [{ label: 'other', value: other48 }])],
      [
        'the last digit differs',
        on('measurements', [
          { label: 'other', value: measured.slice(0, -1) + (measured.endsWith('0') ? '1' : '0') },
        ]),
      ],
      [
        'past its notAfter',
        on('measurements', [{ label: 'lapsed', value: measured, notAfter: '2026-05-31T23:59:59.999Z' }]),
      ],
      [
        'past its last day',
        on('measurements', [{ label: 'lapsed', value: measured, notAfter: '2026-05-31' }]),
      ],
    ],
    good: [
      [
        'the second of two',
        on('measurements', [
          { label: 'other', value: other48 },
          { label: 'lab', value: measured },
        ]),
      ],
      ['in capitals', on('measurements', [{ label: 'lab', value: measured.toUpperCase() }])],
      [
        'at its notAfter',
        on('measurements', [{ label: 'lab', value: measured, notAfter: '2026-06-01T00:00:00Z' }]),
      ],
      ['on its last day', on('measurements', [{ label: 'lab', value: measured, notAfter: '2026-06-01' }])],
      [
        'lapsed under one label, accepted under another',
        on('measurements', [
          { label: 'old', value: measured, notAfter: '2026-01-01' },
          { label: 'new', value: measured },
        ]),
      ],
    ],
  }),
  ...sides({
    id: 'idBlock',
    why: 'the host chooses the ID block',
    bad: [
      ['an ID key where none is accepted', basePolicy, report({ idKeyDigest: idKey })],
      [
        'an author key where none is accepted',
        basePolicy,
        report({ authorKeyDigest: authorKey, authorKeyEn: true }),
      ],
    ],
    good: [['an ID block that is left unchecked', on('idBlock', open), report(block)]],
  }),
  ...sides({
    id: 'idBlock.idKeyDigests',
    why: 'whoever holds the ID key says which images may run',
    bad: [
      ['another ID key', blockPolicy({ idKeyDigests: [other48] }), report(block)],
      ['no ID block', blockPolicy({})],
    ],
    good: [['the ID key', blockPolicy({}), report(block)]],
  }),
  ...sides({
    id: 'idBlock.authorKeyDigests',
    why: 'whoever holds the author key says which ID keys count',
    bad: [
      ['another author key', blockPolicy({ authorKeyDigests: [other48] }), report(block)],
      [
        'the author key without AUTHOR_KEY_EN',
        blockPolicy({ authorKeyDigests: [toHex(authorKey)] }),
        report({ ...block, authorKeyEn: false }),
      ],
    ],
    good: [
      [
        'the author key alone',
        blockPolicy({ idKeyDigests: open, authorKeyDigests: [toHex(authorKey)] }),
        report(block),
      ],
    ],
  }),
  ...sides({
    id: 'idBlock.minGuestSvn',
    why: 'an ID key signs old images too',
    bad: [['GUEST_SVN 7 with a floor of 8', blockPolicy({ minGuestSvn: 8 }), report(block)]],
    good: [
      ['GUEST_SVN 7 with a floor of 7', blockPolicy({ minGuestSvn: 7 }), report(block)],
      [
        'GUEST_SVN 2^32 - 1',
        blockPolicy({ minGuestSvn: 0xffffffff }),
        report({ ...block, guestSvn: 0xffffffff }),
      ],
    ],
  }),
  ...sides({
    id: 'idBlock.familyIds',
    why: 'an ID key signs other families too',
    bad: [['another family', blockPolicy({ familyIds: ['00'.repeat(16)] }), report(block)]],
    good: [['the family', blockPolicy({ familyIds: ['fa'.repeat(16)] }), report(block)]],
  }),
  ...sides({
    id: 'idBlock.imageIds',
    why: 'an ID key signs other images too',
    bad: [['another image', blockPolicy({ imageIds: ['00'.repeat(16)] }), report(block)]],
    good: [['the image', blockPolicy({ imageIds: ['1a'.repeat(16)] }), report(block)]],
  }),
  ...sides({
    id: 'hostData',
    why: 'HOST_DATA says what the guest was launched with',
    bad: [['other host data', on('hostData', ['11'.repeat(32)])]],
    good: [['zero, stated', on('hostData', ['00'.repeat(32)])]],
  }),
  ...sides({
    id: 'vmpl',
    why: 'a less privileged level proves less',
    bad: [
      ['VMPL 1 where 0 is accepted', basePolicy, report({ vmpl: 1 })],
      ['VMPL 0 where 1 is accepted', on('vmpl', [1])],
    ],
    good: [['VMPL 3', on('vmpl', [3]), report({ vmpl: 3 })]],
  }),
  ...sides({
    id: 'chips',
    why: 'a policy may trust some machines only',
    bad: [
      ['another chip', on('chips', ['ab'.repeat(64)])],
      ['a VLEK', on('chips', [chipHex('Genoa')]), vlek],
      ['Turin: another chip', on('chips', ['ab'.repeat(8)]), { line: 'Turin', version: 5 }],
    ],
    good: [
      ['the chip', on('chips', [chipHex('Genoa')])],
      [
        'the chip behind a masked CHIP_ID',
        on('chips', [chipHex('Genoa')]),
        report({ chipId: new Uint8Array(64) }),
      ],
      ['Turin: 8 bytes', on('chips', [chipHex('Turin')]), { line: 'Turin', version: 5 }],
      [
        'Turin: the same with its zeros',
        on('chips', [chipHex('Turin').padEnd(128, '0')]),
        { line: 'Turin', version: 5 },
      ],
    ],
  }),
  ...sides({
    id: 'cspIds',
    why: 'a VLEK is any machine of one provider',
    evidence: vlek,
    bad: [
      ['another provider', on('cspIds', ['CN=other.example'])],
      ['a prefix', on('cspIds', [LAB_CSP_ID.slice(0, -1)])],
    ],
    good: [
      ['the provider', on('cspIds', [LAB_CSP_ID])],
      ['a VCEK has no provider', on('cspIds', ['CN=other.example']), base],
    ],
  }),
  ...sides({
    id: 'endorsementKeys',
    why: 'a policy may pin the very key',
    bad: [['another key', on('endorsementKeys', ['ab'.repeat(32)])]],
    good: [['the key', on('endorsementKeys', [keyHex(base)])]],
  }),
  ...sides({
    id: 'reportIds',
    why: 'REPORT_ID names one running guest',
    bad: [['another guest', on('reportIds', ['ab'.repeat(32)])]],
    good: [['the guest', on('reportIds', [toHex(labEvidence(base).report.slice(0x140, 0x160))])]],
  }),
  ...sides({
    id: 'denied.chips',
    why: 'a stolen chip is refused whatever else says yes',
    bad: [
      ['the chip', on('denied.chips', [chipHex('Genoa')])],
      [
        'the chip behind a masked CHIP_ID',
        on('denied.chips', [chipHex('Genoa')]),
        report({ chipId: new Uint8Array(64) }),
      ],
      ['Turin: 8 bytes', on('denied.chips', [chipHex('Turin')]), { line: 'Turin', version: 5 }],
    ],
    good: [['another chip', on('denied.chips', ['ab'.repeat(64)])]],
  }),
  ...sides({
    id: 'denied.endorsementKeys',
    why: 'a leaked key is refused whatever else says yes',
    bad: [['the key', on('denied.endorsementKeys', [keyHex(base)])]],
    good: [['another key', on('denied.endorsementKeys', ['ab'.repeat(32)])]],
  }),
  ...sides({
    id: 'denied.measurements',
    why: 'a broken image is refused whatever else says yes',
    bad: [['the measurement, accepted and denied', on('denied.measurements', [measured])]],
    good: [['another measurement', on('denied.measurements', [other48])]],
  }),
  ...sides({
    id: 'denied.cspIds',
    why: 'a provider is refused whatever else says yes',
    evidence: vlek,
    bad: [['the provider', on('denied.cspIds', [LAB_CSP_ID])]],
    good: [['another provider', on('denied.cspIds', ['CN=other.example'])]],
  }),
]
