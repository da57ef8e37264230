/**
 * The native frame, for commitments of systems that have no format of their own:
 *
 * ```
 * "SNPCLAIM" ‖ 01 ‖ carrier (01 REPORT_DATA, 02 HOST_DATA) ‖ u8 length ‖ profile (ASCII) ‖ u8 number of inputs
 *   ‖ for each input, names in the order of their bytes: u8 length ‖ name ‖ u32 length, big-endian ‖ value
 * ```
 *
 * Lengths stand before everything of variable length, so two different lists of inputs never have one frame; the
 * tag, the carrier and the profile are in it, so no two uses have one either.
 */
import { concatBytes } from '../encoding/bytes.js'
import { toUtf8 } from '../encoding/text.js'
import { integerBytes } from './expression.js'

const carriers = { REPORT_DATA: 1, HOST_DATA: 2 } as const

/** The carriers that a frame can name. */
export type FramedCarrier = keyof typeof carriers

export function isFramedCarrier(value: unknown): value is FramedCarrier {
  return typeof value === 'string' && Object.hasOwn(carriers, value)
}

const prefixed = (text: string): Uint8Array => {
  const bytes = toUtf8(text)
  return concatBytes(integerBytes(bytes.length, 1, 'big'), bytes)
}

/** The bytes of a frame, before they are hashed. Names must be distinct. */
export function frameBytes(
  carrier: FramedCarrier,
  profile: string,
  inputs: readonly (readonly [name: string, value: Uint8Array])[],
): Uint8Array {
  const sorted = [...inputs].sort(([a], [b]) => (a < b ? -1 : 1))
  return concatBytes(
    toUtf8('SNPCLAIM'),
    Uint8Array.of(1, carriers[carrier]),
    prefixed(profile),
    integerBytes(sorted.length, 1, 'big'),
    ...sorted.flatMap(([name, value]) => [prefixed(name), integerBytes(value.length, 4, 'big'), value]),
  )
}

/** How many bytes a frame has besides the values of its inputs. */
export function frameOverhead(profile: string, names: readonly string[]): number {
  return 8 + 2 + 1 + profile.length + 1 + names.reduce((sum, name) => sum + 1 + name.length + 4, 0)
}
