/** The steps of provenance within one segment of a layout, in words. */
import { type Segment, inputsOf } from './expression.js'

const namesOfHash: Readonly<Record<string, string>> = {
  sha256: 'SHA-256',
  sha384: 'SHA-384',
  sha512: 'SHA-512',
  'sha3-256': 'SHA3-256',
  'sha3-384': 'SHA3-384',
  'sha3-512': 'SHA3-512',
  keccak256: 'Keccak-256',
}

/** What lies between an input and the segment that holds it, the innermost first. */
export function stepsTo(segment: Segment, name: string): readonly string[] {
  switch (segment.kind) {
    case 'frame':
      return ['frame']
    case 'concat': {
      const part = segment.parts.find((one) => inputsOf(one).includes(name))
      return part === undefined ? [] : stepsTo(part, name)
    }
    case 'hash':
      return [...stepsTo(segment.of, name), namesOfHash[segment.algorithm] ?? segment.algorithm]
    case 'truncate':
      return [...stepsTo(segment.of, name), `first ${String(segment.size)} bytes`]
    case 'base64url':
    case 'pad':
      return stepsTo(segment.of, name)
    default:
      return []
  }
}
