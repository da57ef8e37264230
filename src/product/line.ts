/**
 * AMD product lines, as the key distribution service names them, and the silicon that belongs to each.
 *
 * A new line: one entry here, its certificates in `roots.ts`, and a TCB layout in `tcb.ts` if it has a new one.
 */
import type { TcbLayout } from './tcb.js'

export type ProductLine = 'Milan' | 'Genoa' | 'Turin'

/** CPUID as reports of version 3 and later carry it: family and model are the combined values. */
export interface Cpuid {
  readonly family: number
  readonly model: number
  readonly stepping: number
}

interface LineFacts {
  readonly family: number
  /** Inclusive ranges of combined models. */
  readonly models: readonly (readonly [first: number, last: number])[]
  readonly layout: TcbLayout
  /** Significant bytes of CHIP_ID, and so the length of hwID. The rest of CHIP_ID is zero. */
  readonly chipIdBytes: number
}

/**
 * Model ranges from the extended models of the KDS specification (AMD 57230); Genoa's line also signs for
 * Bergamo and Siena (A0h–AFh), Turin's for Turin Dense (10h–1Fh).
 */
export const productLines: Readonly<Record<ProductLine, LineFacts>> = {
  Milan: { family: 0x19, models: [[0x00, 0x0f]], layout: 'family19h', chipIdBytes: 64 },
  Genoa: {
    family: 0x19,
    models: [
      [0x10, 0x1f],
      [0xa0, 0xaf],
    ],
    layout: 'family19h',
    chipIdBytes: 64,
  },
  Turin: { family: 0x1a, models: [[0x00, 0x1f]], layout: 'family1Ah', chipIdBytes: 8 },
}

export const productLineNames: readonly ProductLine[] = ['Milan', 'Genoa', 'Turin']

export function isProductLine(value: unknown): value is ProductLine {
  return typeof value === 'string' && Object.hasOwn(productLines, value)
}

/** The line that silicon belongs to, or `null`: there is no default. */
export function productLineOf(cpuid: Pick<Cpuid, 'family' | 'model'>): ProductLine | null {
  for (const name of productLineNames) {
    const { family, models } = productLines[name]
    const inRange = models.some(([first, last]) => cpuid.model >= first && cpuid.model <= last)
    if (cpuid.family === family && inRange) return name
  }
  return null
}
