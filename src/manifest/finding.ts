/** What a rule found in a manifest. */

/** The rules on manifests. */
export type RuleId =
  | 'M1'
  | 'M2'
  | 'M3'
  | 'M4'
  | 'M5'
  | 'M6'
  | 'M7'
  | 'M8'
  | 'M9'
  | 'M10'
  | 'M11'
  | 'M12'
  | 'M13'
  | 'M14'
  | 'M15'
  | 'M16'

/** One thing that a rule found. An error refuses the manifest; a warning is for a person to read. */
export interface Finding<Rule extends RuleId = RuleId> {
  readonly rule: Rule
  readonly severity: 'error' | 'warning'
  /** JSON pointer (RFC 6901) of the place in the document. */
  readonly path: string
  readonly message: string
}
