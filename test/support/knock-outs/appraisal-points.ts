// Guards of policies: combinations that would state nothing, or something that can never hold.
import { type Edit, becomes, of, pointsOf, refuses } from './point.js'

const sense = (...comments: readonly string[]): readonly string[] => of('policy/sense', ...comments)
const guards = (...comments: readonly string[]): readonly string[] => of('policy/guards', ...comments)

export const appraisalEdits: readonly Edit[] = [
  ...pointsOf('appraisal/policy.ts', [
    refuses(
      'idBlock',
      'isUnchecked(idBlock.idKeyDigests) && isUnchecked(idBlock.authorKeyDigests)',
      sense('idBlock states no key'),
    ),
    {
      find: 'digests.some(isZeroHex)',
      replace: 'on(`.zeroDigest.${name}`) && digests.some(isZeroHex)',
      points: [
        { id: 'zeroDigest.idKeyDigests', cases: sense('an ID key digest of zeros') },
        {
          id: 'zeroDigest.authorKeyDigests',
          cases: guards('an author key digest of zeros, under AUTHOR_KEY_EN'),
        },
      ],
    },
    becomes(
      'identity',
      'if (isUnchecked(identity)) return',
      "if (isUnchecked(identity) || !on('.identity')) return",
      sense('identity required, nothing states the software'),
      { covers: ["if (isUnchecked(idBlock) || idBlock === 'none')"] },
    ),
    refuses('chips', 'document.chips.some(isZeroHex)', guards('a chip of zeros beside the right one')),
    refuses(
      'arkSigned',
      "intermediates === 'arkSigned'",
      sense('arkSigned with revocation unchecked', 'arkSigned with crl unchecked'),
    ),
    refuses('firmwareByte', 'Math.max(major, minor, build) > 255', guards('firmware 1.49.256')),
    refuses('firmwareMinor', 'minor < 49', of('policy/values', "firmware 1.37.23, a bulletin's hexadecimal")),
  ]),
  ...pointsOf('appraisal/schema.ts', [
    // Whatever the document says is taken as it stands.
    becomes(
      'document',
      'if (read.success) return read.data',
      "if (!on('.document')) return value\n  if (read.success) return read.data",
      [
        ...of(
          'policy/required',
          'an unknown key ',
          'an unknown key in denied',
          'a reason beside a statement',
        ),
        ...of('policy/values', 'freshness "none"'),
      ],
    ),
  ]),
  ...pointsOf('appraisal/floors.ts', [
    refuses('tie', 'tie !== -1', sense('two equal floors', 'two floors that are equally specific')),
    refuses(
      'family',
      "family !== 'any' && family !== productLines[product].family",
      guards('family 26 for Genoa, beside a floor for all of it'),
    ),
    refuses(
      'model',
      "model !== 'any' && productLineOf({ family: productLines[product].family, model }) !== product",
      guards('model 1 for Genoa, beside a floor for all of it'),
    ),
    refuses('fmc', "(stated.fmc !== undefined) !== (product === 'Turin')", [
      ...sense('fmc for Genoa'),
      ...guards('no fmc for Turin, beside a floor for Genoa'),
    ]),
    refuses(
      'microcode',
      "stated.microcode > 0 && siliconKeys.some((key) => floor[key] === 'any')",
      guards('a microcode floor of 1 for any stepping'),
    ),
    // A day before the first edition has the newest.
    becomes(
      'edition',
      'const edition = floorEditionAt(asOf)',
      "const edition = floorEditionAt(asOf) ?? (on('.edition') ? null : floorEditionAt(newestFloorEdition))",
      sense('recommended floors before the first edition'),
      { covers: ['if (edition === null)'] },
    ),
  ]),
]
