/** Rules M2, M4 and M16: who takes part, and that it is the agreement that I know of. */
import type { ManifestModel, Reference } from './model.js'
import { type Note, type RuleOutcome, type RuleSubject, found, repeats } from './rule.js'
import { quoted } from './shape.js'

// W3C Decentralized Identifiers 1.0, §3.1. What follows a colon may be empty except at the end. No part can match
// another's characters, so matching is linear.
const didPattern =
  /^did:[a-z0-9]+:(?:(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})*:)*(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})+$/

/**
 * M2. Systems look a DID up and take the first participant that has it, so a second entry with one of the two would
 * act as the first. Whether a DID can be resolved is not looked at.
 */
export function participantRule({ model, expectations }: RuleSubject): RuleOutcome {
  const { participants } = model
  const notes: Note[] = [
    ...participants
      .filter(({ did }) => !didPattern.test(did))
      .map(({ path, did }) => ({ path, message: `${quoted(did)} is no DID` })),
    ...repeats(participants, ({ name }) => name).map(({ item, first }) => ({
      path: item.path,
      message: `the name ${quoted(item.name)} is that of ${first.path} too`,
    })),
    ...repeats(participants, ({ did }) => did).map(({ item, first }) => ({
      path: item.path,
      message: `the DID ${quoted(item.did)} is that of ${first.path} too`,
    })),
  ]
  if (expectations === null) {
    return {
      notes,
      unchecked: ['without expectations nobody says which participant I am, and with which DID'],
    }
  }
  const { self, selfDid } = expectations
  const mine = participants.filter(({ name }) => name === self)
  if (mine.length === 0) {
    notes.push({ path: '/participants', message: `I, ${quoted(self)}, am not listed` })
  }
  for (const { path, did } of mine) {
    if (did !== selfDid) {
      notes.push({
        path,
        message: `I, ${quoted(self)}, am listed with ${quoted(did)}, not ${quoted(selfDid)}`,
      })
    }
  }
  return found(notes)
}

/** M4. Who brings a component or data, or receives an output, is one of the participants. */
export function knownParticipantRule({ model }: RuleSubject): RuleOutcome {
  const known = new Set(model.participants.map(({ name }) => name))
  return found(
    namedParticipants(model)
      .filter(({ name }) => !known.has(name))
      .map(({ path, name }) => ({ path, message: `${quoted(name)} is no participant` })),
  )
}

function namedParticipants(model: ManifestModel): readonly Reference[] {
  return [
    ...[...model.components, ...model.data].map(({ path, participant }) => ({ path, name: participant })),
    ...model.outputs.flatMap(({ receivers }) => receivers),
  ]
}

/** M16. The transfer requests that the parties exchanged elsewhere; another one is another agreement. */
export function referenceRule({ model, expectations }: RuleSubject): RuleOutcome {
  if (expectations === null) {
    return { notes: [], unchecked: ['without expectations nobody says which transfer requests are meant'] }
  }
  const expected = new Map(Object.entries(expectations))
  return found(
    Object.entries(model.references ?? {})
      .filter(([key, value]) => expected.get(key) !== value)
      .map(([key, value]) => ({
        path: `/${key}`,
        message: `${quoted(value)} is not the expected ${quoted(String(expected.get(key)))}`,
      })),
  )
}
