/** The rules on manifests, M1 to M16, as a table. A rule's number and code are never changed. */
import type { ErrorCode } from '../errors/error.js'
import { compositionRule, pinRule, unusedRule, wiringRule } from './component-rules.js'
import type { RuleId } from './finding.js'
import type { ManifestSchema } from './model.js'
import { nameRule, uniqueNameRule } from './name-rules.js'
import { flowRule, outputRule } from './output-rules.js'
import { knownParticipantRule, participantRule, referenceRule } from './participant-rules.js'
import { capabilityRule, importRule, permissionRule, sourceRule } from './permission-rules.js'
import { type RuleOutcome, type RuleSubject, found } from './rule.js'

/** One rule. */
export interface ManifestRule {
  readonly id: RuleId
  /** The code with which a manifest is refused that breaks it. */
  readonly code: ErrorCode
  /** What its findings are, unless a finding says otherwise. */
  readonly severity: 'error' | 'warning'
  readonly title: string
  /** For the other schema it has no meaning. */
  readonly appliesTo: readonly ManifestSchema[]
  /** What of it needs expectations, and is unchecked without them. */
  readonly needsExpectations: 'nothing' | 'a part' | 'all'
}

interface Row extends ManifestRule {
  readonly judge: (subject: RuleSubject) => RuleOutcome
}

const both: readonly ManifestSchema[] = ['attested/manifest@1', '2cvm-agent/1']
const agent: readonly ManifestSchema[] = ['2cvm-agent/1']

function row(
  id: RuleId,
  code: ErrorCode,
  title: string,
  judge: Row['judge'],
  more: Partial<Pick<ManifestRule, 'severity' | 'appliesTo' | 'needsExpectations'>> = {},
): Row {
  return { id, code, title, judge, severity: 'error', appliesTo: both, needsExpectations: 'nothing', ...more }
}

/** The table with its functions, for this folder. M1 is judged by the reader: what has a model has passed it. */
export const ruleRows: readonly Row[] = [
  row('M1', 'MANIFEST_SCHEMA', 'the document follows its schema', () => found([])),
  row('M2', 'MANIFEST_PARTICIPANT', 'participants are unique, and I am one of them', participantRule, {
    needsExpectations: 'a part',
  }),
  row('M3', 'MANIFEST_NAME_DUPLICATE', 'components and data have different names', uniqueNameRule),
  row('M4', 'MANIFEST_PARTICIPANT_UNKNOWN', 'participants that are named are listed', knownParticipantRule),
  row('M5', 'MANIFEST_PERMISSION', 'each component has exactly one permission entry', permissionRule),
  row('M6', 'MANIFEST_SOURCE_UNKNOWN', 'what is read is declared', sourceRule),
  row('M7', 'MANIFEST_NAME_INVALID', 'names are plain', nameRule),
  row('M8', 'MANIFEST_OUTPUT', 'outputs have different names and accepted receivers', outputRule, {
    needsExpectations: 'a part',
  }),
  row('M9', 'MANIFEST_IMPORT_INVALID', 'imports are exact and unique', importRule, { appliesTo: agent }),
  row('M10', 'MANIFEST_CAPABILITY', 'no component reaches files or network without leave', capabilityRule, {
    needsExpectations: 'all',
  }),
  row('M11', 'MANIFEST_FLOW', 'my data comes only to whom I name', flowRule, { needsExpectations: 'all' }),
  row('M12', 'MANIFEST_COMPOSITION', 'the composition is of declared components', compositionRule, {
    appliesTo: agent,
  }),
  row('M13', 'MANIFEST_WIRING', 'components are joined to declared components', wiringRule),
  row('M14', 'MANIFEST_COMPONENT_UNUSED', 'declared components are used', unusedRule, {
    severity: 'warning',
  }),
  row('M15', 'MANIFEST_COMPONENT_UNPINNED', 'code and data have digests', pinRule, { severity: 'warning' }),
  row('M16', 'MANIFEST_REFERENCE', 'the transfer requests are the expected ones', referenceRule, {
    appliesTo: agent,
    needsExpectations: 'all',
  }),
]

/** The rules, in the order in which findings are reported. */
export const manifestRules: readonly ManifestRule[] = Object.freeze(
  ruleRows.map(({ judge: _, ...rule }) => Object.freeze(rule)),
)
