/**
 * Recommended TCB floors, in dated editions.
 *
 * AMD publishes no machine-readable feed of TCB status. Each edition states what we recommend from its day on;
 * a policy names a day, so that its verdicts do not change when a new edition appears. A new edition is one
 * entry here, newest last.
 *
 * Edition 2026-11-01: the first microcode that checks patch signatures properly (AMD-SB-3019, AMD-SB-7033),
 * and the SNP firmware of the same bulletin. Nothing more: other bulletins were not read at their source.
 */
import type { Cpuid, ProductLine } from './line.js'
import type { TcbLevels } from './tcb.js'

export interface RecommendedFloor {
  readonly product: ProductLine
  readonly silicon: Cpuid
  readonly name: string
  readonly levels: TcbLevels
  readonly bulletins: readonly string[]
  /** How we know the numbers. */
  readonly confidence: 'secondary source'
}

export interface FloorEdition {
  /** The first day of the edition, `YYYY-MM-DD`. */
  readonly date: string
  readonly floors: readonly RecommendedFloor[]
}

const zero = { bootloader: 0, tee: 0, snp: 0, microcode: 0 } as const
const floor = (
  product: ProductLine,
  name: string,
  silicon: readonly [family: number, model: number, stepping: number],
  levels: Partial<TcbLevels>,
  bulletin: string,
): RecommendedFloor => {
  const [family, model, stepping] = silicon
  const bulletins = [bulletin]
  const all = { ...zero, ...(product === 'Turin' ? { fmc: 0 } : {}), ...levels }
  return {
    product,
    name,
    silicon: { family, model, stepping },
    levels: all,
    bulletins,
    confidence: 'secondary source',
  }
}

const editions: readonly FloorEdition[] = [
  {
    date: '2026-11-01',
    floors: [
      floor('Milan', 'Milan B1', [0x19, 0x01, 1], { snp: 0x18, microcode: 0xdb }, 'AMD-SB-3019'),
      floor('Milan', 'Milan-X B2', [0x19, 0x01, 2], { snp: 0x18, microcode: 0x44 }, 'AMD-SB-3019'),
      floor('Genoa', 'Genoa', [0x19, 0x11, 1], { snp: 0x17, microcode: 0x54 }, 'AMD-SB-3019'),
      floor('Genoa', 'Genoa-X', [0x19, 0x11, 2], { snp: 0x17, microcode: 0x4f }, 'AMD-SB-3019'),
      floor('Genoa', 'Bergamo, Siena', [0x19, 0xa0, 2], { snp: 0x17, microcode: 0x19 }, 'AMD-SB-3019'),
      floor('Turin', 'Turin', [0x1a, 0x02, 1], { microcode: 0x47 }, 'AMD-SB-7033'),
      floor('Turin', 'Turin Dense', [0x1a, 0x11, 0], { microcode: 0x47 }, 'AMD-SB-7033'),
    ],
  },
]

/** The day of the newest edition that this release knows. */
export const newestFloorEdition: string = editions.at(-1)?.date ?? ''

/** The floors of that edition. */
export const newestFloors: readonly RecommendedFloor[] = editions.at(-1)?.floors ?? []

/** The newest edition at or before a day (`YYYY-MM-DD`), or `null`. */
export function floorEditionAt(day: string): FloorEdition | null {
  return editions.filter((edition) => edition.date <= day).at(-1) ?? null
}
