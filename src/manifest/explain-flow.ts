/** The data flow of a manifest in words: for each data item, what can come to hold it and whom it can come to. */
import { grouped, shownName, shownNames } from './explain-words.js'
import type { AttestedExpectations } from './expectations.js'
import { flowOfModel } from './flow.js'
import type { DataItem, ManifestModel, Output } from './model.js'

/** One sentence on a data item. */
export interface FlowSentence {
  readonly item: DataItem
  readonly text: string
  readonly warning: boolean
}

/** Outputs that are looked through for a reason. What is said without one is as true. */
const maxReasons = 64
/** Receivers that get a reason of their own. */
const maxExplained = 8

/** One sentence per data item, in the order of the document. */
export function flowSentences(
  model: ManifestModel,
  expectations: AttestedExpectations | null,
): readonly FlowSentence[] {
  const flow = flowOfModel(model)
  const outputs = outputsByReceiver(model)
  const allowedFor = new Map(Object.entries(expectations?.receiversOf ?? {}))
  return model.data.map((item) => {
    const receivers = flow.receivers(item.name)
    const holders = flow.readers(item.name)
    const senders = flow.leaves(item.name)
    // As in rule M11: what I listed is judged whoever brings it, and mine that I did not list may come to nobody.
    const judged =
      expectations !== null && (item.participant === expectations.self || allowedFor.has(item.name))
    const allowed = new Set(allowedFor.get(item.name) ?? [])
    const unwanted = judged ? receivers.filter((name) => !allowed.has(name)) : []
    const parts = [
      holders.length === 0 ? 'no component can come to hold it' : `can come to ${shownNames(holders)}`,
      receivers.length === 0
        ? 'no participant can receive anything that is made of it'
        : `can reach ${reasons(receivers, new Set(holders), outputs)}`,
      ...(senders.length === 0
        ? []
        : [`${shownNames(senders)} can send it over the network, nobody says where`]),
      ...(unwanted.length === 0 ? [] : [`you do not name ${shownNames(unwanted)}`]),
    ]
    return { item, text: parts.join('; '), warning: senders.length > 0 || unwanted.length > 0 }
  })
}

function outputsByReceiver({ outputs }: ManifestModel): ReadonlyMap<string, readonly Output[]> {
  const pairs = outputs.flatMap((output) => output.receivers.map(({ name }) => ({ name, output })))
  return new Map(
    [...grouped(pairs, ({ name }) => name)].map(([name, group]) => [
      name,
      group.slice(0, maxReasons).map(({ output }) => output),
    ]),
  )
}

/** `fabless (by report.json of optimizer)` for the first few. */
function reasons(
  receivers: readonly string[],
  holders: ReadonlySet<string>,
  outputs: ReadonlyMap<string, readonly Output[]>,
): string {
  const first = receivers.slice(0, maxExplained).map((receiver) => {
    const output = outputs.get(receiver)?.find(({ component }) => holders.has(component))
    const reason =
      output === undefined ? '' : ` (by ${shownName(output.name)} of ${shownName(output.component)})`
    return `${shownName(receiver)}${reason}`
  })
  const more = receivers.length > maxExplained ? ` and ${receivers.length - maxExplained} more` : ''
  return `${first.join(', ')}${more}`
}
