/** Rules M12 to M15: which code runs, and how its parts are joined. */
import type { CompositionFinding } from './composition.js'
import { type Note, type RuleOutcome, type RuleSubject, found, repeats } from './rule.js'
import { quoted } from './shape.js'

const unreadable = 'the composition can’t be read'

/** M12, in `composition.ts`. */
export function compositionRule(subject: RuleSubject): RuleOutcome {
  return found(ofRule(subject, 'M12'))
}

/** M13. A composition's wiring, or that the channels join declared components, each pair once. */
export function wiringRule(subject: RuleSubject): RuleOutcome {
  const { model, flow } = subject
  if (model.composition !== null) {
    return flow().wiringKnown ? found(ofRule(subject, 'M13')) : { notes: [], unchecked: [unreadable] }
  }
  const declared = new Set(model.components.map(({ name }) => name))
  const notes: Note[] = []
  for (const { path, from, to } of model.channels) {
    for (const name of new Set([from, to])) {
      if (!declared.has(name)) notes.push({ path, message: `${quoted(name)} is no component` })
    }
    if (from === to) notes.push({ path, message: `leads from ${quoted(from)} to itself` })
  }
  // Both ways, so a channel back is the same one.
  const pair = ({ from, to }: { readonly from: string; readonly to: string }): string =>
    JSON.stringify(from < to ? [from, to] : [to, from])
  for (const { item, first } of repeats(model.channels, pair)) {
    notes.push({ path: item.path, message: `joins the same two components as ${first.path}` })
  }
  return found(notes)
}

/** M14. A component that does nothing was agreed to for a reason that the manifest does not show. */
export function unusedRule(subject: RuleSubject): RuleOutcome {
  const { model, flow } = subject
  if (model.composition !== null) {
    return flow().wiringKnown ? found(ofRule(subject, 'M14')) : { notes: [], unchecked: [unreadable] }
  }
  const used = new Set([
    ...model.channels.flatMap(({ from, to }) => [from, to]),
    ...model.outputs.map(({ component }) => component),
    ...model.permissions.filter(({ reads }) => reads.length > 0).map(({ component }) => component),
  ])
  return found(
    model.components
      .filter(({ name }) => !used.has(name))
      .map(({ path, name }) => ({
        path,
        message: `${quoted(name)} reads nothing, writes nothing and has no channel`,
      })),
  )
}

/**
 * M15. Without a digest a name stands for whatever is submitted under it. `2cvm-agent/1` has no place for one, so there
 * it is a warning; `attested/manifest@1` has, so there unpinned code is an error. Data may be unknown in advance.
 */
export function pinRule({ model }: RuleSubject): RuleOutcome {
  const code = model.schema === 'attested/manifest@1' ? 'error' : 'warning'
  const unpinned = (severity: 'error' | 'warning', kind: string, items: typeof model.data): readonly Note[] =>
    items
      .filter(({ digest }) => digest === null)
      .map(({ path, name }) => ({
        path,
        severity,
        message: `no digest says which ${kind} ${quoted(name)} is`,
      }))
  return found([...unpinned(code, 'code', model.components), ...unpinned('warning', 'data', model.data)])
}

const ofRule = (subject: RuleSubject, rule: CompositionFinding['rule']): readonly Note[] =>
  subject.composition().filter((finding) => finding.rule === rule)
