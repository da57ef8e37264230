/** What a comparison of manifests reports. */
import type { JsonValue } from '../errors/error.js'

/**
 * `widened`: the second permits something that the first does not, or pins less. `narrowed` is the reverse. Whatever is
 * neither, such as other code under a name, is `changed`, and to be read as possibly widened.
 */
export type ManifestEffect = 'widened' | 'narrowed' | 'changed'

/** One difference between two manifests. */
export interface ManifestChange {
  /**
   * Like a JSON pointer, but an item stands under its name and not its index: `/components/optimizer/digest`. What
   * follows from the document is under `/flow` and `/composition/channels`. Names are as they are in the document.
   */
  readonly path: string
  readonly effect: ManifestEffect
  /** `null` where the first manifest has nothing there; of a set, what only the first has. */
  readonly before: JsonValue
  /** `null` where the second manifest has nothing there; of a set, what only the second has. */
  readonly after: JsonValue
}
