/** Times on the command line: RFC 3339, with an offset, and only times that exist. */
import type { Context } from './context.js'
import type { Options } from './options.js'
import { UsageError } from './usage-error.js'

export const exampleTime = '2026-08-15T00:00:00Z'

/** `--at`, or now. @throws UsageError */
export function timeToJudgeAt(options: Options, { settings }: Context): Date {
  const text = options.optional('at')
  const at = text === null ? settings.now() : parseTime(text)
  if (at === null) throw new UsageError(`--at must be a time with its offset, such as ${exampleTime}`)
  return at
}

const pattern = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d{1,9})?(?:Z|[+-](\d\d):(\d\d))$/

/** Parses a time, or `null`. A local time without an offset is no time: two machines would read it differently. */
export function parseTime(text: string): Date | null {
  const parts = pattern.exec(text)
  if (parts === null) return null
  const [, local = '', hours = '00', minutes = '00'] = parts
  if (Number(hours) > 23 || Number(minutes) > 59) return null
  // Date takes 31 February for 3 March and 24:00 for the next day; a round trip shows both.
  const wall = new Date(`${local}Z`)
  if (Number.isNaN(wall.getTime()) || !wall.toISOString().startsWith(local)) return null
  const time = new Date(text)
  // An offset can lead out of the years that RFC 3339 can write.
  return /^\d{4}-/.test(time.toISOString()) ? time : null
}
