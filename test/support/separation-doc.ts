// What keeps the profiles apart, as a table that is computed from their declarations.
import { type Profile, definitionOf } from '../../src/binding/profile.js'
import { separationOf } from '../../src/binding/separation.js'
import { profileIds, profileNamed } from '../../src/profiles/registry.js'

// Documents are written and compared synchronously.
const profiles: readonly Profile[] = (await Promise.all(profileIds.map(profileNamed))).filter(
  (profile) => profile !== null,
)

const cell = (text: string): string => text.replaceAll('|', '\\|')

export function separationDoc(): string {
  const overview = profiles.map((profile) => {
    const { title, source, weak = [], experimental, freshness } = definitionOf(profile)
    const [fresh = ''] = Object.keys(freshness)
    const remarks = [
      ...weak.map(({ rule, reason }) => `weak (${rule}): ${reason}`),
      ...(experimental === undefined ? [] : [`experimental: ${experimental}`]),
    ]
    return `| \`${profile.id}\` | ${cell(title)} | ${fresh} | ${cell(source)} | ${cell(remarks.join('; '))} |`
  })
  const pairs = profiles.flatMap((a, at) =>
    profiles.slice(at + 1).map((b) => {
      const { kind, reason } = separationOf(a, b)
      return `| \`${a.id}\` | \`${b.id}\` | ${kind} | ${cell(reason)} |`
    }),
  )
  return [
    '# What keeps profiles apart',
    '',
    'Generated from the declarations in `src/profiles` by `npm run docs`. For every two profiles: why evidence for one',
    'cannot pass as evidence for the other. `tag`: what is hashed begins differently. `layout`: digests of other',
    'algorithms, sizes or places. `carrier`: other fields of the report. `codec`, `key`: the same bytes, read or signed',
    'differently. `nothing`: pin the bytes yourself, and state the software in your policy.',
    '',
    '| Profile | What | Freshness | Source | Remarks |',
    '| --- | --- | --- | --- | --- |',
    ...overview,
    '',
    '| One | Other | Kept apart by | |',
    '| --- | --- | --- | --- |',
    ...pairs,
    '',
  ].join('\n')
}
