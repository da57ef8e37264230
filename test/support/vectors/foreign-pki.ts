// AMD's hierarchy by OpenSSL: three lines of ARK, ASK and ASVK over the lab's keys, and leaves under them.
import { ecKey } from '../keys.js'
import { LINES, type Line } from '../names.js'
import {
  type OpensslAuthority,
  type OpensslCertificate,
  ecPrivate,
  makeCertificate,
  rsaPrivate,
} from './foreign-openssl.js'
import type { ForeignFacts } from './foreign-python.js'

type Role = 'ark' | 'ask' | 'asvk'
type RsaName = Parameters<typeof rsaPrivate>[0]

const serials: Readonly<Record<Line, Readonly<Record<Role, string>>>> = {
  Milan: { ark: '010000', ask: '010001', asvk: '010101' },
  Genoa: { ark: '020000', ask: '020002', asvk: '020101' },
  Turin: { ark: '030000', ask: '030001', asvk: '030101' },
}
const names: Readonly<Record<Role, string>> = { ark: 'ARK-', ask: 'SEV-', asvk: 'SEV-VLEK-' }
const from = '20200101000000Z'
const to = '20450101000000Z'

const crlPoint = (role: Role, line: Line): string =>
  `crlDistributionPoints = URI:https://kdsintf.amd.com/${role === 'asvk' ? 'vlek' : 'vcek'}/v1/${line}/crl`

// `none` where AMD has no key identifier: OpenSSL 3 adds it otherwise.
export const authorityExtensions = (role: Role, line: Line): readonly string[] =>
  role === 'ark'
    ? [
        'keyUsage = critical,keyCertSign,cRLSign',
        'subjectKeyIdentifier = hash',
        'authorityKeyIdentifier = none',
        'basicConstraints = critical,CA:TRUE',
        crlPoint(role, line),
      ]
    : [
        'subjectKeyIdentifier = hash',
        'authorityKeyIdentifier = keyid:always',
        'basicConstraints = critical,CA:TRUE,pathlen:0',
        'keyUsage = critical,keyCertSign',
        crlPoint(role, line),
      ]

export function authority(
  role: Role,
  line: Line,
  issuer: OpensslAuthority | null,
  changes: Partial<OpensslCertificate> & { readonly rsa?: RsaName } = {},
): OpensslAuthority {
  const { rsa = `${role}-${line}` as RsaName, ...rest } = changes
  return makeCertificate({
    commonName: names[role] + line,
    key: rsaPrivate(rsa),
    issuer,
    serial: serials[line][role],
    from,
    to,
    extensions: authorityExtensions(role, line),
    ...rest,
  })
}

export type ForeignLine = Readonly<Record<Role, OpensslAuthority>>

export function authorities(): Readonly<Record<Line, ForeignLine>> {
  const make = (line: Line): ForeignLine => {
    const ark = authority('ark', line, null)
    return { ark, ask: authority('ask', line, ark), asvk: authority('asvk', line, ark) }
  }
  return Object.fromEntries(LINES.map((line) => [line, make(line)])) as Record<Line, ForeignLine>
}

export const leafKey = (line: Line, kind: 'vcek' | 'vlek') => ecKey(`foreign ${line} ${kind}`)

const bytes = (hex: string): string => (hex.match(/../g) ?? []).join(':')
const integer = (value: number): string => `ASN1:INTEGER:${value}`
const arc = '1.3.6.1.4.1.3704.1.'

/** Values of AMD's extensions by the end of their OIDs; `null` leaves one out. */
export type AmdValues = Readonly<Record<string, string | null>>

export function leafExtensions(
  { levels, chips }: ForeignFacts,
  line: Line,
  kind: 'vcek' | 'vlek',
  changes: AmdValues = {},
): readonly string[] {
  const [bootloader = 0, tee = 0, snp = 0, microcode = 0, fmc = 0] = levels[line]
  const turin = line === 'Turin'
  const values: AmdValues = {
    '1': integer(turin ? 1 : 0),
    '2': `ASN1:IA5STRING:${line === 'Milan' && kind === 'vcek' ? 'Milan-B0' : line}`,
    ...(turin ? { '3.9': integer(fmc) } : {}),
    '3.1': integer(bootloader),
    '3.2': integer(tee),
    ...(turin ? {} : { '3.4': integer(0) }),
    '3.5': integer(0),
    '3.6': integer(0),
    '3.7': integer(0),
    '3.3': integer(snp),
    '3.8': integer(microcode),
    ...(kind === 'vcek'
      ? { '4': `DER:${bytes(chips[line])}` }
      : { '5': 'ASN1:IA5STRING:CN=cc-foreign-1.csp.example' }),
    ...changes,
  }
  return Object.entries(values).flatMap(([oid, value]) => (value === null ? [] : [`${arc}${oid} = ${value}`]))
}

/** An endorsement key of a line, with anything changed. */
export function leafOf(
  facts: ForeignFacts,
  line: Line,
  kind: 'vcek' | 'vlek',
  issuer: OpensslAuthority,
  changes: Partial<OpensslCertificate> & { readonly amd?: AmdValues; readonly more?: readonly string[] } = {},
): OpensslCertificate & { readonly issuer: OpensslAuthority } {
  const { amd, more = ['subjectKeyIdentifier = none'], ...rest } = changes
  return {
    commonName: kind === 'vcek' ? 'SEV-VCEK' : 'SEV-VLEK',
    key: ecPrivate(leafKey(line, kind)),
    serial: '00',
    from: '20260101000000Z',
    to: kind === 'vcek' ? '20330101000000Z' : '20270101000000Z',
    extensions: [...leafExtensions(facts, line, kind, amd), 'authorityKeyIdentifier = none', ...more],
    ...rest,
    issuer,
  }
}
