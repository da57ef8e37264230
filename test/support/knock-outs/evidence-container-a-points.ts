// Guards of evidence in the containers of other projects, and of the encodings under them.
import { type Edit, becomes, of, pointsOf, refuses } from './point.js'

const go = (...comments: readonly string[]): readonly string[] => of('container/go-sev-guest', ...comments)
const trustee = (...comments: readonly string[]): readonly string[] =>
  of('container/trustee-snp', ...comments)
const tinfoil = (...comments: readonly string[]): readonly string[] => of('container/tinfoil', ...comments)

export const foreignContainerEdits: readonly Edit[] = [
  ...pointsOf('encoding/protobuf.ts', [
    refuses('end', 'at >= bytes.length', go('a report that ends inside a number')),
    refuses('wide', 'shift === 63n && byte > 1', go('a word of 65 bits'), {
      behind: ['evidence/report-parts.fits'],
    }),
    refuses('form', 'byte === 0 && shift > 0n', go('a version in two bytes')),
    refuses('short', 'length > BigInt(bytes.length - at)', go('a field that ends behind the message')),
    refuses('many', 'fields.length === limits.maxFields', go('129 extras')),
    refuses('number', 'key >> 3n === 0n || key >> 3n > maxNumber', go('field 0'), {
      behind: ['evidence/protobuf-fields.unknown'],
    }),
    // What is not read is skipped.
    becomes(
      'type',
      'if (holder === undefined) throw',
      "if (holder === undefined && !on('.type')) continue\n    if (holder === undefined) throw",
      go('a group'),
    ),
  ]),
  ...pointsOf('evidence/protobuf-fields.ts', [
    // What is not known is skipped.
    becomes(
      'unknown',
      'if (known === undefined) throw',
      "if (known === undefined && !on('.unknown')) continue\n    if (known === undefined) throw",
      go('a fourth field', 'field 32 of the report'),
    ),
    refuses('type', 'field.type !== type', go('a product that is a number')),
    refuses('twice', "times !== 'many'", go('two products', 'two reports', 'two VCEKs')),
  ]),
  ...pointsOf('evidence/report-parts.ts', [
    refuses('fills', 'value.length !== length', go('host data of 31 bytes')),
    refuses('fits', 'value >> BigInt(8 * length) !== 0n', go('a VMPL of 33 bits')),
  ]),
  ...pointsOf('evidence/go-sev-guest.ts', [
    refuses('cpuid', '!isOnlyForm', go('CPUID with a reserved bit')),
    refuses('key', 'key === null', go('an extra whose name is no text')),
    refuses('extra', 'values.has(key)', go('an extra twice')),
  ]),
  ...pointsOf('evidence/trustee-snp.ts', [
    refuses(
      'type',
      "typeof value !== 'string' || !['VCEK', 'VLEK', 'ASK', 'ARK', 'CRL'].includes(value)",
      trustee('a kind of certificate in lower case'),
    ),
    // One entry is a list of one.
    becomes(
      'list',
      "if (!Array.isArray(value)) throw malformed(where, 'not a list')",
      "if (!Array.isArray(value) && !on('.list')) return readChain([value])\n  if (!Array.isArray(value)) throw malformed(where, 'not a list')",
      trustee('a chain that is one entry'),
    ),
    refuses('many', 'entries.length > maxCertificates', trustee('17 entries')),
    refuses('twice', 'roles.has(role)', trustee('two ASKs')),
  ]),
  ...pointsOf('encoding/gzip.ts', [
    refuses(
      'header',
      'bytes.length < headerBytes + trailerBytes || first !== 0x1f || second !== 0x8b || method !== 8',
      tinfoil('gzip that begins otherwise'),
    ),
    refuses('flags', 'flags !== 0', tinfoil('gzip with a flag')),
    refuses('long', "content === 'too long'", tinfoil('gzip of more than a report'), {
      instead: { code: 'EVIDENCE_MALFORMED', reason: 'what came out was thrown away' },
    }),
    refuses('data', 'content === null', tinfoil('gzip whose data are none'), {
      instead: { code: 'TypeError', reason: 'nothing came out' },
    }),
    refuses(
      'behind',
      '(await inflate(body.slice(0, -1), limits.maxLength)) !== null',
      tinfoil('gzip with a byte behind its data'),
    ),
    refuses('length', 'u32le(bytes, trailer + 4) !== content.length', tinfoil('gzip with another length')),
    refuses('checksum', 'u32le(bytes, trailer) !== crc32(content)', tinfoil('gzip with another checksum')),
  ]),
  ...pointsOf('evidence/tinfoil.ts', [refuses('version', 'version === undefined', tinfoil('version 3'))]),
  ...pointsOf('evidence/tinfoil-bundle.ts', [
    refuses(
      'digest',
      'releaseDigest.length !== digestBytes',
      of('container/tinfoil-bundle', 'a digest of 31 bytes'),
    ),
  ]),
  ...pointsOf('evidence/attestation-rs.ts', [
    refuses('platform', "document['platform'] !== 'snp'", of('container/attestation-rs', 'another platform')),
  ]),
  ...pointsOf('evidence/teekit.ts', [
    refuses('type', "type !== null && type !== 'sev-snp'", of('container/teekit', 'of TDX')),
  ]),
]
