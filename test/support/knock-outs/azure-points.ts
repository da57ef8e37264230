// Guards of the evidence of Azure: blobs, documents, quotes.
import { type Edit, becomes, of, pointsOf, refuses } from './point.js'

const hcl = (...comments: readonly string[]): readonly string[] => of('container/azure-hcl', ...comments)
const vtpm = (...comments: readonly string[]): readonly string[] => of('container/az-snp-vtpm', ...comments)
const quote = (...comments: readonly string[]): readonly string[] => of('end-to-end/azure-hcl', ...comments)

/** By the names in the table of words. */
const words: readonly (readonly [name: string, comment: string])[] = [
  ['signature', 'another signature'],
  ['version', 'version 3'],
  ['request type', 'request type 3'],
  ['status', 'status 1'],
  ['version of the request data', 'request data of version 2'],
  ['report type', 'a report of TDX'],
  ['hash type', 'hash type 2'],
]

export const azureEdits: readonly Edit[] = [
  ...pointsOf('evidence/hcl.ts', [
    refuses('short', 'blob.length < claimsAt', hcl('one byte before the claims'), {
      instead: { code: 'RangeError', reason: 'there is nothing to read' },
    }),
    {
      find: 'if (!known.includes(value))',
      replace: 'if (on(`.word.${name}`) && !known.includes(value))',
      points: words.map(([name, comment]) => ({ id: `word.${name}`, cases: hcl(comment) })),
    },
    refuses('reserved', '!isFilledWith(blob, 0, 0x14, headerBytes)', hcl('a reserved byte')),
    refuses('outside', 'end > blob.length', hcl('claims that end behind the blob')),
    refuses(
      'sizes',
      'u32le(blob, requestAt) !== end - requestAt || u32le(blob, 0x08) !== end',
      hcl('another size of the whole', 'another size of the request'),
    ),
    refuses('behind', '!isFilledWith(blob, 0, end)', hcl('a byte behind the claims')),
  ]),
  ...pointsOf('evidence/az-snp-vtpm.ts', [
    refuses(
      'version',
      "!isOld && ![1, 2].some((version) => version === members['version'])",
      vtpm('version 3'),
    ),
    refuses('pcrs', 'values.length === 0 || values.length > maxPcrs', vtpm('no PCR', '25 PCRs')),
    refuses('pcr', 'pcrs.some(({ length }) => length !== pcrBytes)', vtpm('PCRs of 31 and 33 bytes')),
  ]),
  ...pointsOf('evidence/thim.ts', [
    // Certificates are evidence with an empty report.
    becomes(
      'report',
      "throw malformed(what, 'certificates without",
      "if (!on('.report')) return { report: bytes.subarray(0, 0), leaves: [], authorities: [], crls: [] }\n    throw malformed(what, 'certificates without",
      of('container/thim', 'in the place of evidence'),
      { instead: { code: 'REPORT_LENGTH', reason: 'there is no report to accept' } },
    ),
  ]),
  ...pointsOf('binding/tpm-attest.ts', [
    // What is compared is also what is read past.
    becomes(
      'generated',
      'if (cursor.integer(4) !== generated)',
      "if (cursor.integer(4) !== generated && on('.generated'))",
      quote('that no TPM made'),
    ),
    becomes(
      'type',
      'if (cursor.integer(2) !== attestQuote)',
      "if (cursor.integer(2) !== attestQuote && on('.type'))",
      quote('that certifies a key'),
    ),
    refuses('short', 'at + length > bytes.length', quote('cut short'), {
      behind: ['binding/azure-codecs.digest'],
      instead: { code: 'BINDING_MISMATCH', reason: 'what is missing is in no digest' },
    }),
    refuses('long', 'length > max', quote('with a name of 67 bytes')),
    refuses('banks', 'banks > maxBanks', quote('over 17 banks'), { behind: ['binding/azure-codecs.bank'] }),
    refuses('behind', 'cursor.left() > 0', quote('with a byte behind it')),
  ]),
  ...pointsOf('binding/azure-codecs.ts', [
    // A key is a list of one.
    becomes(
      'list',
      "if (!Array.isArray(keys)) throw malformed(what, 'keys is not a list')\n    const list: readonly JsonValue[] = keys",
      "if (!Array.isArray(keys) && on('.list')) throw malformed(what, 'keys is not a list')\n    const list: readonly JsonValue[] = Array.isArray(keys) ? keys : [keys]",
      quote('with a key in the place of the list'),
    ),
    // The first one is taken.
    refuses('key', 'key === undefined || another !== undefined', quote('with two attestation keys')),
    refuses(
      'bank',
      'selection?.bank !== sha256Bank || another !== undefined',
      quote('over the bank of SHA-1', 'over two banks'),
    ),
    refuses(
      'selection',
      'selected.length !== selectionBytes || isFilledWith(selected, 0)',
      quote('over no PCR'),
    ),
    refuses('digest', 'pcrDigest.length !== digestBytes', quote('with a digest of 20 bytes'), {
      instead: { code: 'BINDING_MISMATCH', reason: 'no digest of SHA-256 has another length' },
    }),
  ]),
]
