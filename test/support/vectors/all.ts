// All vector files, in the order of verification.
import { appraisalVectors } from './appraisal-vectors.js'
import { bindingVectors } from './binding-vectors.js'
import { chainVectors } from './chain-vectors.js'
import { foreignContainerGroups } from './container-a-vectors.js'
import { azureBindingGroup, azureContainerGroups } from './container-azure-vectors.js'
import { containerBGroups } from './container-b-vectors.js'
import { containerCGroups } from './container-c-vectors.js'
import { bundleGroup } from './container-bundle-vectors.js'
import { cmwGroups } from './container-cmw-vectors.js'
import { containerVectors } from './container-vectors.js'
import { endToEndVectors } from './end-to-end-vectors.js'
import { policyVectors } from './policy-vectors.js'
import { endorsementVectors, signatureVectors } from './endorsement-vectors.js'
import { type VectorFile, type VectorGroup, vectorFile } from './format.js'
import { withGuardVectors } from './guard-vectors.js'
import { manifestVectors } from './manifest-vectors.js'
import { profileVectors } from './profile-vectors.js'
import { reportVectors } from './report-vectors.js'
import { certificateVectors } from './certificate-vectors.js'
import { derVectors } from './der-vectors.js'
import { revocationVectors } from './revocation-vectors.js'

/** A file with further groups of its stage. */
const withGroups = (file: VectorFile, groups: readonly VectorGroup[]): VectorFile =>
  vectorFile(file.stage, [...file.groups, ...groups])

export const vectorFiles = (): readonly VectorFile[] =>
  withGuardVectors([
    withGroups(containerVectors(), [...azureContainerGroups(), ...foreignContainerGroups(), ...containerBGroups(), ...containerCGroups(), ...cmwGroups(), bundleGroup()]),
    policyVectors(),
    derVectors(),
    certificateVectors(),
    reportVectors(),
    endorsementVectors(),
    chainVectors(),
    revocationVectors(),
    signatureVectors(),
    appraisalVectors(),
    bindingVectors(),
    manifestVectors(),
    profileVectors(),
    withGroups(endToEndVectors(), [azureBindingGroup()]),
  ])
