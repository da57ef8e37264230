// Guards of the offline bundle.
import { type Edit, becomes, of, pointsOf, refuses } from './point.js'

const bundle = (...comments: readonly string[]): readonly string[] =>
  of('container/attested-bundle', ...comments)

export const bundleEdits: readonly Edit[] = [
  ...pointsOf('evidence/bundle-document.ts', [
    refuses('parts', 'items.length > maxParts', bundle('65 attachments')),
    refuses('type', "memberOf(members, '__cmwc_t') !== bundleType", bundle('another type'), {
      behind: ['evidence/bundle-document.form'],
    }),
    refuses(
      'form',
      '!equalBytes(writeBundle(bundle), bytes)',
      bundle(
        'a line feed at the end',
        'members in another order',
        'an escaped label',
        'base64 with padding',
        'another media type of the report',
        'the report as an endorsement',
        'an empty collection',
      ),
    ),
    // What is no record has no bytes.
    becomes(
      'record',
      'if (bytes === null) throw malformed(what, `${where}',
      "if (bytes === null && !on('.record')) return new Uint8Array()\n  if (bytes === null) throw malformed(what, `${where}",
      bundle('a manifest that is null'),
      { behind: ['evidence/bundle-document.form'] },
    ),
    // A key of no kind is one that says none.
    becomes(
      'kind',
      'if (kind === undefined) throw',
      "if (kind === undefined && on('.kind')) throw",
      bundle('a key of no kind'),
      { behind: ['evidence/bundle-document.form'] },
    ),
    refuses('attachment', '!attachmentName.test(name)', bundle('an attachment with the name of a type')),
  ]),
]
