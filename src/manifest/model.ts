/**
 * A commitment manifest as the rules see it, whichever schema it was written in: who takes part, whose components
 * run, which data they read, along which channels it flows, and who receives what comes out.
 *
 * It is a view: the document's own members stay the truth, and `path` says where in it an item stands.
 */

/** The schemas that can be read. */
export type ManifestSchema = 'attested/manifest@1' | '2cvm-agent/1'

/** An item, and the JSON pointer (RFC 6901) of its place in the document. */
export interface Located {
  readonly path: string
}

/** A party to the agreement. */
export interface Participant extends Located {
  readonly name: string
  readonly did: string
}

/** A program that runs inside, and who brings it. */
export interface Component extends Located {
  readonly name: string
  readonly participant: string
  /** `sha256:`, `sha384:` or `sha512:` and lower-case hex; `null` where the schema or the document has none. */
  readonly digest: string | null
}

/** An input of one party's. */
export interface DataItem extends Located {
  readonly name: string
  readonly participant: string
  readonly digest: string | null
}

/** A name that the document uses to refer to something. */
export interface Reference extends Located {
  readonly name: string
}

/** What one component may read, reach and import. */
export interface Permission extends Located {
  readonly component: string
  /** Data, or outputs of other components, that it reads. */
  readonly reads: readonly Reference[]
  /** WASI and component interfaces (`2cvm-agent/1`), or capabilities by name (`attested/manifest@1`). */
  readonly imports: readonly Reference[]
}

/** What leaves, from which component, to whom. */
export interface Output extends Located {
  readonly name: string
  readonly component: string
  readonly receivers: readonly Reference[]
}

/** Two components that exchange data. Data flows both ways: results travel back. */
export interface Channel extends Located {
  readonly from: string
  readonly to: string
}

/** A program text that wires components together, in WAC. */
export interface CompositionText extends Located {
  readonly text: string
}

/** The whole manifest. */
export interface ManifestModel {
  readonly schema: ManifestSchema
  readonly participants: readonly Participant[]
  readonly components: readonly Component[]
  readonly data: readonly DataItem[]
  readonly permissions: readonly Permission[]
  readonly outputs: readonly Output[]
  /** Declared channels; those of a composition are read out of its text. */
  readonly channels: readonly Channel[]
  /** `null` where the schema has none. */
  readonly composition: CompositionText | null
  /** Identifiers of the agreement that the parties exchanged elsewhere, by member name; `null` where the schema has none. */
  readonly references: Readonly<Record<string, string>> | null
}
