// All vector files, in the order of verification.
import { appraisalVectors } from './appraisal-vectors.js'
import { chainVectors } from './chain-vectors.js'
import { containerVectors } from './container-vectors.js'
import { endToEndVectors } from './end-to-end-vectors.js'
import { policyVectors } from './policy-vectors.js'
import { endorsementVectors, signatureVectors } from './endorsement-vectors.js'
import type { VectorFile } from './format.js'
import { withGuardVectors } from './guard-vectors.js'
import { reportVectors } from './report-vectors.js'
import { certificateVectors } from './certificate-vectors.js'
import { derVectors } from './der-vectors.js'
import { revocationVectors } from './revocation-vectors.js'

export const vectorFiles = (): readonly VectorFile[] =>
  withGuardVectors([
    containerVectors(),
    policyVectors(),
    derVectors(),
    certificateVectors(),
    reportVectors(),
    endorsementVectors(),
    chainVectors(),
    revocationVectors(),
    signatureVectors(),
    appraisalVectors(),
    endToEndVectors(),
  ])
