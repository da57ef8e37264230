// X.501 names in the order and string types of AMD's certificates, and the names of the lab's authorities.
import { ia5, oid, printable, sequence, set, utf8 } from './der.js'

export type Line = 'Milan' | 'Genoa' | 'Turin'
export type VekKind = 'vcek' | 'vlek'

export const LINES: readonly Line[] = ['Milan', 'Genoa', 'Turin']

const attributeTypes: Readonly<Record<string, string>> = {
  CN: '2.5.4.3',
  C: '2.5.4.6',
  L: '2.5.4.7',
  ST: '2.5.4.8',
  O: '2.5.4.10',
  OU: '2.5.4.11',
}

const stringTypes = { utf8, printable, ia5 }

export interface Attribute {
  /** A short name (`CN`, `OU`, …) or a dotted OID. */
  readonly oid: string
  readonly value: string
  /** Default: PrintableString for C, UTF8String for the rest, as AMD does. */
  readonly type?: keyof typeof stringTypes
}

export type Name = readonly Attribute[]

export function nameDer(name: Name): Uint8Array {
  const relative = name.map(({ oid: type, value, type: form = type === 'C' ? 'printable' : 'utf8' }) =>
    set(sequence(oid(attributeTypes[type] ?? type), stringTypes[form](value))),
  )
  return sequence(...relative)
}

export function amdName(commonName: string): Name {
  return [
    { oid: 'OU', value: 'Engineering' },
    { oid: 'C', value: 'US' },
    { oid: 'L', value: 'Santa Clara' },
    { oid: 'ST', value: 'CA' },
    { oid: 'O', value: 'Advanced Micro Devices' },
    { oid: 'CN', value: commonName },
  ]
}

export type AuthorityRole = 'ark' | 'ask' | 'asvk'

export function authorityName(role: AuthorityRole, line: Line): Name {
  const prefix = { ark: 'ARK', ask: 'SEV', asvk: 'SEV-VLEK' }[role]
  return amdName(`${prefix}-${line}`)
}

export function vekName(kind: VekKind): Name {
  return amdName(kind === 'vcek' ? 'SEV-VCEK' : 'SEV-VLEK')
}
