/** The verifier over AMD's roots: the only one that leaves this package. */
import { amdAnchors } from '../endorsement/anchors.js'
import { type Verifier, makeVerifier } from './pipeline.js'

const verifier: Verifier = makeVerifier(amdAnchors)

export const verifyEvidence: Verifier['verifyEvidence'] = verifier.verifyEvidence
export const appraiseEvidence: Verifier['appraiseEvidence'] = verifier.appraiseEvidence
export const verifyDebugEvidence: Verifier['verifyDebugEvidence'] = verifier.verifyDebugEvidence
