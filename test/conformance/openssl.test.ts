// Our readers beside OpenSSL's, over every certificate and CRL of the vectors and of the real evidence: where both
// take one, it says the same; what ours alone refuses is in openssl-divergences.ts; OpenSSL alone refuses nothing.
// Certificates go to the OpenSSL inside Node, all of them; its command gets all CRLs and some of the certificates, or
// with ATTESTED_OPENSSL=all every one.
import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { parseEndorsementKey } from '../../src/endorsement/endorsement-key.js'
import { VerificationError } from '../../src/errors/error.js'
import { type Certificate, parseCertificate } from '../../src/x509/certificate.js'
import { type Crl, parseCrl } from '../../src/x509/crl.js'
import { nodeCertificate } from './differential-oracles.js'
import { type Sample, realSamples } from './differential-samples.js'
import { type Divergence, divergences } from './openssl-divergences.js'
import { factsOf, hasOpenssl, readByOpenssl } from './openssl-reader.js'
import { vectorSamples } from './openssl-samples.js'

const [real, vectors] = [realSamples(), vectorSamples()]
const isDer = ({ der }: Sample): boolean => der[0] === 0x30
const certificates = [...vectors.certificates, ...real.certificates].filter(isDer)
const crls = [...vectors.crls, ...real.crls].filter(isDer)
const everything = process.env['ATTESTED_OPENSSL'] === 'all'
if (!hasOpenssl) console.warn('SKIPPED: no OpenSSL 3 here, its command is not compared with')

/** A certificate as far as verification reads it: a leaf also as an endorsement key. */
function readOurs(der: Uint8Array): Certificate {
  const certificate = parseCertificate(der)
  if (/^SEV-V[CL]EK$/.test(certificate.subject.commonName)) parseEndorsementKey(der)
  return certificate
}

type Read<T> = { readonly value: T } | { readonly refusal: VerificationError }

function read<T>(parse: (der: Uint8Array) => T, der: Uint8Array): Read<T> {
  try {
    return { value: parse(der) }
  } catch (error) {
    if (error instanceof VerificationError) return { refusal: error }
    throw error
  }
}

const rowsOf = (of: Divergence['of'], { code, message }: VerificationError): readonly Divergence[] =>
  divergences.filter((row) => row.of === of && row.code === code && row.what.test(message))

function takenByNode(der: Uint8Array): boolean {
  try {
    return new X509Certificate(der).serialNumber !== ''
  } catch {
    return false
  }
}

/** How often each row is needed; throws for a divergence that is in none or several, or of the other direction. */
function tally<T>(
  of: Divergence['of'],
  samples: readonly Sample[],
  parse: (der: Uint8Array) => T,
  taken: (sample: Sample, index: number) => boolean,
): ReadonlyMap<Divergence, number> {
  const uses = new Map<Divergence, number>()
  samples.forEach((sample, index) => {
    const ours = read(parse, sample.der)
    const theirs = taken(sample, index)
    if ('value' in ours) expect(theirs, `ours alone takes it: ${sample.name}`).toBe(true)
    if ('value' in ours || !theirs) return
    const rows = rowsOf(of, ours.refusal)
    expect(rows.length, `rows for ${sample.name}: ${ours.refusal.code} ${ours.refusal.message}`).toBe(1)
    for (const row of rows) uses.set(row, (uses.get(row) ?? 0) + 1)
  })
  return uses
}

const unused = (of: Divergence['of'], uses: ReadonlyMap<Divergence, number>): readonly string[] =>
  divergences
    .filter((row) => row.of === of && !uses.has(row))
    .map(({ code, what }) => `${code} ${what.source}`)

const plainHex = (hex: string): string => hex.replace(/^0+(?=.)/, '')
const arc = '1.3.6.1.4.1.3704.'
const amdOids = ({ extensions }: Certificate): readonly string[] =>
  [...extensions.keys()].filter((oid) => oid.startsWith(arc)).map((oid) => oid.slice(arc.length))

describe('the OpenSSL inside Node', () => {
  it('takes every certificate that ours takes, and others for the reasons listed', () => {
    expect(certificates.length).toBeGreaterThan(300)
    const uses = tally('certificate', certificates, readOurs, ({ der }) => takenByNode(der))
    expect(unused('certificate', uses)).toEqual([])
  })

  it('reads the same out of what both take', () => {
    const both = certificates.flatMap(({ name, der }) => {
      const ours = read(readOurs, der)
      return 'value' in ours ? [{ name, der, ours: ours.value }] : []
    })
    expect(both.length).toBeGreaterThan(150)
    for (const { name, der, ours } of both) {
      const { serial, ...theirs } = nodeCertificate(der)
      expect({ ...theirs, serial: plainHex(serial.toString(16)) }, name).toMatchObject({
        serial: plainHex(ours.serial),
        issuer: ours.issuer.commonName,
        subject: ours.subject.commonName,
        notBefore: ours.notBefore,
        notAfter: ours.notAfter,
      })
    }
  })
})

describe.skipIf(!hasOpenssl)("OpenSSL's command", () => {
  it('takes every CRL that ours takes, says the same of it, and takes others for the reasons listed', () => {
    expect(crls.length).toBeGreaterThan(60)
    const texts = readByOpenssl(
      'crl',
      crls.map(({ der }) => der),
    )
    expect(texts).toHaveLength(crls.length)
    const uses = tally('CRL', crls, parseCrl, (_, index) => texts[index] !== null)
    expect(unused('CRL', uses)).toEqual([])
    crls.forEach(({ name, der }, index) => {
      const ours = read(parseCrl, der)
      if ('refusal' in ours) return
      const { number, issuer, from, to, revoked } = factsOf(texts[index] ?? '')
      const { value }: { readonly value: Crl } = ours
      expect({ number, issuer, from, to, revoked }, name).toEqual({
        number: value.number.toString(16),
        issuer: value.issuer.commonName,
        from: value.thisUpdate,
        to: value.nextUpdate,
        revoked: [...value.revoked.keys()].map(plainHex),
      })
    })
  })

  it('takes every certificate that ours takes and says the same of it', () => {
    const chosen = certificates.filter((_, index) => everything || index % 16 === 0)
    const texts = readByOpenssl(
      'x509',
      chosen.map(({ der }) => der),
    )
    expect(texts).toHaveLength(chosen.length)
    const uses = tally('certificate', chosen, readOurs, (_, index) => texts[index] !== null)
    if (everything) expect(unused('certificate', uses)).toEqual([])
    let compared = 0
    chosen.forEach(({ name, der }, index) => {
      const ours = read(readOurs, der)
      if ('refusal' in ours) return
      compared += 1
      const { number, issuer, subject, from, to, amd } = factsOf(texts[index] ?? '')
      const { value } = ours
      expect({ number, issuer, subject, from, to, amd }, name).toEqual({
        number: plainHex(value.serial),
        issuer: value.issuer.commonName,
        subject: value.subject.commonName,
        from: value.notBefore,
        to: value.notAfter,
        amd: amdOids(value),
      })
    })
    expect(compared).toBeGreaterThan(8)
    if (everything) console.info(`${chosen.length} certificates, ${compared} taken by both`)
  }, 120_000)
})
