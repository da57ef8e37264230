/** A draft of expectations, out of a manifest, for a person to edit. */
import { VerificationError } from '../errors/error.js'
import { reachOf } from './capability.js'
import type { AgentExpectations, AttestedExpectations } from './expectations.js'
import { flowOfModel } from './flow.js'
import { type Manifest, requireManifest } from './manifest.js'
import { namesIn } from './name-set.js'
import { deepFreeze, quoted } from './shape.js'

/**
 * Writes down what a manifest does, as if one of its participants wanted exactly that. A draft: it says yes to
 * everything it saw, so it is worth something only after that participant has read and edited it. It is a plain
 * document; `parseExpectations` reads it back from JSON.
 *
 * @throws VerificationError `MANIFEST_PARTICIPANT` if the manifest does not list the participant.
 * @throws TypeError for wrong arguments.
 */
export function expectFor(
  manifest: Manifest,
  participantName: string,
): AttestedExpectations | AgentExpectations {
  const { model, schema, document } = requireManifest(manifest)
  if (typeof participantName !== 'string') throw new TypeError('participantName must be a string')
  const self = model.participants.find(({ name }) => name === participantName)
  if (self === undefined) {
    throw new VerificationError(
      'MANIFEST_PARTICIPANT',
      `participant ${quoted(participantName)} is not listed`,
      {},
    )
  }
  const flow = flowOfModel(model)
  const mine = model.data.filter(({ participant }) => participant === self.name)
  const denied = model.permissions.flatMap(({ imports }) =>
    imports.flatMap(({ name }) => (reachOf(schema, name) === null ? [] : [name])),
  )
  const draft: AttestedExpectations = {
    self: self.name,
    selfDid: self.did,
    receivers: [
      ...new Set(model.outputs.flatMap(({ receivers }) => receivers.map(({ name }) => name))),
    ].sort(),
    receiversOf: Object.fromEntries(
      mine.map(({ name }) => [name, [...namesIn(flow.reachOf(name).receivers)].sort()]),
    ),
    capabilities: [...new Set(denied)].sort(),
  }
  if (!('transferRequestIdIMEC' in document)) return deepFreeze(draft)
  const { transferRequestIdIMEC, transferRequestIdFabless } = document
  return deepFreeze({ ...draft, transferRequestIdIMEC, transferRequestIdFabless })
}
