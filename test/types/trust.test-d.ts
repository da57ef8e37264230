// What a value proves is in its type: a claim is no fact, an open question is no answer, and nothing but its maker makes it.
import {
  appraiseEvidence,
  bindings,
  parsePolicy,
  verifyDebugEvidence,
  verifyEvidence,
} from '../../src/index.js'
import type {
  Appraisal,
  Binding,
  BoundClaims,
  Challenge,
  DebugEvidence,
  ErrorCode,
  Evidence,
  Policy,
  PolicyDocument,
  RefusedEvidence,
  Report,
  UnboundEvidence,
  UnidentifiedEvidence,
  VerificationError,
  VerificationInput,
  VerifiedEvidence,
  decodeEvidence,
  ownChallenge,
  parseReport,
} from '../../src/index.js'
import type { AppraisedReport } from '../../src/appraisal/appraise.js'
import type { AuthenticReport } from '../../src/endorsement/authenticate.js'
import type { EndorsementPath } from '../../src/endorsement/chain.js'
import { type Equals, expectType } from './equals.js'

type Assignable<From, To> = [From] extends [To] ? true : false

// Files of this kind are compiled and never run.
declare const evidence: Evidence
declare const policy: Policy
declare const binding: Binding
declare const challenge: Challenge
declare const report: Report
declare const document: PolicyDocument
declare function use<T>(value: T): void
const at = new Date(0)
const input = { evidence, policy, binding, at }

// A report that was parsed is not one that was authenticated or appraised, and neither is a result.
expectType<Equals<Assignable<Report, AuthenticReport>, false>>()
expectType<Equals<Assignable<Report, AppraisedReport>, false>>()
expectType<Equals<Assignable<AuthenticReport, AppraisedReport>, false>>()
expectType<Equals<Assignable<Report, VerifiedEvidence>, false>>()
expectType<Equals<Assignable<Evidence, VerifiedEvidence>, false>>()
expectType<Equals<Assignable<AuthenticReport['report'], Report>, true>>()
expectType<Equals<Assignable<EndorsementPath, AuthenticReport>, false>>()

// No kind of result stands for another.
expectType<Equals<Assignable<DebugEvidence, VerifiedEvidence>, false>>()
expectType<Equals<Assignable<DebugEvidence, UnidentifiedEvidence>, false>>()
expectType<Equals<Assignable<DebugEvidence, UnboundEvidence>, false>>()
expectType<Equals<Assignable<UnboundEvidence, VerifiedEvidence>, false>>()
expectType<Equals<Assignable<UnidentifiedEvidence, VerifiedEvidence>, false>>()
expectType<Equals<Assignable<UnboundEvidence, UnidentifiedEvidence>, false>>()
expectType<Equals<Assignable<VerifiedEvidence, DebugEvidence>, false>>()
expectType<Equals<Assignable<VerifiedEvidence, UnidentifiedEvidence>, false>>()
expectType<Equals<Assignable<RefusedEvidence, VerifiedEvidence>, false>>()
expectType<Equals<Assignable<VerificationError, VerifiedEvidence>, false>>()
expectType<Equals<VerifiedEvidence['kind'], 'verified'>>()
expectType<Equals<UnboundEvidence['binding'], null>>()
expectType<Equals<VerifiedEvidence['binding'], BoundClaims>>()
expectType<Equals<Assignable<'none', VerifiedEvidence['softwareIdentity']>, false>>()

// Plain objects of the right shape are not what the maker makes.
expectType<Equals<Assignable<PolicyDocument, Policy>, false>>()
expectType<Equals<Assignable<Policy, PolicyDocument>, true>>()
expectType<
  Equals<Assignable<Pick<Evidence, 'format' | 'report' | 'endorsementKeys' | 'crls'>, Evidence>, false>
>()
expectType<Equals<Assignable<{ readonly profile: string }, Binding>, false>>()
expectType<Equals<Assignable<{ readonly basis: 'asserted' }, Challenge>, false>>()
expectType<Equals<Assignable<Uint8Array, Challenge>, false>>()
expectType<
  Equals<
    Assignable<Pick<VerifiedEvidence, 'verdict' | 'kind' | 'report' | 'checks'>, VerifiedEvidence>,
    false
  >
>()

// Nothing of the input can be left out.
// @ts-expect-error the time is missing
void verifyEvidence({ evidence, policy, binding })
// @ts-expect-error the policy is missing
void verifyEvidence({ evidence, binding, at })
// @ts-expect-error the binding is missing
void verifyEvidence({ evidence, policy, at })
// @ts-expect-error the evidence is missing
void verifyEvidence({ policy, binding, at })
// @ts-expect-error the time is missing
void appraiseEvidence({ evidence, policy, binding })
// @ts-expect-error the binding is missing
void verifyDebugEvidence({ evidence, policy, at })
// @ts-expect-error a time is a Date
void verifyEvidence({ ...input, at: 0 })
// @ts-expect-error undefined is no time
void verifyEvidence({ ...input, at: undefined })
// @ts-expect-error a document is no policy
void verifyEvidence({ ...input, policy: document })
// @ts-expect-error bytes are no evidence
void verifyEvidence({ ...input, evidence: new Uint8Array(1184) })
// @ts-expect-error bytes are no binding
void verifyEvidence({ ...input, binding: new Uint8Array(64) })
// @ts-expect-error an opt-out has a reason
void verifyEvidence({ ...input, binding: {} })
// @ts-expect-error roots do not come from outside
void verifyEvidence({ ...input, anchors: [] })
// @ts-expect-error there is no switch to skip a check
void verifyEvidence({ ...input, skip: ['debug'] })

// Freshness is stated, or left open with a reason.
// @ts-expect-error the options are missing
void bindings.reportData(new Uint8Array(64))
// @ts-expect-error nothing stated
void bindings.reportData(new Uint8Array(64), {})
// @ts-expect-error plain bytes are no challenge
void bindings.reportData(new Uint8Array(64), { freshness: new Uint8Array(32) })
// @ts-expect-error no digest of that name
void bindings.digest('sha1', new Uint8Array(64), { freshness: challenge })
expectType<Equals<ReturnType<typeof ownChallenge>, Challenge>>()

// The form of the binding decides the type of the result.
declare const either: VerificationInput
const unbound = { ...input, binding: { unchecked: 'nobody asks' } }
verifyEvidence(input).then(use<VerifiedEvidence | UnidentifiedEvidence>, use)
verifyEvidence(unbound).then(use<UnboundEvidence>, use)
verifyDebugEvidence(input).then(use<DebugEvidence>, use)
expectType<Equals<Awaited<ReturnType<typeof verifyDebugEvidence>>, DebugEvidence>>()
// @ts-expect-error what is unbound may not be taken for verified
verifyEvidence(unbound).then(use<VerifiedEvidence | UnidentifiedEvidence>, use)
// @ts-expect-error an identity that the policy may have left open is still open
verifyEvidence(input).then(use<VerifiedEvidence>, use)
// @ts-expect-error an input of unknown form may be unbound
verifyEvidence(either).then(use<VerifiedEvidence | UnidentifiedEvidence>, use)

// Only an accepted appraisal has something verified; only a refused one has claims.
export function read(appraisal: Appraisal): void {
  // @ts-expect-error not before the verdict is known
  use(appraisal.verified)
  // @ts-expect-error not before the verdict is known
  use(appraisal.claimed)
  if (appraisal.verdict === 'accepted') {
    expectType<Equals<typeof appraisal.verified, VerifiedEvidence | UnidentifiedEvidence | UnboundEvidence>>()
    // @ts-expect-error an accepted one has no code
    use(appraisal.code)
    if (appraisal.verified.kind === 'verified')
      expectType<Equals<typeof appraisal.verified, VerifiedEvidence>>()
  } else {
    expectType<Equals<typeof appraisal.claimed, Report | null>>()
    expectType<Equals<typeof appraisal.code, ErrorCode>>()
    expectType<Equals<typeof appraisal.verdict, 'rejected' | 'unverifiable' | 'malformed'>>()
    // @ts-expect-error a refused one has nothing verified
    use(appraisal.verified)
  }
}

// Makers.
expectType<Equals<Awaited<ReturnType<typeof decodeEvidence>>, Evidence>>()
expectType<Equals<Awaited<ReturnType<typeof parsePolicy>>, Policy>>()
expectType<Equals<ReturnType<typeof parseReport>, Report>>()
// @ts-expect-error an object would hide duplicate keys
void parsePolicy(document)
// @ts-expect-error fields cannot be changed
report.version = 5
