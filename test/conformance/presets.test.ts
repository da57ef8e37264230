// The recommended policies on real items of the clouds they are for: the verdict, and exactly the checks that fail.
import { describe, expect, it } from 'vitest'
import { bindings } from '../../src/binding/forms.js'
import { ownChallenge } from '../../src/binding/challenge.js'
import type { PolicyDocument } from '../../src/appraisal/document.js'
import { type Environment, recommendedPolicy } from '../../src/appraisal/recommended.js'
import {
  type CaseOptions,
  type Facets,
  type PolicyCase,
  refused,
  right,
  runCase,
} from '../support/policy-case.js'
import { type PolicyChanges, appraisalCode, unchecked } from '../support/policy-edit.js'
import type { Subject } from '../support/policy-subject.js'
import { realFolder, realItems } from '../support/real-folder.js'
import { realSubject } from './real-evidence.js'

interface Preset {
  readonly slug: string
  readonly environment: Environment
  /** The checks that fail once revocation and freshness are satisfied or left open, in the order of the registry. */
  readonly fails: readonly string[]
  /** A day at which a genuine CRL satisfies the preset and the leaf is valid; null where there is none. */
  readonly day: string | null
}

const belowFloor = ['tcb.reported', 'tcb.committed', 'tcb.launch']
/** Version 2 does not say that memory was checked for aliases, and its firmware is older than the floors. */
const version2 = ['platform.aliasCheckComplete', ...belowFloor]

// Milan CRL 6 is good until 2026-05-12 and, of Genoa's, only number 9 meets the preset, from 2026-07-28 to 2026-09-09.
const milanDay = '2025-11-01T00:00:00Z'
const genoaDay = '2026-08-15T00:00:00Z'

const presets: readonly Preset[] = [
  { slug: 'trustee-aws-milan-v3-vlek', environment: 'aws', fails: ['tcb.reported'], day: milanDay },
  { slug: 'attrs-azure-milan-v3-hcl', environment: 'azure-cvm', fails: [], day: milanDay },
  { slug: 'trustee-azure-genoa-v3-hcl', environment: 'azure-cvm', fails: [], day: genoaDay },
  { slug: 'trustee-azure-milan-v2-hcl', environment: 'azure-cvm', fails: version2, day: milanDay },
  // Its origin is not stated; it has the ID key of the item above.
  { slug: 'trustee-milan-v2', environment: 'azure-cvm', fails: version2, day: milanDay },
  { slug: 'mstav-genoa-v3', environment: 'azure-aci', fails: [], day: genoaDay },
  { slug: 'mstav-turin-v5', environment: 'azure-aci', fails: [], day: null },
  { slug: 'oak-milan-v3-cb', environment: 'gcp', fails: [], day: milanDay },
  { slug: 'virtee-milan-v2', environment: 'bare-metal', fails: version2, day: milanDay },
  { slug: 'veraison-genoa-v3-tsm', environment: 'bare-metal', fails: [], day: genoaDay },
  { slug: 'attrs-siena-v5', environment: 'bare-metal', fails: [], day: genoaDay },
  {
    slug: 'steward-milan-v2-authorkey',
    environment: 'bare-metal',
    fails: ['idBlock', ...version2],
    day: milanDay,
  },
  {
    slug: 'go-sev-guest-milan-v2-debug',
    environment: 'bare-metal',
    fails: ['debug', ...version2],
    day: milanDay,
  },
  // Its leaf is younger than the last Milan CRL that we have.
  { slug: 'dstack-milan-v3', environment: 'bare-metal', fails: belowFloor, day: null },
  // Other clouds than their own.
  {
    slug: 'trustee-aws-milan-v3-vlek',
    environment: 'gcp',
    fails: ['signers', 'tcb.reported'],
    day: milanDay,
  },
  { slug: 'oak-milan-v3-cb', environment: 'aws', fails: ['signers'], day: milanDay },
  { slug: 'attrs-azure-milan-v3-hcl', environment: 'bare-metal', fails: ['idBlock'], day: milanDay },
  {
    slug: 'trustee-aws-milan-v3-vlek',
    environment: 'bare-metal',
    fails: ['signers', 'vmpl', 'tcb.reported'],
    day: milanDay,
  },
]

function subjectFor({ slug, environment }: Preset): Subject {
  const item = realItems().find((one) => one.slug === slug)
  if (item === undefined) throw new Error(`no item ${slug}`)
  const subject = realSubject(item)
  const measurements = [{ label: 'this guest', value: subject.facts.measurement }]
  const policy: PolicyDocument = recommendedPolicy({ environment, products: [subject.line], measurements })
  return { ...subject, policy }
}

const isZero = ({ facts }: Subject): boolean => facts.reportData.every((byte) => byte === 0)

/** The whole REPORT_DATA, and its first bytes as the caller's challenge; nothing to compare where it is zero. */
const challenged = (subject: Subject): CaseOptions => {
  const { reportData } = subject.facts
  if (isZero(subject)) return {}
  return { binding: bindings.reportData(reportData, { freshness: ownChallenge(reportData.slice(0, 16)) }) }
}

function expecting(
  subject: Subject,
  fails: readonly string[],
  changes: PolicyChanges,
  facets: Facets,
  options: CaseOptions,
): PolicyCase {
  const [first] = fails
  return first === undefined
    ? right(subject, 'preset', '', changes, facets, options)
    : refused(subject, 'preset', '', changes, { code: appraisalCode(first), failed: fails }, options)
}

const outcome = async (one: PolicyCase): Promise<void> => {
  const { got, expected } = await runCase(one)
  expect(got).toBe(expected)
}

const withNewestCrl = (subject: Subject, at: Date) => {
  const crl = subject.crls.at(-1)
  if (crl === undefined) throw new Error(`no CRL of ${subject.line}`)
  return { at, extras: { crls: [{ crl: crl.der, fetchedAt: at, scope: subject.signer }] } }
}

describe.skipIf(realFolder() === null).each(presets)('$slug under $environment', (preset) => {
  const subject = (): Subject => subjectFor(preset)

  it('has no CRL: the preset as it is cannot verify', async () => {
    const expected = { code: 'REVOCATION_MISSING', failed: ['revocation.crl'] } as const
    await outcome(refused(subject(), 'preset', '', {}, expected, challenged(subject())))
  })

  it(`fails exactly {${preset.fails.join(', ')}} with revocation and freshness left open`, async () => {
    const changes = { revocation: unchecked('no CRL of that time'), freshness: unchecked('a stored sample') }
    const facets = { kind: isZero(subject()) ? 'unbound' : 'verified', label: 'this guest' }
    await outcome(expecting(subject(), preset.fails, changes, facets, {}))
  })

  const { day } = preset
  if (day === null) return
  it(`does the same, unmodified, on ${day} with the CRL of that day`, async () => {
    const one = subject()
    const fails = preset.fails.length === 0 && isZero(one) ? ['freshness'] : preset.fails
    const facets = { freshness: 'challenge', crl: one.line === 'Milan' ? '6' : '9', crlScope: one.signer }
    const options = { ...challenged(one), ...withNewestCrl(one, new Date(day)) }
    await outcome(expecting(one, fails, {}, facets, options))
  })
})

describe.skipIf(realFolder() === null)('presets and time', () => {
  const genoa: Preset = { slug: 'veraison-genoa-v3-tsm', environment: 'bare-metal', fails: [], day: genoaDay }

  it('accept the Genoa item with CRL 9, freshness left open, as the first command of the README does', async () => {
    const one = subjectFor(genoa)
    const changes = { freshness: unchecked('a stored sample') }
    const facets = { kind: 'verified', softwareIdentity: 'measurement', freshness: 'none', crl: '9' }
    await outcome(right(one, 'preset', '', changes, facets, withNewestCrl(one, new Date(genoaDay))))
  })

  it('refuse it for freshness alone when nothing in REPORT_DATA is a challenge', async () => {
    const one = subjectFor(genoa)
    await outcome(expecting(one, ['freshness'], {}, {}, withNewestCrl(one, new Date(genoaDay))))
  })

  it('refuse CRL 4 of Genoa by its number, even where it is in its window', async () => {
    const one = subjectFor(genoa)
    const crl = one.crls.find(({ number }) => number === 4)
    if (crl === undefined) throw new Error('no CRL 4')
    const at = new Date('2025-10-01T00:00:00Z')
    const expected = { code: 'REVOCATION_NUMBER', failed: ['revocation.minNumbers'] } as const
    const options = { ...challenged(one), at, extras: { crls: [{ crl: crl.der, fetchedAt: at }] } }
    await outcome(refused(one, 'preset', '', {}, expected, options))
  })

  it('want Genoa CRL 9 fetched within 30 days, or its number alone where the evidence brings it', async () => {
    const one = subjectFor(genoa)
    const crl = one.crls.at(-1)
    if (crl === undefined) throw new Error('no CRL 9')
    const at = new Date('2026-09-08T00:00:00Z')
    const fetchedAt = new Date('2026-08-08T23:59:59Z')
    const expected = { code: 'REVOCATION_FETCH_AGE', failed: ['revocation.maxFetchAgeDays'] } as const
    const given = { ...challenged(one), at }
    await outcome(
      refused(one, 'preset', '', {}, expected, { ...given, extras: { crls: [{ crl: crl.der, fetchedAt }] } }),
    )
    await outcome(
      right(one, 'preset', '', {}, { crl: '9' }, { ...given, extras: { crls: [{ crl: crl.der }] } }),
    )
  })

  it('refuse a stale CRL: the last of Milan on the day of an item that is younger', async () => {
    const preset: Preset = { slug: 'dstack-milan-v3', environment: 'bare-metal', fails: [], day: null }
    const one = subjectFor(preset)
    const expected = { code: 'REVOCATION_STALE', failed: ['revocation.graceDays'] } as const
    await outcome(
      refused(one, 'preset', '', {}, expected, { ...challenged(one), ...withNewestCrl(one, one.at) }),
    )
  })

  it('know trustee-milan-v2 by the ID key of trustee-azure-milan-v2-hcl', () => {
    const [a, b] = ['trustee-milan-v2', 'trustee-azure-milan-v2-hcl'].map((slug) =>
      subjectFor({ slug, environment: 'azure-cvm', fails: [], day: null }),
    )
    expect(a?.facts.idKeyDigest).toBe(b?.facts.idKeyDigest)
  })
})
