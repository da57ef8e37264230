/** The error type, its codes and their meaning. */
export { VerificationError, isVerificationError } from './error.js'
export type {
  CheckOutcome,
  CheckResult,
  ErrorCode,
  ErrorDetails,
  JsonValue,
  RefusalVerdict,
  Stage,
  VerificationErrorOptions,
} from './error.js'
export { explainCode, errorCodes } from './explain.js'
export type { CodeExplanation } from './explain.js'
