// Guards of src/binding on the way from the report to accepted claims. The checks of the registry are in
// check-points.ts, what quotes of a TPM are in azure-points.ts.
import { type Edit, becomes, of, pointsOf } from './point.js'

const direct = (...comments: readonly string[]): readonly string[] => of('profile/2cvm-direct', ...comments)
const agent = (part: string, ...comments: readonly string[]): readonly string[] =>
  of(`profile/2cvm-agent/${part}`, ...comments)

const key = 'crypto/statement-key'

export const bindingEdits: readonly Edit[] = [
  ...pointsOf('binding/run-profile.ts', [
    // What is missing is empty.
    {
      find: 'const bytes =\n    given.inputs.get(name)',
      replace: 'let bytes =\n    given.inputs.get(name)',
      points: [],
    },
    becomes(
      'missing',
      'if (bytes === undefined) {',
      "if (!on('.missing')) bytes ??= new Uint8Array()\n  if (bytes === undefined) {",
      direct('no key, and a commitment to an empty one'),
      { behind: ['binding/run-profile.length'] },
    ),
    {
      find: 'if (bytes.length < min || bytes.length > max) {',
      replace: "if (on('.length') && (bytes.length < min || bytes.length > max)) {",
      points: [
        {
          id: 'length',
          cases: agent('sizes', 'a key with 4 KiB of line ends behind it'),
          behind: [`${key}.longest`, `${key}.form`],
        },
      ],
    },
    // A guest that is not locked has signed nothing, so there is nothing to verify.
    becomes(
      'locked',
      'return followSign(edge, run)',
      "return !on('.locked') && !run.context.attachments.has(edge.signature) ? undefined : followSign(edge, run)",
      agent(
        'signature',
        'neither manifest nor signature',
        'a manifest without a signature',
        'a signature without a manifest',
      ),
    ),
    {
      find: 'return followDecode(edge, run)',
      replace:
        "return !on('binding/run-profile.locked') && !run.found.has(edge.of) ? undefined : followDecode(edge, run)",
      points: [],
    },
    becomes(
      'signature',
      'if (!holds) {',
      "if (on('.signature') && !holds) {",
      agent(
        'signature',
        'a character of the manifest changed',
        'byte 0 of the signature changed',
        'byte 255 of the signature changed',
        'a signature by another key than the committed one',
        'a salt of 221 bytes',
        'a salt of 32 bytes',
        'a salt of 0 bytes',
        'RSASSA-PSS with SHA-384',
        'a mask by SHA-1',
        'RSASSA-PKCS1-v1_5',
        'a signature with a zero before it',
        'a signature of 256 zeros',
      ),
    ),
  ]),
  ...pointsOf('binding/accept.ts', [
    // What the report does not commit to is passed over.
    becomes(
      'claimed',
      'if (claim === undefined) throw',
      "if (claim === undefined && !on('.claimed')) continue\n      if (claim === undefined) throw",
      agent('acceptance', 'a signature that is pinned'),
    ),
    {
      find: 'if (equalBytes(actual, expected)) return',
      replace:
        "if (equalBytes(actual, expected) || !on(isDocument ? 'binding/accept.document' : 'binding/accept.other')) return",
      covers: ['if (!isDocument) throw notAccepted('],
      points: [
        {
          id: 'document',
          cases: [
            ...['sha256', 'sha384', 'sha512'].flatMap((algorithm) => [
              ...agent('acceptance', `another manifest than the one pinned by ${algorithm}`),
              ...of('binding/acceptance', `another manifest than the one pinned by ${algorithm}`),
            ]),
            ...agent('acceptance', 'pinned by the digest of the canonical form'),
            ...of(
              'binding/acceptance',
              'pinned by the digest of the text as it is',
              'pinned by its SHA-384, which begins with the right SHA-256',
            ),
          ],
        },
        {
          id: 'other',
          cases: [
            ...agent('acceptance', 'another key than the pinned one'),
            ...direct('another key than the pinned one'),
          ],
        },
      ],
    },
  ]),
]
