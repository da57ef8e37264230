// Our strict readers beside general ones, over every real certificate and CRL and over those of the lab: they say the
// same, fact by fact. What the general readers take and ours refuses is listed in differential-stricter.test.ts.
import { createPublicKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { parseAsn1 } from '../../src/asn1/general.js'
import { parseEndorsementKey } from '../../src/endorsement/endorsement-key.js'
import { summarizeCertificate } from '../../src/x509/general.js'
import { mutate } from '../fuzz/mutate.js'
import { outcomeOf } from '../fuzz/outcome.js'
import { type Random, randomFrom } from '../fuzz/random.js'
import { realFolder } from '../support/real-folder.js'
import { inCi } from '../support/sampling.js'
import {
  asNodeFacts,
  generalCertificate,
  generalCrl,
  nodeCertificate,
  ourCertificate,
  ourCrl,
  treeCertificate,
  treeCrl,
} from './differential-oracles.js'
import { type Sample, type Samples, labSamples, realSamples } from './differential-samples.js'

const [real, lab] = [realSamples(), labSamples()]
const all: Samples = {
  certificates: [...real.certificates, ...lab.certificates],
  crls: [...real.crls, ...lab.crls],
}

it('finds the samples that there are', () => {
  expect(lab.certificates.length).toBeGreaterThanOrEqual(20)
  expect(lab.crls).toHaveLength(4)
  expect(real.certificates.length).toBeGreaterThanOrEqual(9)
})

it.skipIf(realFolder() === null)('finds those in the real evidence', () => {
  // 9 roots, the revoked ASK, 15 leaves with reports, two broken ones, and a leaf without a report.
  expect(real.certificates.length).toBeGreaterThanOrEqual(27)
  expect(real.crls.length).toBeGreaterThanOrEqual(5)
})

describe('certificates', () => {
  it.each(all.certificates)('$name is the same to four readers', ({ der }) => {
    const ours = ourCertificate(der)
    expect(generalCertificate(der)).toEqual(ours)
    expect(treeCertificate(der)).toEqual(ours)
    expect(outcomeOf(() => parseAsn1(der))).toBe('accepted')
    expect(nodeCertificate(der)).toEqual(asNodeFacts(ours))
    const summary = summarizeCertificate(der)
    expect(summary).toMatchObject({
      serialNumber: ours.serial,
      notBefore: new Date(ours.notBefore).toISOString(),
      notAfter: new Date(ours.notAfter).toISOString(),
      signatureAlgorithm: 'RSA-PSS SHA-384',
    })
    expect(summary.subject).toContain(`CN=${ours.subject ?? ''}`)
    expect(summary.extensions.map(({ oid, critical }) => `${oid} ${critical ? 'critical' : '-'}`)).toEqual(
      ours.extensions.map((line) => line.split(' ').slice(0, 2).join(' ')),
    )
  })

  const isLeaf = ({ der }: Sample): boolean => /^SEV-V[CL]EK$/.test(ourCertificate(der).subject ?? '')

  it.each(all.certificates.filter(isLeaf))('$name is a leaf whose key node reads the same', ({ der }) => {
    const { point } = parseEndorsementKey(der)
    const key = createPublicKey({
      key: Buffer.from(ourCertificate(der).spki, 'hex'),
      format: 'der',
      type: 'spki',
    })
    const { crv, x = '', y = '' } = key.export({ format: 'jwk' })
    expect(crv).toBe('P-384')
    const coordinates = Buffer.concat([Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')])
    expect(Buffer.from(point.subarray(1)).equals(coordinates)).toBe(true)
  })
})

describe('CRLs', () => {
  it.each(all.crls)('$name is the same to three readers', ({ der }) => {
    expect(generalCrl(der)).toEqual(ourCrl(der))
    expect(treeCrl(der)).toEqual(ourCrl(der))
    expect(outcomeOf(() => parseAsn1(der))).toBe('accepted')
  })
})

const mutants = inCi ? 3000 : 1000

/** Mutated samples: whatever ours accepts, the general reader of ASN.1 reads, and the same. */
function compare<Facts>(
  samples: readonly Sample[],
  ours: (der: Uint8Array) => Facts,
  general: (der: Uint8Array) => Facts,
  random: Random,
): number {
  const seeds = samples.map(({ der }) => der)
  const known = new Set(seeds.map((der) => Buffer.from(der).toString('latin1')))
  let accepted = 0
  for (let run = 0; run < mutants; run += 1) {
    const der = mutate(random, seeds)
    let facts: Facts | undefined
    const outcome = outcomeOf(() => {
      facts = ours(der)
    })
    if (outcome !== 'accepted' || known.has(Buffer.from(der).toString('latin1'))) continue
    accepted += 1
    expect(general(der)).toEqual(facts)
  }
  return accepted
}

describe(`of ${mutants} mutated samples, those that ours accepts are the same to the general reader`, () => {
  it('certificates', () => {
    const accepted = compare(all.certificates, ourCertificate, treeCertificate, randomFrom(1))
    expect(accepted).toBeGreaterThan(mutants / 20)
  })

  it('CRLs', () => {
    expect(compare(all.crls, ourCrl, treeCrl, randomFrom(2))).toBeGreaterThan(mutants / 20)
  })
})
