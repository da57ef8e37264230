// The lab: synthetic authorities with AMD's names and shape, and evidence that verifies under them.
import { rsaKey } from './keys.js'
import { LINES } from './names.js'
import type { AuthorityRole, Line, VekKind } from './names.js'
import { makeArk, makeAsk, makeAsvk, makeVek } from './certificates.js'
import type { Authority, Vek, VekOptions } from './certificates.js'
import { makeCrl } from './crl.js'
import type { CrlEntry, CrlOptions } from './crl.js'
import { makeCertTable } from './cert-table.js'
import { defaultTcb, hwIdOf, labChipId, makeReport, signReport } from './report.js'
import type { ReportFields, SignReportOptions } from './report.js'

/** The lab's present: inside every validity period and CRL window it makes. */
export const LAB_NOW: Date = new Date('2026-06-01T00:00:00Z')

export type AuthoritySet = Readonly<Record<AuthorityRole, Authority>>

export interface LabPki {
  readonly lines: Readonly<Record<Line, AuthoritySet>>
  /** A second ASK under the same ARK, as AMD once issued for Genoa. */
  readonly rotated: Readonly<Record<'Milan' | 'Genoa', Authority>>
  /** An ASK that the line's CRL lists. */
  readonly revoked: Readonly<Record<'Genoa', Authority>>
  /** AMD's names over the attacker's keys; its ASVK shares the key of its ASK. */
  readonly attacker: (line: Line) => AuthoritySet
}

function authoritySet(line: Line): AuthoritySet {
  const ark = makeArk(line)
  return { ark, ask: makeAsk(line, ark), asvk: makeAsvk(line, ark) }
}

function attackerSet(line: Line): AuthoritySet {
  const key = rsaKey('attacker-ask')
  const ark = makeArk(line, { key: rsaKey('attacker-ark') })
  return { ark, ask: makeAsk(line, ark, { key }), asvk: makeAsvk(line, ark, { key }) }
}

function buildPki(): LabPki {
  const lines = { Milan: authoritySet('Milan'), Genoa: authoritySet('Genoa'), Turin: authoritySet('Turin') }
  const attackers = new Map(LINES.map((line) => [line, attackerSet(line)]))
  return {
    lines,
    rotated: {
      Milan: makeAsk('Milan', lines.Milan.ark, { key: rsaKey('rotatedAsk-Milan'), serial: 0x10002n }),
      Genoa: makeAsk('Genoa', lines.Genoa.ark, { key: rsaKey('rotatedAsk-Genoa'), serial: 0x20003n }),
    },
    revoked: {
      Genoa: makeAsk('Genoa', lines.Genoa.ark, { key: rsaKey('revokedAsk-Genoa'), serial: 0x20001n }),
    },
    attacker: (line) => attackers.get(line) ?? attackerSet(line),
  }
}

let pki: LabPki | undefined

export function labPki(): LabPki {
  pki ??= buildPki()
  return pki
}

const revokedEntries: Readonly<Record<Line, readonly CrlEntry[]>> = {
  Milan: [],
  Genoa: [{ serial: 0x20001n, date: new Date('2022-10-31T12:00:00Z') }],
  Turin: [],
}

/** The CRL of a line's ARK, number 7; every part can be overridden. */
export function labCrl(line: Line, options: Partial<CrlOptions> = {}): Uint8Array {
  return makeCrl({ authority: labPki().lines[line].ark, entries: revokedEntries[line], ...options }).der
}

export type LabChain = 'lab' | 'rotated' | 'revoked' | 'attacker'

export interface EvidenceOptions {
  readonly line?: Line
  readonly signer?: VekKind
  readonly version?: number
  readonly report?: Omit<ReportFields, 'line' | 'signer' | 'version'>
  readonly vek?: Omit<Partial<VekOptions>, 'line' | 'kind'>
  /** Which authorities stand over the VEK. `rotated` and `revoked` exist for a VCEK of some lines only. */
  readonly chain?: LabChain
  readonly crl?: Partial<CrlOptions>
  readonly sign?: SignReportOptions
  /** Leaves the signature zero. */
  readonly unsigned?: boolean
}

export interface LabEvidence {
  readonly line: Line
  readonly signer: VekKind
  readonly report: Uint8Array
  /** The certificates and the CRL are DER. */
  readonly vek: Uint8Array
  /** The intermediate: an ASK, or an ASVK for a VLEK. */
  readonly ask: Uint8Array
  readonly ark: Uint8Array
  readonly crl: Uint8Array
  /** Private key of the VEK, to sign an edited report again. */
  readonly scalar: Uint8Array
  readonly vekCertificate: Vek
  /** GHCB table with ARK, intermediate and VEK, in the order a host has been seen to use. */
  readonly table: Uint8Array
}

function authoritiesOf(chain: LabChain, line: Line, signer: VekKind): { ark: Authority; issuer: Authority } {
  const { lines, rotated, revoked, attacker } = labPki()
  const standing = chain === 'attacker' ? attacker(line) : lines[line]
  const spare: Partial<Record<Line, Authority>> = chain === 'rotated' ? rotated : revoked
  const issuer =
    signer === 'vlek' || chain === 'lab' || chain === 'attacker'
      ? standing[signer === 'vlek' ? 'asvk' : 'ask']
      : spare[line]
  if (issuer === undefined || (signer === 'vlek' && (chain === 'rotated' || chain === 'revoked'))) {
    throw new Error(`the lab has no ${chain} authority for a ${line} ${signer}`)
  }
  return { ark: standing.ark, issuer }
}

/** Evidence whose parts agree: the VEK carries the chip and the TCB that the report claims. */
export function labEvidence(options: EvidenceOptions = {}): LabEvidence {
  const { line = 'Milan', signer = 'vcek', version = 3, chain = 'lab', report: fields = {} } = options
  const standing = authoritiesOf(chain, line, signer)
  const { ark } = standing
  const issuer = options.vek?.authority ?? standing.issuer
  const chipId = fields.chipId?.some((byte) => byte !== 0) === true ? fields.chipId : labChipId(line)
  const vek = makeVek({
    tcb: fields.reportedTcb ?? fields.tcb ?? defaultTcb(line),
    ...(signer === 'vcek' ? { hwId: hwIdOf(line, chipId) } : {}),
    ...options.vek,
    authority: issuer,
    line,
    kind: signer,
  })
  const unsigned = makeReport({ ...fields, line, signer, version })
  const report = options.unsigned === true ? unsigned : signReport(unsigned, vek.key.scalar, options.sign)
  const table = makeCertTable([
    { guid: 'ark', data: ark.der },
    { guid: 'ask', data: issuer.der },
    { guid: signer, data: vek.der },
  ])
  return {
    line,
    signer,
    report,
    vek: vek.der,
    ask: issuer.der,
    ark: ark.der,
    crl: labCrl(line, { authority: ark, ...options.crl }),
    scalar: vek.key.scalar,
    vekCertificate: vek,
    table,
  }
}
