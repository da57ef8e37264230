// Guards of conceptual message wrappers, and of the CBOR that they are written in.
import { type Edit, becomes, of, pointsOf, refuses } from './point.js'

const cmw = (...comments: readonly string[]): readonly string[] => of('container/cmw', ...comments)
const nothing = { instead: { code: 'TypeError', reason: 'there is no evidence to read' } } as const
// Neither bytes nor evidence: the length of a report is asked for at the end.
const noReport = { instead: { code: 'REPORT_LENGTH', reason: 'what is no bytes is no report' } } as const

export const cmwEdits: readonly Edit[] = [
  ...pointsOf('encoding/cbor.ts', [
    refuses('short', 'length > BigInt(bytes.length - at)', cmw('a value that ends behind it'), {
      behind: ['encoding/cbor.end'],
    }),
    // As a power of two, which 31 is not taken for by anyone.
    refuses('definite', 'info > 27', cmw('a length of 16 bytes'), { behind: ['encoding/cbor.form'] }),
    refuses('form', 'value < least', cmw('a length of four bytes for two')),
    refuses('utf8', 'value === null', cmw('a label that is no UTF-8'), { behind: ['encoding/cbor.key'] }),
    refuses('key', '!isKey(key)', cmw('a label of bytes')),
    refuses('twice', 'out.has(key)', cmw('a label twice')),
    refuses('deep', 'depth > limits.maxDepth', cmw('nine collections, one in the other'), {
      behind: ['evidence/cmw.nest'],
    }),
    refuses('many', 'items === limits.maxItems', cmw('a TSM report with a list of 512')),
    refuses('simple', 'value === undefined', cmw('a TSM report with what is undefined')),
    refuses('end', 'at !== bytes.length', cmw('a byte behind it')),
  ]),
  ...pointsOf('evidence/cmw.ts', [
    refuses(
      'indicator',
      "typeof indicator !== 'number' || !Number.isInteger(indicator) || indicator < 1 || indicator > allBits",
      cmw('an indicator of an unknown bit'),
    ),
    refuses('list', '!Array.isArray(node) || node.length < 2 || node.length > 3', cmw('a record of four')),
    becomes(
      'base64',
      '/^[\\w-]+$/.test(text)',
      "(!on('.base64') || /^[\\w-]+$/.test(text))",
      cmw('base64 with padding'),
      { covers: ["if (typeof type !== 'string' || value === null) throw noRecord()"] },
    ),
    refuses('tag', '!(node.content instanceof Uint8Array)', cmw('a tag around a number'), noReport),
    refuses(
      'record',
      'named === undefined || !(value instanceof Uint8Array)',
      cmw('an aside of a negative number'),
    ),
    refuses('records', 'records.length === maxRecords', cmw('65 records')),
    refuses('nest', 'depth === maxCollections', cmw('five collections, one in the other')),
    refuses('nothing', 'found === 0', cmw('an empty collection')),
    refuses('uri', "typeof type !== 'string' || !collectionType.test(type)", cmw('a type that is no URI')),
    refuses(
      'bundle',
      'type.startsWith(bundleTypes)',
      cmw('the type of a bundle', 'the type of its next version'),
    ),
    refuses(
      'unread',
      'alone || isEvidence',
      cmw('an aside without an indicator', 'an aside that is evidence'),
    ),
    refuses(
      'says',
      'indicator !== null && (indicator & kind.bit) === 0',
      cmw('a report that is endorsements'),
    ),
    refuses('none', 'report === undefined', cmw('a table alone'), nothing),
    refuses('two', 'others.length > 0', cmw('two reports')),
    refuses(
      'tables',
      'more.length > 0 || leaves.length + authorities.length + crls.length > 0',
      cmw('two tables', 'a table beside a TSM report with one'),
    ),
    refuses('map', '!(members instanceof Map)', cmw('a TSM report that is a list'), nothing),
    refuses(
      'known',
      "typeof key !== 'string' || !tsmNames.has(key)",
      cmw('a TSM report with an unknown name'),
    ),
    refuses('outblob', '!(report instanceof Uint8Array)', cmw('a TSM report whose report is text'), noReport),
    refuses('auxblob', '!(table instanceof Uint8Array)', cmw('a TSM report whose table is text')),
  ]),
]
