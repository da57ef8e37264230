import { describe, expect, it } from 'vitest'
import { type CheckResult, VerificationError, isVerificationError, withChecks } from './error.js'

const check: CheckResult = { id: 'debug', outcome: 'failed', source: 'somewhere' }

describe('a refusal', () => {
  it('is an Error with code, verdict and stage', () => {
    const error = new VerificationError('DER_LIMIT', 'too large', { bytes: 5 })
    expect(error).toBeInstanceOf(Error)
    expect(error).not.toBeInstanceOf(TypeError)
    expect(error).toMatchObject({
      name: 'VerificationError',
      message: 'too large',
      code: 'DER_LIMIT',
      verdict: 'malformed',
      stage: 'DER',
      details: { bytes: 5 },
      checks: [],
    })
    expect(String(error)).toBe('VerificationError: too large')
    expect('cause' in error).toBe(false)
  })

  it('keeps its cause, even an undefined one, and nothing else', () => {
    const cause = new Error('underneath')
    expect(new VerificationError('CRYPTO_UNSUPPORTED', 'x', {}, { cause }).cause).toBe(cause)
    const error = new VerificationError('CRYPTO_UNSUPPORTED', 'x', {}, { cause: undefined })
    expect('cause' in error).toBe(true)
    expect(Object.keys(error).sort()).toEqual(['checks', 'code', 'details', 'name', 'stage', 'verdict'])
  })

  it('gets the checks of a verification in a copy', () => {
    const cause = new Error('underneath')
    const bare = new VerificationError('APPRAISAL_DEBUG', 'debug', { check: 'debug' }, { cause })
    const full = withChecks(bare, [check])
    expect(bare.checks).toEqual([])
    expect(full).not.toBe(bare)
    expect(full).toMatchObject({
      code: bare.code,
      message: bare.message,
      details: bare.details,
      checks: [check],
    })
    expect(full.cause).toBe(cause)
    expect('cause' in withChecks(new VerificationError('DER_LIMIT', 'x'), [])).toBe(false)
  })

  it('is told from other errors by its type, not by its looks', () => {
    expect(isVerificationError(new VerificationError('DER_LIMIT', 'x'))).toBe(true)
    const lookAlike = Object.assign(new Error('x'), { name: 'VerificationError', code: 'DER_LIMIT' })
    for (const other of [lookAlike, new TypeError('x'), { code: 'DER_LIMIT' }, null, undefined, 'DER_LIMIT'])
      expect(isVerificationError(other)).toBe(false)
  })
})
