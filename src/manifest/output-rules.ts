/** Rules M8 and M11: who receives what. */
import { type Note, type RuleOutcome, type RuleSubject, found, repeats, shownNames, some } from './rule.js'
import { type NameSet, namesIn, setOfNames, sizeOfSet, without } from './name-set.js'
import { quoted } from './shape.js'

/** M8. All outputs share one folder, so that one of the same name replaces the other, receivers and all. */
export function outputRule({ model, expectations }: RuleSubject): RuleOutcome {
  const notes: Note[] = repeats(model.outputs, ({ name }) => name).map(({ item, first }) => ({
    path: item.path,
    message: `the name ${quoted(item.name)} is that of ${first.path} too`,
  }))
  if (model.schema === 'attested/manifest@1') {
    // In the other schema an output stands in the permission of its component: M5.
    const declared = new Set(model.components.map(({ name }) => name))
    for (const { path, component } of model.outputs) {
      if (!declared.has(component)) notes.push({ path, message: `${quoted(component)} is no component` })
    }
  }
  if (expectations === null) {
    return { notes, unchecked: ['without expectations nobody says which receivers are accepted'] }
  }
  const accepted = new Set(expectations.receivers)
  for (const { path, name } of model.outputs.flatMap(({ receivers }) => receivers)) {
    if (!accepted.has(name)) notes.push({ path, message: `${quoted(name)} is no accepted receiver` })
  }
  return found(notes)
}

/**
 * M11. My data, and what is derived from it, comes to nobody whom I do not name, whatever the components do within
 * the manifest. Data of mine that the expectations do not list may come to nobody: forgetting it must not open it.
 * Data that they list is judged even where the manifest calls it another's.
 */
export function flowRule({ model, expectations, flow }: RuleSubject): RuleOutcome {
  if (expectations === null) {
    return { notes: [], unchecked: ['without expectations nobody says whom my data may come to'] }
  }
  const { wiringKnown, reachOf } = flow()
  if (!wiringKnown)
    return { notes: [], unchecked: ['the composition can’t be read, so the flow is not known'] }
  const { self, receiversOf } = expectations
  const allowedFor = new Map(Object.entries(receiversOf))
  const judged = new Set<string>()
  const notes: Note[] = []
  const unchecked: string[] = []
  for (const { path, name, participant } of model.data) {
    if (judged.has(name) || (participant !== self && !allowedFor.has(name))) continue
    judged.add(name)
    const { receivers, leaves } = reachOf(name)
    const others = namesBeyond(receivers, allowedFor.get(name) ?? [])
    if (others !== null) notes.push({ path, message: `${quoted(name)} can come to ${others}` })
    const senders = sizeOfSet(leaves)
    if (senders > 0) {
      const names = some(namesIn(leaves, shownNames), senders)
      unchecked.push(`what ${names} may send over the network of ${quoted(name)} is not followed`)
    }
  }
  const absent = [...allowedFor.keys()].filter((name) => !judged.has(name))
  if (absent.length > 0)
    unchecked.push(`receiversOf names ${some(absent)}, which the manifest has not as data`)
  return { notes, unchecked }
}

/** The receivers that are not allowed, `null` if there is none. */
function namesBeyond(receivers: NameSet, allowed: readonly string[]): string | null {
  const beyond = without(receivers, setOfNames(receivers.list, allowed))
  const first = namesIn(beyond, shownNames + 1)
  if (first.length === 0) return null
  return first.length > shownNames ? `${some(first.slice(0, shownNames))} and others` : some(first)
}
