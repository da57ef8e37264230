// Guards of the answer of the guest's device, and of the documents of services of Google and Microsoft.
import { type Edit, of, pointsOf, refuses } from './point.js'

const guest = (...comments: readonly string[]): readonly string[] =>
  of('container/sev-guest-response', ...comments)
const ccf = (...comments: readonly string[]): readonly string[] => of('container/ccf-quote', ...comments)

export const evidenceCEdits: readonly Edit[] = [
  ...pointsOf('evidence/sev-guest-response.ts', [
    refuses('length', 'if (!hasSize(bytes))', guest('a buffer of 1281 bytes', 'a buffer of 4001 bytes')),
    refuses('status', 'status !== 0', guest('status 0x16')),
    refuses('size', 'size !== reportBytes', guest('a size of 1183', 'a size of 1185')),
    refuses('reserved', 'if (!isFilledWith(bytes, 0, 8, reportAt))', guest('a reserved byte')),
    refuses(
      'rest',
      '!isFilledWith(bytes, 0, messageBytes)',
      guest('a byte behind the report', 'a byte at the end of the buffer'),
    ),
  ]),
  ...pointsOf('evidence/maa-request.ts', [
    refuses(
      'endorsements',
      'item === undefined || items.length > 1',
      of('container/maa-request', 'two endorsements'),
    ),
  ]),
  ...pointsOf('evidence/ccf-quote.ts', [
    refuses('format', "memberOf(quote, 'format') !== sevSnp", ccf('of SGX', 'without hardware, recognised')),
    refuses('node', 'nodeId.length !== nodeIdBytes', ccf('a node of 31 bytes')),
  ]),
]
