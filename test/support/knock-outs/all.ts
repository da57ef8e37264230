// The whole table.
import { appraisalEdits } from './appraisal-points.js'
import { asn1Edits } from './asn1-points.js'
import { azureEdits } from './azure-points.js'
import { bindingEdits } from './binding-points.js'
import { bundleEdits } from './bundle-points.js'
import { checkEdits } from './check-points.js'
import { cmwEdits } from './cmw-points.js'
import { endorsementEdits } from './endorsement-points.js'
import { evidenceBEdits } from './evidence-b-points.js'
import { evidenceCEdits } from './evidence-c-points.js'
import { foreignContainerEdits } from './evidence-container-a-points.js'
import { evidenceEdits } from './evidence-points.js'
import { manifestEdits } from './manifest-points.js'
import type { Edit, Point } from './point.js'
import { reportEdits } from './report-points.js'
import { shapeEdits } from './shape-points.js'
import { statementEdits } from './statement-points.js'
import { textEdits } from './text-points.js'
import { wacEdits } from './wac-points.js'
import { x509Edits } from './x509-points.js'

export const edits: readonly Edit[] = [
  ...checkEdits,
  ...reportEdits,
  ...asn1Edits,
  ...x509Edits,
  ...endorsementEdits,
  ...evidenceEdits,
  ...azureEdits,
  ...bundleEdits,
  ...foreignContainerEdits,
  ...evidenceBEdits,
  ...evidenceCEdits,
  ...cmwEdits,
  ...appraisalEdits,
  ...bindingEdits,
  ...shapeEdits,
  ...manifestEdits,
  ...wacEdits,
  ...statementEdits,
  ...textEdits,
]

export const points: readonly Point[] = edits.flatMap((edit) => edit.points)
