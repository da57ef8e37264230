// The table of checks in docs/guarantees.md: ids and sources from the registry, codes from the vectors that only this
// check refuses, and who can leave a check open from what a policy may say.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { readPolicyDocument } from '../../src/appraisal/schema.js'
import { bindingChecks } from '../../src/binding/verify-binding.js'
import { isVerificationError } from '../../src/errors/error.js'
import type { JsonValue } from '../../src/errors/error.js'
import { checkRegistry } from '../../src/verify/registry.js'
import { fullDocument } from './policy-document.js'
import { editPolicy, pathsOf } from './policy-edit.js'
import { repositoryRoot } from './real-folder.js'

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;')

interface Group {
  readonly tests: readonly { readonly code: string | null; readonly failed: readonly string[] }[]
}

/** The codes that a failure of each check gives, in the order of the vectors' stages and tests. */
export function codesOfChecks(): ReadonlyMap<string, readonly string[]> {
  const codes = new Map<string, Set<string>>()
  const folder = join(repositoryRoot(), 'vectors')
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  for (const { name } of files.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    for (const file of readdirSync(join(folder, name)).filter((one) => one === `${name}.json`)) {
      const { groups = [] } = JSON.parse(readFileSync(join(folder, name, file), 'utf8')) as {
        groups?: readonly Group[]
      }
      for (const { code, failed } of groups.flatMap(({ tests }) => tests)) {
        const [first] = failed
        if (first === undefined || code === null) continue
        codes.set(first, (codes.get(first) ?? new Set()).add(code))
      }
    }
  }
  return new Map([...codes].map(([id, found]) => [id, [...found].sort()]))
}

/** The key of a policy at which a check can be left open: its own, or the next one above it. `null`: none. */
export function openAt(id: string): string | null {
  const isFloor = id.startsWith('tcb.')
  const place = isFloor ? id.replace('tcb.', 'tcb.floors.0.') : id
  // A check whose id is no key of the document, such as revocation.revoked, is not the policy's to leave open.
  if (!placesOfDocument.has(place)) return null
  if (takes(place)) return isFloor ? `\`${id}\` of a floor` : `\`${id}\``
  const above = isFloor ? 'tcb' : id.split('.').slice(0, -1).join('.')
  return above !== '' && takes(above) ? `\`${above}\`` : null
}

const placesOfDocument: ReadonlySet<string> = new Set(pathsOf(fullDocument).members)

/** True if the document takes `{ unchecked }` at a path that it has. */
function takes(path: string): boolean {
  try {
    const edited: unknown = editPolicy(fullDocument, { [path]: { unchecked: 'why' } })
    readPolicyDocument(edited as JsonValue)
    return true
  } catch (error) {
    if (isVerificationError(error)) return false
    throw error
  }
}

/** Checks that are left open where their subject is not there; the rest of the registry is never. */
const withoutSubject: Readonly<Record<string, string>> = {
  'revocation.signature': 'nobody; open without a CRL',
  'revocation.revoked': 'nobody; open without a CRL',
}

const callersBinding = new Set(bindingChecks.map(({ id }) => id).filter((id) => id.startsWith('binding')))

/** Codes of checks that need a challenge store, which no vector has. */
const withStore: ReadonlyMap<string, readonly string[]> = new Map([
  ['freshness.purpose', ['FRESHNESS_PURPOSE', 'FRESHNESS_REPLAYED']],
])

export function whoLeavesOpen(id: string): string {
  if (callersBinding.has(id)) return 'the caller'
  const key = openAt(id)
  return key === null ? (withoutSubject[id] ?? 'nobody') : `policy ${key}`
}

export function guaranteesDoc(): string {
  const codes = codesOfChecks()
  const rows = checkRegistry.map(({ id, source }) => {
    const found = codes.get(id) ?? withStore.get(id)
    if (found === undefined) throw new Error(`no vector shows the code of ${id}`)
    return `| \`${id}\` | ${cell(source)} | ${found.map((code) => `\`${code}\``).join(', ')} | ${whoLeavesOpen(id)} |`
  })
  const table = ['| Check | Source | Codes | Left open by |', '| --- | --- | --- | --- |', ...rows].join('\n')
  const template = readFileSync(join(repositoryRoot(), 'docs/guarantees.in.md'), 'utf8')
  const [before, after, ...more] = template.split('<!-- checks -->')
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error('docs/guarantees.in.md must have one place for the checks')
  return before + table + after
}
