/**
 * Evidence of SEV-SNP guests as Trustee (Confidential Containers) takes it: the report as the fields of a Rust
 * structure. Sources: confidential-containers/trustee, `deps/verifier/src/snp`; virtee/sev, `AttestationReport`.
 *
 *   { "attestation_report": {…}, "cert_chain": [{ "cert_type": "VCEK", "data": [bytes] }, …] | null }
 *
 * Two generations of the structure are known: the older one has `_author_key_en` and reserved bytes; the newer one
 * has `key_info`, CPUID, and since version 5 mitigation vectors, each `null` where a report has none. Of TCBs, those
 * with an `fmc` are in the layout of Turin. Words of 64 bits stand as JSON numbers and are read exactly.
 * Certificates under a GUID of their own (`OTHER`) are what hosts may add, and ignored; unknown members are refused.
 */
import { concatBytes } from '../encoding/bytes.js'
import type { WideJson } from '../encoding/json-integers.js'
import { type FieldPlace, cpuidField, fields as places, mitigationFields } from '../report/layout.js'
import {
  type ContainerParts,
  type LeafCandidate,
  duplicate,
  malformed,
  readCertificates,
  readCrl,
  readLeaf,
} from './container.js'
import type { BytesFormat } from './format.js'
import {
  type Members,
  byteListMember,
  isMembers,
  memberOf,
  readJson,
  requireKnown,
  requireMembers,
  wordMember,
} from './json-fields.js'
import { maxCertificates, tooMany } from './limits.js'
import { type ReportPart, reportOfParts } from './report-parts.js'

const what = 'trustee-snp'
const inReport = `${what}: attestation_report`

/** Fields of both generations: words by their bits, and lists of bytes. */
const words: readonly (readonly [name: string, place: FieldPlace, bits: 32 | 64])[] = [
  ['version', places.version, 32],
  ['guest_svn', places.guestSvn, 32],
  ['policy', places.policy, 64],
  ['vmpl', places.vmpl, 32],
  ['sig_algo', places.signatureAlgo, 32],
  ['plat_info', places.platformInfo, 64],
]
const lists: readonly (readonly [name: string, place: FieldPlace])[] = [
  ['family_id', places.familyId],
  ['image_id', places.imageId],
  ['report_data', places.reportData],
  ['measurement', places.measurement],
  ['host_data', places.hostData],
  ['id_key_digest', places.idKeyDigest],
  ['author_key_digest', places.authorKeyDigest],
  ['report_id', places.reportId],
  ['report_id_ma', places.reportIdMa],
  ['chip_id', places.chipId],
]
const tcbs: readonly (readonly [name: string, place: FieldPlace])[] = [
  ['current_tcb', places.currentTcb],
  ['reported_tcb', places.reportedTcb],
  ['committed_tcb', places.committedTcb],
  ['launch_tcb', places.launchTcb],
]
/** Bytes of the older generation that have no meaning. */
const reserved: readonly (readonly [name: string, place: FieldPlace])[] = [
  ['_reserved_1', { offset: 0x188, length: 24 }],
  ['_reserved_4', { offset: 0x1f8, length: 168 }],
]
const byte = (offset: number): FieldPlace => ({ offset, length: 1 })
const oldBytes: readonly (readonly [name: string, place: FieldPlace])[] = [
  ['current_build', byte(0x1e8)],
  ['current_minor', byte(0x1e9)],
  ['current_major', byte(0x1ea)],
  ['_reserved_2', byte(0x1eb)],
  ['committed_build', byte(0x1ec)],
  ['committed_minor', byte(0x1ed)],
  ['committed_major', byte(0x1ee)],
  ['_reserved_3', byte(0x1ef)],
]
/** `null` for what a version of the report does not have, and then zero. */
const optionalBytes = ['cpuid_fam_id', 'cpuid_mod_id', 'cpuid_step'] as const
const optionalWords: readonly (readonly [name: string, place: FieldPlace])[] = [
  ['launch_mit_vector', mitigationFields.launchMitVector],
  ['current_mit_vector', mitigationFields.currentMitVector],
]

const names = (fields: readonly (readonly [name: string, ...unknown[]])[]): readonly string[] =>
  fields.map(([name]) => name)
const common = [...names(words), ...names(lists), ...names(tcbs), 'signature']
const oldKeys: ReadonlySet<string> = new Set([
  ...common,
  ...names(reserved),
  ...names(oldBytes),
  '_author_key_en',
  '_reserved_0',
])
const newKeys: ReadonlySet<string> = new Set([
  ...common,
  ...optionalBytes,
  ...names(optionalWords),
  'key_info',
  'current',
  'committed',
])
const evidenceKeys: ReadonlySet<string> = new Set(['attestation_report', 'cert_chain'])
const entryKeys: ReadonlySet<string> = new Set(['cert_type', 'data'])
const versionKeys: ReadonlySet<string> = new Set(['major', 'minor', 'build'])

const byteMember = (members: Members, key: string, where: string): number =>
  Number(wordMember(members, key, where, 8))

/** TCB_VERSION; where an FMC is named, in the layout of Turin. */
function tcbBytes(report: Members, key: string, isOld: boolean): Uint8Array {
  const where = `${inReport}: ${key}`
  const tcb = requireMembers(memberOf(report, key), where)
  requireKnown(tcb, where, new Set(['bootloader', 'tee', 'snp', 'microcode', isOld ? '_reserved' : 'fmc']))
  const [bootloader = 0, tee = 0, snp = 0, microcode = 0] = ['bootloader', 'tee', 'snp', 'microcode'].map(
    (name) => byteMember(tcb, name, where),
  )
  if (!isOld && memberOf(tcb, 'fmc') !== null)
    return Uint8Array.of(byteMember(tcb, 'fmc', where), bootloader, tee, snp, 0, 0, 0, microcode)
  const middle = isOld ? byteListMember(tcb, '_reserved', where, 4) : new Uint8Array(4)
  return concatBytes(Uint8Array.of(bootloader, tee), middle, Uint8Array.of(snp, microcode))
}

function versionBytes(report: Members, key: string): Uint8Array {
  const where = `${inReport}: ${key}`
  const version = requireMembers(memberOf(report, key), where)
  requireKnown(version, where, versionKeys)
  return Uint8Array.from(['build', 'minor', 'major'], (name) => byteMember(version, name, where))
}

function signatureParts(report: Members, isOld: boolean): readonly ReportPart[] {
  const where = `${inReport}: signature`
  const signature = requireMembers(memberOf(report, 'signature'), where)
  requireKnown(signature, where, new Set(isOld ? ['r', 's', '_reserved'] : ['r', 's']))
  const list = (name: string, place: FieldPlace): ReportPart => [
    name,
    place,
    byteListMember(signature, name, where, place.length),
  ]
  const tail = isOld ? [list('_reserved', { offset: 0x330, length: 368 })] : []
  return [list('r', places.signatureR), list('s', places.signatureS), ...tail]
}

function oldParts(report: Members): readonly ReportPart[] {
  return [
    ['_author_key_en', places.keyInfo, wordMember(report, '_author_key_en', inReport, 32)],
    ['_reserved_0', { offset: 0x4c, length: 4 }, wordMember(report, '_reserved_0', inReport, 32)],
    ...oldBytes.map(([name, place]): ReportPart => [name, place, wordMember(report, name, inReport, 8)]),
    ...reserved.map(([name, place]): ReportPart => [
      name,
      place,
      byteListMember(report, name, inReport, place.length),
    ]),
  ]
}

function newParts(report: Members): readonly ReportPart[] {
  const optional = (name: string, bits: 8 | 64): bigint =>
    memberOf(report, name) === null ? 0n : wordMember(report, name, inReport, bits)
  const cpuid = Uint8Array.from(optionalBytes, (name) => Number(optional(name, 8)))
  return [
    ['key_info', places.keyInfo, wordMember(report, 'key_info', inReport, 32)],
    ['cpuid', cpuidField, cpuid],
    ['current', places.currentVersion, versionBytes(report, 'current')],
    ['committed', places.committedVersion, versionBytes(report, 'committed')],
    ...optionalWords.map(([name, place]): ReportPart => [name, place, optional(name, 64)]),
  ]
}

function readReport(value: WideJson): Uint8Array {
  const report = requireMembers(value, inReport)
  const isOld = Object.hasOwn(report, '_author_key_en')
  requireKnown(report, inReport, isOld ? oldKeys : newKeys)
  const parts: readonly ReportPart[] = [
    ...words.map(([name, place, bits]): ReportPart => [
      name,
      place,
      wordMember(report, name, inReport, bits),
    ]),
    ...lists.map(([name, place]): ReportPart => [
      name,
      place,
      byteListMember(report, name, inReport, place.length),
    ]),
    ...tcbs.map(([name, place]): ReportPart => [name, place, tcbBytes(report, name, isOld)]),
    ...(isOld ? oldParts(report) : newParts(report)),
    ...signatureParts(report, isOld),
  ]
  return reportOfParts(parts, inReport)
}

/** What an entry is; `null` for one under a GUID of its own. */
function roleOf(value: WideJson): string | null {
  if (isMembers(value) && Object.keys(value).join() === 'OTHER') return null
  if (typeof value !== 'string' || !['VCEK', 'VLEK', 'ASK', 'ARK', 'CRL'].includes(value))
    throw malformed(`${what}: cert_chain`, 'cert_type is not known')
  return value
}

function readChain(value: WideJson): Omit<ContainerParts, 'report'> {
  const leaves: LeafCandidate[] = []
  const authorities: Uint8Array[] = []
  const crls: Uint8Array[] = []
  const where = `${what}: cert_chain`
  if (value === null) return { leaves, authorities, crls }
  if (!Array.isArray(value)) throw malformed(where, 'not a list')
  const entries: readonly WideJson[] = value
  if (entries.length > maxCertificates) throw tooMany(`entries of ${where}`, maxCertificates)
  const roles = new Set<string>()
  for (const one of entries) {
    const entry = requireMembers(one, where)
    requireKnown(entry, where, entryKeys)
    const role = roleOf(memberOf(entry, 'cert_type'))
    const data = byteListMember(entry, 'data', where)
    if (role === null) continue
    if (roles.has(role)) throw duplicate(where, `${role} twice`)
    roles.add(role)
    const name = `${where}: ${role}`
    if (role === 'VCEK') leaves.push({ kind: 'vcek', der: readLeaf(data, name) })
    else if (role === 'VLEK') leaves.push({ kind: 'vlek', der: readLeaf(data, name) })
    else if (role === 'CRL') crls.push(readCrl(data, name))
    else authorities.push(...readCertificates(data, name))
  }
  return { leaves, authorities, crls }
}

export const trusteeSnp: BytesFormat = {
  name: what,
  takes: 'bytes',
  // Others have the report as text under this name.
  recognises: ({ members }) => members !== null && isMembers(memberOf(members, 'attestation_report')),
  decode: (bytes) => {
    const evidence = requireMembers(readJson(bytes, what, 4), what)
    requireKnown(evidence, what, evidenceKeys)
    return {
      report: readReport(memberOf(evidence, 'attestation_report')),
      ...readChain(memberOf(evidence, 'cert_chain')),
      reconstructed: true,
    }
  },
}
