// CRLs by OpenSSL.
import { type ForeignKit, type Refusal, malformed, rejected, unverifiable } from './foreign-kit.js'
import { authority } from './foreign-pki.js'
import { type OpensslCrl, makeCrl } from './foreign-openssl.js'
import { type TestSketch, type VectorGroup, group } from './format.js'
import { base64 } from './inputs.js'

const source = 'RFC 5280 §5, §6.3'
const revoked = rejected('REVOCATION_REVOKED', 'revocation.revoked')
const broken = malformed('REVOCATION_MALFORMED', 'revocation.structure')
const unsupported = unverifiable('REVOCATION_UNSUPPORTED', 'revocation.structure')
const missing = unverifiable('REVOCATION_MISSING', 'revocation.crl')
const stale = unverifiable('REVOCATION_STALE', 'revocation.graceDays')
const low = unverifiable('REVOCATION_NUMBER', 'revocation.minNumbers')
const old = unverifiable('REVOCATION_FETCH_AGE', 'revocation.maxFetchAgeDays')

const fetchedAt = '2026-05-30T00:00:00Z'
const identifier = 'authorityKeyIdentifier = keyid:always'

export function crlGroup(kit: ForeignKit): VectorGroup {
  const { lines, policy } = kit
  const rule = (minNumbers: Readonly<Record<string, number>>) =>
    policy('revocation', { crl: 'required', graceDays: 0, minNumbers, maxFetchAgeDays: 30 })
  const make = (changes: Partial<OpensslCrl> = {}) =>
    makeCrl({
      issuer: lines.Genoa.ark,
      number: '07',
      from: '20260520000000Z',
      to: '20260701000000Z',
      ...changes,
    })
  const one = (
    comment: string,
    why: string,
    changes: Partial<OpensslCrl>,
    refusal: Refusal = {},
    input: TestSketch['input'] = {},
  ): TestSketch => ({
    comment,
    why,
    source,
    input: { crls: [{ crl: base64(make(changes).der), fetchedAt }], ...input },
    ...refusal,
  })
  const [genuine, milan] = [make(), make({ issuer: lines.Milan.ark })]
  const attacker = authority('ark', 'Genoa', null, { rsa: 'attacker-ark' })
  const vlek = { ...kit.input('Milan VLEK', 'Milan', 'vlek'), policy: rule({ Milan: 7 }) }
  const pem = base64(new TextEncoder().encode(genuine.pem))
  const many = Array.from({ length: 300 }, (_, index) => (0x4000 + index).toString(16))
  const known = 'only what is known to change nothing may be passed over'
  const base = { ...kit.input('Genoa v3', 'Genoa'), policy: rule({ Genoa: 7 }) }
  return group('foreign/openssl-crls', 'CRLs by OpenSSL', base, [
    one('an empty list', 'nothing is revoked', {}),
    one('an older ASK is listed', "AMD's own lists it", { revoked: ['020001'] }),
    one('listed with a reason', 'an entry may say why', { revoked: ['020001,superseded'] }),
    one('300 others are listed', 'a list may be long', { revoked: many }),
    one('a number of two bytes with a leading zero', 'DER', { number: '8000' }),
    one('without a key identifier', 'the name and the signature say whose it is', { extensions: [] }),
    one('an unknown extension that is not critical', 'RFC 5280 §5.2', {
      extensions: [identifier, '1.2.3.4 = ASN1:NULL'],
    }),
    {
      comment: 'in PEM',
      why: 'PEM holds the same list',
      source: 'RFC 7468',
      input: { crls: [{ crl: pem, fetchedAt }] },
    },
    {
      comment: 'with one of another line beside it',
      why: 'lists of other issuers say nothing here',
      source,
      input: { crls: [milan, genuine].map(({ der }) => ({ crl: base64(der), fetchedAt })) },
    },
    one('until this very second', 'RFC 5280: up to nextUpdate', { to: '20260601000000Z' }),
    one('until a second ago', 'an old list hides what came after', { to: '20260531235959Z' }, stale),
    one('the ASK is listed', 'AMD took it back', { revoked: ['020002'] }, revoked),
    one(
      'the ASK is listed for a reason',
      'the reason does not matter',
      { revoked: ['020002,CACompromise'] },
      revoked,
    ),
    one('the ASK is listed among 300', 'every entry counts', { revoked: [...many, '020002'] }, revoked),
    one('serial number 0 is listed', 'every leaf has it', { revoked: ['00'] }, revoked),
    one(
      'the ASVK of a VLEK is listed',
      'its list is of the same ARK',
      { issuer: lines.Milan.ark, revoked: ['010101'] },
      revoked,
      vlek,
    ),
    one(
      'the ASK of a VCEK is listed, the key is a VLEK',
      'another path',
      { issuer: lines.Milan.ark, revoked: ['010001'] },
      {},
      vlek,
    ),
    one(
      "by an attacker's key in the name of the ARK",
      'whoever forges a list hides a revocation',
      { issuer: attacker },
      rejected('REVOCATION_SIGNATURE', 'revocation.signature'),
    ),
    one('of another line alone', 'it says nothing about this one', { issuer: lines.Milan.ark }, missing),
    one('number 6, at least 7 is wanted', 'an old list hides what came after', { number: '06' }, low),
    {
      comment: 'fetched 31 days ago',
      why: 'a newer one may be there',
      source: 'attested policy, revocation',
      input: { crls: [{ crl: base64(genuine.der), fetchedAt: '2026-05-01T00:00:00Z' }] },
      ...old,
    },
    {
      comment: 'none',
      why: 'the policy wants one',
      source: 'attested policy, revocation',
      input: { crls: [] },
      ...missing,
    },
    one('without a number', 'nobody could say which of two is newer', { number: null }, broken),
    one(
      'version 1',
      'it has no number',
      { number: null, extensions: [] },
      malformed('DER_UNEXPECTED', 'revocation.structure'),
    ),
    one('PKCS #1 v1.5', 'the algorithm is fixed', { sigopt: [] }, broken),
    one('PSS with SHA-256', 'the algorithm is fixed', { hash: 'sha256' }, broken),
    one(
      'a critical issuingDistributionPoint',
      known,
      {
        extensions: [identifier, 'issuingDistributionPoint = critical,@point', '[point]', 'onlyuser = TRUE'],
      },
      unsupported,
    ),
    one(
      'a delta CRL',
      known,
      { extensions: [identifier, '2.5.29.27 = critical,ASN1:INTEGER:6'] },
      unsupported,
    ),
  ])
}
