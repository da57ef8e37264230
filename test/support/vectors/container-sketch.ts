// How tests of stage container are written.
import type { TestSketch, VectorInput } from './format.js'

const formats = 'attested evidence formats'

/** A container that is one report, however it is read. */
export const ok = (comment: string, why: string, input: Partial<VectorInput>): TestSketch => ({
  comment,
  why,
  source: formats,
  flags: ['valid', 'container'],
  input,
})

/** A container that two readers could read differently, or that hides something. */
export const bad = (
  comment: string,
  code: string,
  why: string,
  input: Partial<VectorInput>,
  source = formats,
): TestSketch => ({
  comment,
  why,
  source,
  flags: ['container'],
  input,
  code,
  verdict: 'malformed',
})

export const utf8 = (value: string): Uint8Array => new TextEncoder().encode(value)
