// Every check id and every error code has a vector that only it refuses. What cannot be a vector is listed here
// with the test that reaches it instead.
import { describe, expect, it } from 'vitest'
import { errorCodes } from '../../src/errors/explain.js'
import { checkRegistry } from '../../src/verify/registry.js'
import { reachedElsewhere } from '../support/knock-outs/check-points.js'
import { readVectorFiles } from '../support/vectors/read.js'

const tests = readVectorFiles().flatMap(({ groups }) => groups.flatMap((group) => group.tests))

/** Codes that no vector can reach, with the test that does. */
const elsewhere: ReadonlyMap<string, string> = new Map([
  // About the runtime.
  ['CRYPTO_UNSUPPORTED', 'src/crypto/webcrypto.test.ts'],
  // About challenges that were issued in the same process.
  ['FRESHNESS_UNKNOWN', 'src/binding/challenge-store.test.ts'],
  ['FRESHNESS_EXPIRED', 'src/binding/challenge-store.test.ts'],
  ['FRESHNESS_PURPOSE', 'src/binding/challenge.test.ts'],
  ['FRESHNESS_REPLAYED', 'src/binding/challenge.test.ts'],
  // For those who negotiate a manifest, before there is evidence.
  ['MANIFEST_FIELD_DROPPED', 'src/manifest/dropped.test.ts'],
  // M14 warns and refuses nothing, so it is the code of a finding alone.
  ['MANIFEST_COMPONENT_UNUSED', 'src/manifest/attested-rules.test.ts'],
  // About the network.
  ['KDS_ABORTED', 'src/kds/client.test.ts'],
  ['KDS_NOT_FOUND', 'src/kds/transport.test.ts'],
  ['KDS_RATE_LIMITED', 'src/kds/transport.test.ts'],
  ['KDS_RESPONSE', 'src/kds/transport.test.ts'],
  ['KDS_TIMEOUT', 'src/kds/transport.test.ts'],
  ['KDS_UNAVAILABLE', 'src/kds/transport.test.ts'],
])

describe('vectors', () => {
  it('reach every error code', () => {
    const reached = new Set(tests.map(({ code }) => code))
    expect(errorCodes.filter((code) => !reached.has(code) && !elsewhere.has(code))).toEqual([])
    expect([...elsewhere.keys()].filter((code) => reached.has(code))).toEqual([])
  })

  it('have, for every check, a case that this check alone refuses', () => {
    const alone = new Set(tests.filter(({ failed }) => failed.length === 1).map(({ failed }) => failed[0]))
    const left = checkRegistry.map(({ id }) => id).filter((id) => !alone.has(id))
    expect(left).toEqual(Object.keys(reachedElsewhere))
  })

  it('name only checks and codes that exist', () => {
    const ids = new Set(checkRegistry.map(({ id }) => id))
    const codes = new Set<string>(errorCodes)
    for (const { failed, code } of tests) {
      expect(failed.filter((id) => !ids.has(id))).toEqual([])
      if (code !== null) expect(codes.has(code)).toBe(true)
    }
  })

  it('name a check that fails for every refusal of a verification', () => {
    // What refuses before: the reading of evidence, of a policy and of expectations.
    const before = /^(?:EVIDENCE_\w+|REPORT_LENGTH|POLICY_INVALID|MANIFEST_EXPECTATIONS_MALFORMED)$/
    const without = tests.filter(({ result, failed }) => result !== 'accepted' && failed.length === 0)
    expect(without.filter(({ code }) => !before.test(code ?? '')).map(({ id }) => id)).toEqual([])
    expect(tests.filter(({ result, failed }) => result === 'accepted' && failed.length > 0)).toEqual([])
  })

  it('are at least 600', () => {
    expect(tests.length).toBeGreaterThanOrEqual(600)
  })
})
