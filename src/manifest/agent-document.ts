/**
 * Manifests of the 2cVM attestation agent, schema `2cvm-agent/1`: the shape that its own model signs.
 *
 * Members stand in the order in which the agent writes them, because its signature is over those bytes.
 */
import { maxDid, maxItems, maxName } from './attested-document.js'
import type { ManifestModel, Permission, Reference } from './model.js'
import { type Shape, isObject, list, record, text } from './shape.js'

/** What a component may do with data: one source, or several. */
export type AgentDataPermission =
  | { readonly type: string; readonly sources: readonly string[] }
  | { readonly type: string; readonly source: string }

export interface AgentPermission {
  readonly component: string
  readonly data_permissions: readonly AgentDataPermission[]
  readonly output: readonly {
    readonly type: string
    readonly function: string
    readonly name: string
    readonly participant: string
  }[]
  readonly wasi_imports: readonly string[]
}

/** A document of schema `2cvm-agent/1`, with the agent's own member names. */
export interface AgentManifestDocument {
  readonly participants: readonly { readonly name: string; readonly DID: string }[]
  readonly components: readonly { readonly name: string; readonly participant: string }[]
  readonly data: readonly { readonly name: string; readonly participant: string }[]
  /** WAC text. */
  readonly composition: string
  readonly permissions: readonly AgentPermission[]
  readonly transferRequestIdIMEC: string
  readonly transferRequestIdFabless: string
}

/** Texts that no rule reads: any characters, within reason. */
export const maxFreeText = 1024
const maxComposition = 1024 * 1024

const name = text(maxName)
const free = text(maxFreeText)
const named = record({ name, participant: name })
const severalSources = record<{ type: string; sources: readonly string[] }>({
  type: free,
  sources: list(name, maxItems),
})
const oneSource = record<{ type: string; source: string }>({ type: free, source: name })

/** The agent keeps one of the two and drops the other without a word, so a document has exactly one. */
const dataPermission: Shape<AgentDataPermission> = (value, path, problems) => {
  if (!isObject(value) || !Object.hasOwn(value, 'sources')) return oneSource(value, path, problems)
  if (Object.hasOwn(value, 'source')) {
    problems.push({ path, message: 'has both "source" and "sources", of which the agent drops one' })
    return undefined
  }
  return severalSources(value, path, problems)
}

export const agentShape: Shape<AgentManifestDocument> = record<AgentManifestDocument>({
  participants: list(record({ name, DID: text(maxDid) }), maxItems),
  components: list(named, maxItems),
  data: list(named, maxItems),
  composition: text(maxComposition),
  permissions: list(
    record<AgentPermission>({
      component: name,
      data_permissions: list(dataPermission, maxItems),
      output: list(record({ type: free, function: free, name, participant: name }), maxItems),
      wasi_imports: list(text(256), maxItems),
    }),
    maxItems,
  ),
  transferRequestIdIMEC: free,
  transferRequestIdFabless: free,
})

/**
 * The text that the agent signs: no white space, members in the order of its model, non-ASCII kept.
 *
 * The shape built the document in that order, all its leaves are strings, and no key is an integer that ECMAScript
 * would move to the front. The agent's writer escapes as ECMAScript does: quote, backslash, `\b \t \n \f \r`, other
 * control characters as `\u00xx` in lower case, and nothing else.
 */
export function agentText(document: AgentManifestDocument): string {
  return JSON.stringify(document)
}

/** The document as the rules see it. */
export function modelOfAgent(document: AgentManifestDocument): ManifestModel {
  return {
    schema: '2cvm-agent/1',
    participants: document.participants.map((item, i) => ({
      path: `/participants/${i}`,
      name: item.name,
      did: item.DID,
    })),
    components: document.components.map((item, i) => ({ path: `/components/${i}`, ...item, digest: null })),
    data: document.data.map((item, i) => ({ path: `/data/${i}`, ...item, digest: null })),
    permissions: document.permissions.map(permissionOf),
    outputs: document.permissions.flatMap(({ component, output }, i) =>
      output.map((item, k) => {
        const path = `/permissions/${i}/output/${k}`
        const receivers = [{ path: `${path}/participant`, name: item.participant }]
        return { path, name: item.name, component, receivers }
      }),
    ),
    channels: [],
    composition: { path: '/composition', text: document.composition },
    references: {
      transferRequestIdIMEC: document.transferRequestIdIMEC,
      transferRequestIdFabless: document.transferRequestIdFabless,
    },
  }
}

function permissionOf(item: AgentPermission, index: number): Permission {
  const path = `/permissions/${index}`
  const reads = item.data_permissions.flatMap((permission, k): readonly Reference[] => {
    const place = `${path}/data_permissions/${k}`
    if ('source' in permission) return [{ path: `${place}/source`, name: permission.source }]
    return permission.sources.map((source, n) => ({ path: `${place}/sources/${n}`, name: source }))
  })
  const imports = item.wasi_imports.map((one, k) => ({ path: `${path}/wasi_imports/${k}`, name: one }))
  return { path, component: item.component, reads, imports }
}
