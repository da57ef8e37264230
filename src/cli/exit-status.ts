/** Exit status. Scripts may rely on it: only 0 is a yes. */
import type { RefusalVerdict } from '../errors/index.js'

type Status = RefusalVerdict | 'accepted' | 'done' | 'internal' | 'usage'

export const exitStatus: Readonly<Record<Status, number>> = {
  done: 0,
  accepted: 0,
  internal: 1,
  usage: 2,
  rejected: 10,
  unverifiable: 20,
  malformed: 30,
}
