// Runs over the bits of POLICY and PLATFORM_INFO, wrong in the one direction that the report allows, right in the other.
import { type PolicyCase, right, wrong } from '../support/policy-case.js'
import type { Subject } from '../support/policy-subject.js'

// Written down a second time, from the specification: a position that is wrong in the library must not be wrong here.
const guestPolicyBits = {
  smt: 16,
  singleSocket: 20,
  cxl: 21,
  memAes256Xts: 22,
  raplDisabled: 23,
  ciphertextHidingDram: 24,
  pageSwapDisabled: 25,
} as const

const platformBits = {
  smtEnabled: 0,
  tsmeEnabled: 1,
  eccEnabled: 2,
  raplDisabled: 3,
  ciphertextHidingDramEnabled: 4,
  aliasCheckComplete: 5,
  iommuWriteSafe: 6,
  tioEnabled: 7,
} as const

function* bits(
  subject: Subject,
  group: 'guestPolicy' | 'platform',
  word: bigint,
  places: Readonly<Record<string, number>>,
): Iterable<PolicyCase> {
  for (const [name, place] of Object.entries(places)) {
    const isSet = ((word >> BigInt(place)) & 1n) === 1n
    const key = `${group}.${name}`
    yield wrong(subject, key, isSet ? 'set, forbidden' : 'clear, required', {
      [key]: isSet ? 'forbid' : 'require',
    })
    yield right(subject, key, isSet ? 'set, required' : 'clear, forbidden', {
      [key]: isSet ? 'require' : 'forbid',
    })
    if (subject.source === 'lab')
      yield right(subject, key, isSet ? 'set, allowed' : 'clear, allowed', { [key]: 'allow' })
  }
}

function* minAbi(subject: Subject): Iterable<PolicyCase> {
  const [major, minor] = subject.facts.abi
  const key = 'guestPolicy.minAbi'
  yield right(subject, key, 'equal', { [key]: `${major}.${minor}` })
  yield wrong(subject, key, 'minor one above', { [key]: `${major}.${minor + 1}` })
  yield wrong(subject, key, 'major one above', { [key]: `${major + 1}.0` })
  // As text, 9 is above 31.
  if (minor > 9) yield right(subject, key, 'below, though not as text', { [key]: `${major}.9` })
  if (major > 0) yield right(subject, key, 'major below', { [key]: `${major - 1}.255` })
}

function* unknownBits(subject: Subject): Iterable<PolicyCase> {
  const key = 'platform.unknownBits'
  const unknown = subject.facts.platformInfo >> 8n !== 0n
  if (unknown) {
    yield wrong(subject, key, 'set, forbidden', { [key]: 'forbid' })
    yield right(subject, key, 'set, allowed with a finding', { [key]: 'allow' }, { findings: key })
  } else {
    yield right(subject, key, 'clear, forbidden', { [key]: 'forbid' }, { findings: '' })
    yield right(subject, key, 'clear, allowed', { [key]: 'allow' }, { findings: '' })
  }
}

/** Every bit of a subject against every requirement. */
export function* bitCases(subject: Subject): Iterable<PolicyCase> {
  yield* minAbi(subject)
  yield* bits(subject, 'guestPolicy', subject.facts.policy, guestPolicyBits)
  yield* bits(subject, 'platform', subject.facts.platformInfo, platformBits)
  yield* unknownBits(subject)
}
