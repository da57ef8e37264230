/** An inspection as text. Its first line says that nothing is verified. */
import type { JsonValue } from '../errors/index.js'
import type { Report, ReportJson } from '../report/index.js'
import type { DocumentJson } from './certificates.js'
import type { Inspected } from './inspection.js'
import { printableValue } from './output.js'
import { partText } from './part.js'

export function inspectionToText({ inspection, report }: Inspected): string {
  const { format, claimed, reconstructed, certificates, attachments, error } = inspection
  const lines = ['NOT VERIFIED: this is what the input says, and anybody could have written it', '']
  lines.push(`format: ${format ?? 'not recognised'}`)
  if (error !== null) lines.push(`cannot be read: ${error.code}: ${printableValue(error.message)}`)
  if (claimed !== null && report !== null)
    lines.push(
      '',
      reconstructed === true
        ? 'report, as claimed; its bytes were written from the fields that came, so the signature must tell:'
        : 'report, as claimed:',
      ...reportRows(claimed, report),
    )
  for (const document of certificates) lines.push('', ...documentRows(document))
  if (claimed !== null && certificates.length === 0) lines.push('', 'no certificates')
  if (attachments.length > 0) {
    const parts = attachments.map((part) => [printableValue(part.name), partText(part)] as const)
    lines.push('', 'attachments, as they came; only a binding ties them to the report:', ...rows(parts))
  }
  return lines.join('\n') + '\n'
}

function reportRows(claimed: ReportJson, report: Report): readonly string[] {
  const remarks: Readonly<Record<string, string>> = {
    policy: [
      `ABI ${String(report.policy.abiMajor)}.${String(report.policy.abiMinor)}`,
      ...flagsOf(report.policy),
    ].join(', '),
    platformInfo: flagsOf(report.platformInfo).join(', '),
    ...(report.vmpl > 3 ? { vmpl: 'requested by the host, not by the guest' } : {}),
    ...(report.productLine === null ? {} : { cpuid: report.productLine }),
  }
  return rows(
    Object.entries(claimed).map(([name, value]) => {
      const remark = remarks[name] ?? ''
      return [name, remark === '' ? shown(value as JsonValue) : `${shown(value as JsonValue)} (${remark})`]
    }),
  )
}

/** The names of the bits that are set. */
const flagsOf = (word: object): readonly string[] =>
  Object.entries(word).flatMap(([name, value]) => (value === true ? [name] : []))

function documentRows(document: DocumentJson): readonly string[] {
  const { kind, refusal, ...facts } = document
  const title =
    kind === 'crl' ? 'CRL' : document.role === 'other' ? 'certificate' : `${document.role} certificate`
  const stated = Object.entries(facts).filter(([name, value]) => value !== null && name !== 'role')
  return [
    `${title}, as claimed:`,
    ...rows([
      ...stated.map(([name, value]) => [name, shown(value as JsonValue)] as const),
      ...(refusal === null
        ? []
        : [['refused', `${refusal.code}: ${printableValue(refusal.message)}`] as const]),
    ]),
  ]
}

/** A value on one line: members as `name value`, the raw word first. */
function shown(value: JsonValue): string {
  if (value === null) return '-'
  if (typeof value !== 'object') return printableValue(String(value))
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(shown).join(', ')
  return Object.entries(value)
    .map(([name, member]) => (name === 'raw' ? shown(member) : `${name} ${shown(member)}`))
    .join(', ')
}

function rows(pairs: readonly (readonly [name: string, value: string])[]): readonly string[] {
  const width = Math.max(...pairs.map(([name]) => name.length))
  return pairs.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`)
}
