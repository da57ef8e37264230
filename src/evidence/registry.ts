/** The evidence formats, loaded on first use, and the recognition of one among them. */
import { VerificationError } from '../errors/error.js'
import type { ContainerFormat, EvidenceFormat } from './container.js'
import { snpReport } from './snp-report.js'

const formats: Readonly<Record<EvidenceFormat, () => Promise<ContainerFormat>>> = {
  'snp-report': () => Promise.resolve(snpReport),
  'snp-report+cert-table': async () => (await import('./cert-table.js')).snpReportWithTable,
  tsm: async () => (await import('./tsm.js')).tsm,
}

/** The names of all formats. */
export const evidenceFormats: readonly EvidenceFormat[] = Object.keys(formats) as EvidenceFormat[]

export function isEvidenceFormat(value: unknown): value is EvidenceFormat {
  return typeof value === 'string' && Object.hasOwn(formats, value)
}

/** The format of a name. */
export function formatNamed(name: EvidenceFormat): Promise<ContainerFormat> {
  return formats[name]()
}

/**
 * The one format that recognises the bytes. Two that do are not guessed between.
 *
 * @throws VerificationError `EVIDENCE_FORMAT`.
 */
export async function recogniseFormat(bytes: Uint8Array): Promise<ContainerFormat> {
  const all = await Promise.all(evidenceFormats.map(formatNamed))
  const recognising = all.filter((format) => format.recognises(bytes))
  const [only, ...more] = recognising
  if (only === undefined || more.length > 0) {
    const candidates = recognising.map(({ name }) => name)
    throw new VerificationError(
      'EVIDENCE_FORMAT',
      only === undefined
        ? 'not recognised as any evidence format'
        : `could be ${candidates.join(' or ')}: name the format`,
      { bytes: bytes.length, candidates },
    )
  }
  return only
}
