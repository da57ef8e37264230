// The whole table.
import { appraisalEdits } from './appraisal-points.js'
import { asn1Edits } from './asn1-points.js'
import { azureEdits } from './azure-points.js'
import { checkEdits } from './check-points.js'
import { endorsementEdits } from './endorsement-points.js'
import { evidenceEdits } from './evidence-points.js'
import type { Edit, Point } from './point.js'
import { reportEdits } from './report-points.js'
import { textEdits } from './text-points.js'
import { x509Edits } from './x509-points.js'

export const edits: readonly Edit[] = [
  ...checkEdits,
  ...reportEdits,
  ...asn1Edits,
  ...x509Edits,
  ...endorsementEdits,
  ...evidenceEdits,
  ...azureEdits,
  ...appraisalEdits,
  ...textEdits,
]

export const points: readonly Point[] = edits.flatMap((edit) => edit.points)
