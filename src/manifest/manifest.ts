/** A manifest that was read: its bytes, its document, and the model that the rules work on. Untrusted content. */
import { type DigestAlgorithm, digest, isDigestAlgorithm } from '../crypto/digests.js'
import { copyBytes } from '../encoding/bytes.js'
import { type AgentManifestDocument, modelOfAgent } from './agent-document.js'
import { type AttestedManifestDocument, modelOfAttested } from './attested-document.js'
import type { ManifestModel, ManifestSchema } from './model.js'
import { deepFreeze } from './shape.js'

declare const manifestBrand: unique symbol

/**
 * Which bytes a system commits to: the canonical form (RFC 8785) of the document, or the file as it is.
 * Nothing in a manifest says which, so the caller does.
 */
export type ManifestBytes = 'canonical' | 'raw'

interface ManifestOf<Schema extends ManifestSchema, Document> {
  readonly [manifestBrand]: true
  readonly schema: Schema
  readonly mode: ManifestBytes
  /** Deeply frozen. */
  readonly document: Document
  /** The document as the rules see it; deeply frozen. */
  readonly model: ManifestModel
  /** The bytes that are committed to, a copy. */
  readonly bytes: Uint8Array
  /** The digest of {@link bytes}. @throws TypeError for an unknown algorithm. */
  readonly digest: (algorithm: DigestAlgorithm) => Uint8Array
}

/**
 * A manifest that follows its schema. That says nothing about who agreed to it: the rules judge its sense, a
 * binding ties it to evidence. Made by `parseManifest` and `readManifest` alone.
 */
export type Manifest =
  | ManifestOf<'attested/manifest@1', AttestedManifestDocument>
  | ManifestOf<'2cvm-agent/1', AgentManifestDocument>

const made = new WeakSet()

/** @throws TypeError for what this folder did not make. */
export function requireManifest(manifest: Manifest): Manifest {
  if (typeof manifest !== 'object' || !made.has(manifest)) {
    throw new TypeError('manifest must come from parseManifest')
  }
  return manifest
}

/** A document of the schema that it has by its shape. */
export type ManifestDocument =
  | { readonly schema: 'attested/manifest@1'; readonly document: AttestedManifestDocument }
  | { readonly schema: '2cvm-agent/1'; readonly document: AgentManifestDocument }

/** Brands a manifest. The bytes and the document are kept, so nobody else may hold them. */
export function makeManifest(read: ManifestDocument, bytes: Uint8Array, mode: ManifestBytes): Manifest {
  deepFreeze(read.document)
  const model = deepFreeze(
    read.schema === '2cvm-agent/1' ? modelOfAgent(read.document) : modelOfAttested(read.document),
  )
  const manifest = Object.freeze({
    ...read,
    mode,
    model,
    get bytes() {
      return copyBytes(bytes)
    },
    digest: (algorithm: DigestAlgorithm): Uint8Array => {
      if (!isDigestAlgorithm(algorithm)) throw new TypeError('algorithm must be sha256, sha384 or sha512')
      return digest(algorithm, bytes)
    },
  }) as Manifest
  made.add(manifest)
  return manifest
}
