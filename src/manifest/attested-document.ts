/**
 * Manifests of schema `attested/manifest@1`: who takes part, which code runs, what it reads and may reach, between
 * which components data flows, and who receives what leaves. Every member is required.
 */
import type { ManifestModel } from './model.js'
import { type Shape, list, oneOf, orNull, record, text } from './shape.js'

/** What a component may reach beyond the data it reads. What is not listed, the system has to withhold. */
export const capabilities = [
  'filesystem',
  'network',
  'http',
  'clock',
  'random',
  'environment',
  'stdio',
] as const

export type Capability = (typeof capabilities)[number]

/** A document of schema `attested/manifest@1`. */
export interface AttestedManifestDocument {
  readonly schema: 'attested/manifest@1'
  readonly title: string
  readonly participants: readonly { readonly name: string; readonly did: string }[]
  readonly components: readonly {
    readonly name: string
    readonly participant: string
    /** `sha256:`, `sha384:` or `sha512:` and lower-case hex; `null`: not pinned, which rule M15 refuses. */
    readonly digest: string | null
  }[]
  readonly data: readonly {
    readonly name: string
    readonly participant: string
    readonly digest: string | null
  }[]
  /** One entry per component. */
  readonly permissions: readonly {
    readonly component: string
    /** Names of data and of outputs. */
    readonly reads: readonly string[]
    readonly capabilities: readonly Capability[]
  }[]
  /** Two components that exchange data, both ways. */
  readonly channels: readonly { readonly from: string; readonly to: string }[]
  readonly outputs: readonly {
    readonly name: string
    readonly component: string
    /** Names of participants. */
    readonly receivers: readonly string[]
  }[]
}

/** No agreement comes near; every rule stays fast below. */
export const maxItems = 4096
export const maxName = 128
/** DIDs that hold a key are long. */
export const maxDid = 2048

const name = text(maxName)
const digest = orNull(
  text(
    7 + 128,
    /^(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/,
    'sha256:, sha384: or sha512: and lower-case hex, or null',
  ),
)
const named = record({ name, participant: name, digest })

export const attestedShape: Shape<AttestedManifestDocument> = record<AttestedManifestDocument>({
  schema: oneOf(['attested/manifest@1']),
  title: text(256),
  participants: list(record({ name, did: text(maxDid) }), maxItems),
  components: list(named, maxItems),
  data: list(named, maxItems),
  permissions: list(
    record({
      component: name,
      reads: list(name, maxItems),
      capabilities: list(oneOf(capabilities), capabilities.length),
    }),
    maxItems,
  ),
  channels: list(record({ from: name, to: name }), maxItems),
  outputs: list(record({ name, component: name, receivers: list(name, maxItems) }), maxItems),
})

/** The document as the rules see it. */
export function modelOfAttested(document: AttestedManifestDocument): ManifestModel {
  const references = (path: string, names: readonly string[]) =>
    names.map((item, index) => ({ path: `${path}/${index}`, name: item }))
  return {
    schema: 'attested/manifest@1',
    participants: document.participants.map((item, i) => ({ path: `/participants/${i}`, ...item })),
    components: document.components.map((item, i) => ({ path: `/components/${i}`, ...item })),
    data: document.data.map((item, i) => ({ path: `/data/${i}`, ...item })),
    permissions: document.permissions.map((item, i) => ({
      path: `/permissions/${i}`,
      component: item.component,
      reads: references(`/permissions/${i}/reads`, item.reads),
      imports: references(`/permissions/${i}/capabilities`, item.capabilities),
    })),
    outputs: document.outputs.map((item, i) => ({
      path: `/outputs/${i}`,
      name: item.name,
      component: item.component,
      receivers: references(`/outputs/${i}/receivers`, item.receivers),
    })),
    channels: document.channels.map((item, i) => ({ path: `/channels/${i}`, ...item })),
    composition: null,
    references: null,
  }
}
