// Runs on the lab with other authorities and CRLs than the usual ones: rotation, revocation, attackers.
import { type CaseOptions, type PolicyCase, refused, right } from '../support/policy-case.js'
import { type Subject, labSubject } from '../support/policy-subject.js'
import {
  makeAsk,
  setExtension,
  basicConstraints,
  X509_OIDS,
  keyUsage,
  CRL_SIGN,
  KEY_CERT_SIGN,
} from '../support/certificates.js'
import { LAB_NOW, labCrl, labPki } from '../support/pki.js'
import { rsaKey } from '../support/keys.js'
import { requiredCrl } from './policy-revocation.js'

const required = requiredCrl()
const arkSigned = { ...required, intermediates: 'arkSigned' } as const
const unknown = { code: 'CHAIN_INTERMEDIATE_UNKNOWN', failed: ['intermediates'] } as const
const revoked = { code: 'REVOCATION_REVOKED', failed: ['revocation.revoked'] } as const

const withCrls = (...crls: readonly Uint8Array[]) => ({
  crls: crls.map((crl) => ({ crl, fetchedAt: LAB_NOW })),
})

function* rotation(): Iterable<PolicyCase> {
  const { lines, rotated } = labPki()
  const key = 'intermediates'
  for (const line of ['Milan', 'Genoa'] as const) {
    const subject = labSubject(`${line}, rotated ASK`, { line, chain: 'rotated' })
    const certificates = [rotated[line].der]
    const crl = labCrl(line)
    yield refused(subject, key, 'pinned, the rotated one given', {}, unknown, { extras: { certificates } })
    yield refused(
      subject,
      key,
      'pinned, only the leaf given',
      {},
      { code: 'CHAIN_SIGNATURE', failed: ['chain.signature'] },
    )
    const given: CaseOptions = { extras: { certificates, ...withCrls(crl) } }
    yield right(subject, key, 'arkSigned, the rotated one given', arkSigned, { crl: '7' }, given)
    yield refused(
      subject,
      key,
      'arkSigned, no CRL',
      arkSigned,
      { code: 'REVOCATION_MISSING', failed: ['revocation.crl'] },
      { extras: { certificates } },
    )
    const listing = labCrl(line, { entries: [{ serial: rotated[line].serial }] })
    yield refused(subject, key, 'arkSigned, listed by the CRL', arkSigned, revoked, {
      extras: { certificates, ...withCrls(listing) },
    })
    const { ark } = lines[line]
    const key2 = rsaKey(line === 'Milan' ? 'rotatedAsk-Milan' : 'rotatedAsk-Genoa')
    const shapes = {
      'path length 1': makeAsk(line, ark, {
        key: key2,
        edit: (list) => setExtension(list, X509_OIDS.basicConstraints, { value: basicConstraints(1).value }),
      }),
      'may sign CRLs': makeAsk(line, ark, {
        key: key2,
        edit: (list) =>
          setExtension(list, X509_OIDS.keyUsage, { value: keyUsage(KEY_CERT_SIGN, CRL_SIGN).value }),
      }),
      'one more extension': makeAsk(line, ark, {
        key: key2,
        edit: (list) => [...list, { oid: '1.3.6.1.4.1.3704.1.99', value: Uint8Array.of(5, 0) }],
      }),
      "signed by an attacker's ARK": makeAsk(line, labPki().attacker(line).ark, { key: key2 }),
    }
    for (const [shape, { der }] of Object.entries(shapes)) {
      yield refused(subject, key, `arkSigned, ${shape}`, arkSigned, unknown, {
        extras: { certificates: [der], ...withCrls(crl) },
      })
    }
  }
}

function* revocation(): Iterable<PolicyCase> {
  const { lines, revoked: revokedAsk } = labPki()
  const key = 'revocation.revoked'
  for (const signer of ['vcek', 'vlek'] as const) {
    const subject = labSubject(`Genoa ${signer}, revocation`, { line: 'Genoa', signer })
    const role = signer === 'vcek' ? 'ask' : 'asvk'
    const other = signer === 'vcek' ? 'asvk' : 'ask'
    const listing = labCrl('Genoa', { entries: [{ serial: lines.Genoa[role].serial }] })
    yield refused(subject, key, `the ${role} is listed`, required, revoked, { extras: withCrls(listing) })
    yield refused(subject, key, `the ${role} is listed, revocation unchecked`, {}, revoked, {
      extras: withCrls(listing),
    })
    yield refused(subject, key, `the ${role} is listed by one of two`, required, revoked, {
      extras: withCrls(labCrl('Genoa'), listing),
    })
    const leaf = labCrl('Genoa', { entries: [{ serial: 0 }] })
    yield refused(subject, key, 'serial 0, that of every leaf, is listed', required, revoked, {
      extras: withCrls(leaf),
    })
    yield right(
      subject,
      key,
      `only the ${other} is listed`,
      required,
      { crl: '7' },
      {
        extras: withCrls(labCrl('Genoa', { entries: [{ serial: lines.Genoa[other].serial }] })),
      },
    )
  }
  const old = labSubject('Genoa, revoked ASK', { line: 'Genoa', chain: 'revoked' })
  yield refused(old, key, 'arkSigned, and the CRL lists it', arkSigned, revoked, {
    extras: { certificates: [revokedAsk.Genoa.der], ...withCrls(labCrl('Genoa')) },
  })
}

function* lists(subject: Subject): Iterable<PolicyCase> {
  const { line } = subject
  const key = 'revocation.crl'
  const next = new Date('2026-09-01T00:00:00Z')
  const later = labCrl(line, { number: 8, thisUpdate: new Date('2026-06-15T00:00:00Z'), nextUpdate: next })
  const stale = labCrl(line, { number: 9, nextUpdate: new Date('2026-05-31T00:00:00Z') })
  const usual = labCrl(line)
  yield right(
    subject,
    key,
    'issued after the time of verification',
    required,
    { crl: '8' },
    { extras: withCrls(later) },
  )
  yield right(subject, key, 'the newest of two', required, { crl: '8' }, { extras: withCrls(usual, later) })
  yield right(
    subject,
    key,
    'the newest that satisfies',
    required,
    { crl: '8' },
    { extras: withCrls(usual, stale, later) },
  )
  yield refused(
    subject,
    key,
    'the newest is stale, and none other',
    required,
    { code: 'REVOCATION_STALE', failed: ['revocation.graceDays'] },
    { extras: withCrls(stale) },
  )
  const forged = labCrl(line, { authority: labPki().attacker(line).ark })
  const signature = { code: 'REVOCATION_SIGNATURE', failed: ['revocation.signature'] } as const
  yield refused(subject, 'revocation.signature', "an attacker's", required, signature, {
    extras: withCrls(forged),
  })
  yield refused(subject, 'revocation.signature', "an attacker's beside a genuine one", required, signature, {
    extras: withCrls(usual, forged),
  })
}

/** All runs with special authorities. */
export function* authorityCases(): Iterable<PolicyCase> {
  yield* rotation()
  yield* revocation()
  for (const line of ['Milan', 'Genoa', 'Turin'] as const) {
    yield* lists(labSubject(`${line}, several CRLs`, { line }))
  }
}
