/** The one format that recognises evidence. Two that do are not guessed between. */
import { isBytes } from '../encoding/bytes.js'
import { VerificationError } from '../errors/error.js'
import type { ContainerFormat } from './format.js'
import type { Files } from './input.js'
import { evidenceFormats, formatNamed } from './registry.js'
import { sniffOf } from './sniff.js'

/** @throws VerificationError `EVIDENCE_FORMAT`. */
export async function recogniseFormat(input: Uint8Array | Files): Promise<ContainerFormat> {
  const all = await Promise.all(evidenceFormats.map(formatNamed))
  const recognising = all.filter(recogniser(input))
  const [only, ...more] = recognising
  if (only === undefined || more.length > 0) {
    const candidates = recognising.map(({ name }) => name)
    throw new VerificationError(
      'EVIDENCE_FORMAT',
      only === undefined
        ? 'not recognised as any evidence format'
        : `could be ${candidates.join(' or ')}: name the format`,
      { ...(isBytes(input) ? { bytes: input.length } : { files: input.size }), candidates },
    )
  }
  return only
}

function recogniser(input: Uint8Array | Files): (format: ContainerFormat) => boolean {
  if (!isBytes(input)) return (format) => format.takes === 'files' && format.recognises(input)
  const sniff = sniffOf(input)
  return (format) => format.takes === 'bytes' && format.recognises(sniff)
}
