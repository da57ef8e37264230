/** Rules M3 and M7: names mean one thing each, to a file system and to a composition too. */
import type { Located, ManifestModel } from './model.js'
import { type RuleOutcome, type RuleSubject, found, repeats } from './rule.js'
import { quoted } from './shape.js'

/**
 * M3. The agent keeps the state of submissions in one table by bare name: two items of one name count as both
 * submitted when one is, and execution starts early. So components and data share one name space.
 */
export function uniqueNameRule({ model }: RuleSubject): RuleOutcome {
  return found(
    repeats([...model.components, ...model.data], ({ name }) => name).map(({ item, first }) => ({
      path: item.path,
      message: `the name ${quoted(item.name)} is that of ${first.path} too`,
    })),
  )
}

type Kind = 'participant' | 'component' | 'data item' | 'output'

interface Named extends Located {
  readonly name: string
  readonly kind: Kind
}

/**
 * M7. Names become parts of paths: an output called `../keys/private_key.pem` would hand out the key of the machine,
 * and one called `/etc/hostname` that file. ASCII only, since names that look alike are not the same to a program.
 */
export function nameRule({ model }: RuleSubject): RuleOutcome {
  return found(
    namesOf(model).flatMap(({ path, name, kind }) => {
      const problem = problemOf(name, kind, model.schema === '2cvm-agent/1')
      return problem === null ? [] : [{ path, message: `the ${kind} name ${quoted(name)} ${problem}` }]
    }),
  )
}

const plainName = /^[A-Za-z0-9][A-Za-z0-9._-]*$/
// The grammar of WAC and of the component model: words of one case, each beginning with a letter.
const wacName = /^(?:[a-z][a-z0-9]*|[A-Z][A-Z0-9]*)(?:-(?:[a-z][a-z0-9]*|[A-Z][A-Z0-9]*))*$/
const reserved: ReadonlySet<string> = new Set(['root', 'self'])

function problemOf(name: string, kind: Kind, agent: boolean): string | null {
  if (!plainName.test(name)) return 'has other characters than ASCII letters, digits, ".", "_" and "-"'
  if (name.includes('..')) return 'has ".."'
  if (!agent) return null
  // What fails the agent's own check of interfaces stays on its disk under this name, ready to be instantiated.
  if (name.endsWith('-quarantine')) return 'is that of a component that the agent put aside'
  if (kind === 'output') return null
  // The agent answers an error to these, and is locked all the same.
  if (reserved.has(name)) return 'is reserved by the agent'
  if (kind !== 'data item' && !wacName.test(name)) return 'is no name in WAC'
  return null
}

function namesOf(model: ManifestModel): readonly Named[] {
  const as = (kind: Kind, items: readonly (Located & { readonly name: string })[]): readonly Named[] =>
    items.map(({ path, name }) => ({ path, name, kind }))
  return [
    ...as('participant', model.participants),
    ...as('component', model.components),
    ...as('data item', model.data),
    ...as('output', model.outputs),
  ]
}
