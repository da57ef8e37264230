/** Rules M5, M6, M9 and M10: what a component may read, import and reach. */
import { isAllowed, reachOf } from './capability.js'
import { type Note, type RuleOutcome, type RuleSubject, found, repeats } from './rule.js'
import { quoted } from './shape.js'

/**
 * M5. One entry per component: the agent's check of imports takes the first entry of a component and its output end
 * point takes all of them, so a second entry is a permission that nothing checked.
 */
export function permissionRule({ model }: RuleSubject): RuleOutcome {
  const declared = new Set(model.components.map(({ name }) => name))
  const permitted = new Set(model.permissions.map(({ component }) => component))
  const notes: Note[] = []
  for (const { path, name } of model.components) {
    if (!permitted.has(name)) notes.push({ path, message: `${quoted(name)} has no permission entry` })
  }
  for (const { path, component } of model.permissions) {
    if (!declared.has(component)) notes.push({ path, message: `${quoted(component)} is no component` })
  }
  for (const { item, first } of repeats(model.permissions, ({ component }) => component)) {
    notes.push({ path: item.path, message: `${quoted(item.component)} has an entry at ${first.path} too` })
  }
  return found(notes)
}

/** M6. What is read was declared, as data or as an output; anything else would be read from wherever it is found. */
export function sourceRule({ model }: RuleSubject): RuleOutcome {
  const declared = new Set([...model.data, ...model.outputs].map(({ name }) => name))
  return found(
    model.permissions
      .flatMap(({ reads }) => reads)
      .filter(({ name }) => !declared.has(name))
      .map(({ path, name }) => ({ path, message: `${quoted(name)} is neither data nor an output` })),
  )
}

// `ns:pkg/iface@1.2.3`, in ASCII. JavaScript's `$` without the flag `m` matches at the very end only, and its `[0-9]`
// means ASCII: the agent's own pattern takes a final line feed and the digits of every script.
const word = '(?:[a-z][a-z0-9]*|[A-Z][A-Z0-9]*)'
const id = `${word}(?:-${word})*`
const number = '(?:0|[1-9][0-9]*)'
const importPattern = new RegExp(`^${id}:${id}/${id}@${number}\\.${number}\\.${number}$`)

/** M9. Imports are exact names, each once; what is compared loosely stands for more than was agreed to. */
export function importRule({ model }: RuleSubject): RuleOutcome {
  return found(
    model.permissions.flatMap(({ imports }): readonly Note[] => [
      ...imports
        .filter(({ name }) => !importPattern.test(name))
        .map(({ path, name }) => ({
          path,
          message: `${quoted(name)} is not of the form namespace:package/interface@1.2.3`,
        })),
      ...repeats(imports, ({ name }) => name).map(({ item, first }) => ({
        path: item.path,
        message: `${quoted(item.name)} stands at ${first.path} too`,
      })),
    ]),
  )
}

/**
 * M10. The agent gives every component that imports the file system the folders of all parties, whatever its
 * permission says; and what can reach the network can take data anywhere. So both need leave by name.
 */
export function capabilityRule({ model, expectations }: RuleSubject): RuleOutcome {
  if (expectations === null) {
    return { notes: [], unchecked: ['without expectations nobody says which capabilities are allowed'] }
  }
  const allowed = new Set(expectations.capabilities)
  return found(
    model.permissions.flatMap(({ component, imports }) =>
      imports.flatMap(({ path, name }) => {
        const reach = reachOf(model.schema, name)
        if (reach === null || isAllowed(model.schema, name, allowed)) return []
        return [{ path, message: `${quoted(component)} can reach ${what[reach]} by ${quoted(name)}` }]
      }),
    ),
  )
}

const what = { files: 'the data and outputs of all', network: 'the network' } as const
