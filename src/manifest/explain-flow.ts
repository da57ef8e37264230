/** The data flow of a manifest in words: for each data item, what can come to hold it and whom it can come to. */
import { grouped, perName, shownName, shownSet } from './explain-words.js'
import type { AttestedExpectations } from './expectations.js'
import { flowOfModel } from './flow.js'
import type { DataItem, ManifestModel, Output } from './model.js'
import { type NameSet, hasName, namesIn, setOfNames, sizeOfSet, without } from './name-set.js'

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
  const { reachOf } = flowOfModel(model)
  const outputs = outputsByReceiver(model)
  const allowedFor = new Map(Object.entries(expectations?.receiversOf ?? {}))
  const about = perName((name) => {
    const { readers, receivers, leaves } = reachOf(name)
    const unnamed = without(receivers, setOfNames(receivers.list, allowedFor.get(name) ?? []))
    return {
      holders: shownSet(readers),
      reached: sizeOfSet(receivers) === 0 ? null : reasons(receivers, readers, outputs),
      senders: shownSet(leaves),
      unnamed: shownSet(unnamed),
    }
  })
  return model.data.map((item) => {
    const { holders, reached, senders, unnamed } = about(item.name)
    // As in rule M11: what I listed is judged whoever brings it, and mine that I did not list may come to nobody.
    const judged =
      expectations !== null && (item.participant === expectations.self || allowedFor.has(item.name))
    const unwanted = judged ? unnamed : null
    const parts = [
      holders === null ? 'no component can come to hold it' : `can come to ${holders}`,
      reached === null ? 'no participant can receive anything that is made of it' : `can reach ${reached}`,
      ...(senders === null ? [] : [`${senders} can send it over the network, nobody says where`]),
      ...(unwanted === null ? [] : [`you do not name ${unwanted}`]),
    ]
    return { item, text: parts.join('; '), warning: senders !== null || unwanted !== null }
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
  receivers: NameSet,
  holders: NameSet,
  outputs: ReadonlyMap<string, readonly Output[]>,
): string {
  const first = namesIn(receivers, maxExplained).map((receiver) => {
    const output = outputs.get(receiver)?.find(({ component }) => hasName(holders, component))
    const reason =
      output === undefined ? '' : ` (by ${shownName(output.name)} of ${shownName(output.component)})`
    return `${shownName(receiver)}${reason}`
  })
  const count = sizeOfSet(receivers)
  const more = count > maxExplained ? ` and ${count - maxExplained} more` : ''
  return `${first.join(', ')}${more}`
}
