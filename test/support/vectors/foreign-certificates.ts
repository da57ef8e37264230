// Endorsement keys and intermediates by OpenSSL.
import { generateKeyPairSync } from 'node:crypto'
import type { Line } from '../names.js'
import { type AmdValues, authority, authorityExtensions, leafOf } from './foreign-pki.js'
import { type ForeignKit, type Refusal, malformed, rejected, unverifiable } from './foreign-kit.js'
import {
  type OpensslCertificate,
  makeCertificate,
  makeCrl,
  makeVersionOne,
  rsaPrivate,
} from './foreign-openssl.js'
import { type TestSketch, type VectorGroup, type VectorInput, group } from './format.js'
import { base64, policyWith } from './inputs.js'

const profile = rejected('CERTIFICATE_PROFILE', 'endorsement.certificate')
const unsupported = unverifiable('CERTIFICATE_UNSUPPORTED', 'endorsement.certificate')
const algorithm = rejected('CERTIFICATE_ALGORITHM', 'endorsement.certificate')
const broken = malformed('CERTIFICATE_MALFORMED', 'endorsement.certificate')
const unexpected = malformed('DER_UNEXPECTED', 'endorsement.certificate')
const late = rejected('CERTIFICATE_EXPIRED', 'chain.validity')
const early = rejected('CERTIFICATE_NOT_YET_VALID', 'chain.validity')

type Changes = Partial<OpensslCertificate> & { readonly amd?: AmdValues; readonly more?: readonly string[] }

const source = 'AMD 57230, VCEK and VLEK certificates'
const onlyAmd = "only exactly AMD's extensions mean what a verifier takes them to mean"
const pinned = 'the algorithm is fixed, and no certificate chooses it'

export function certificateGroup(kit: ForeignKit): VectorGroup {
  const { facts, lines } = kit
  const milan = (
    comment: string,
    why: string,
    changes: Changes,
    refusal: Refusal = {},
    at?: string,
  ): TestSketch => {
    const leaf = makeCertificate(leafOf(facts, 'Milan', 'vcek', lines.Milan.ask, changes))
    const input = { endorsementKey: base64(leaf.der), ...(at === undefined ? {} : { at }) }
    return { comment, why, source, input, ...refusal }
  }
  const whole = (name: string, line: Line, kind: 'vcek' | 'vlek' = 'vcek'): TestSketch => ({
    comment: `${line} ${kind} as OpenSSL writes it`,
    why: 'a genuine key must pass whoever wrote its DER',
    source,
    input: kit.input(name, line, kind),
  })
  const hwId = facts.chips.Milan
  const attacker = authority('ask', 'Milan', lines.Milan.ark, { rsa: 'attacker-ask' })
  const printable = authority('ask', 'Milan', lines.Milan.ark, { strings: 'default' })
  const under = (comment: string, why: string, issuer: typeof attacker, refusal: Refusal): TestSketch => ({
    comment,
    why,
    source: 'RFC 5280 §6.1.3',
    flags: ['bypass'],
    input: { endorsementKey: base64(makeCertificate(leafOf(facts, 'Milan', 'vcek', issuer)).der) },
    ...refusal,
  })
  const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  return group(
    'foreign/openssl-certificates',
    'Endorsement keys by OpenSSL',
    kit.input('Milan v3', 'Milan'),
    [
      whole('Milan v3', 'Milan'),
      whole('Genoa v3', 'Genoa'),
      whole('Turin v5', 'Turin'),
      whole('Milan VLEK', 'Milan', 'vlek'),
      {
        comment: 'in PEM',
        why: 'PEM holds the same certificate',
        source: 'RFC 7468',
        input: { endorsementKey: base64(new TextEncoder().encode(kit.leaf('Milan').pem)) },
      },
      milan('hwID inside an OCTET STRING', 'AMD 57230 can be read so', {
        amd: { '4': `ASN1:FORMAT:HEX,OCTETSTRING:${hwId}` },
      }),
      milan('a serial number that is not zero', 'AMD writes zero, and nothing depends on it', {
        serial: '1234',
      }),
      milan('valid until 2055, a GeneralizedTime', 'RFC 5280 changes the form in 2050', {
        to: '20550101000000Z',
      }),
      milan('a subject in PrintableStrings', 'the form of a string says nothing', { strings: 'default' }),
      milan('the last second of validity', 'RFC 5280: to the end of notAfter', { to: '20260601000000Z' }),
      milan('one second later', 'RFC 5280: to the end of notAfter', { to: '20260531235959Z' }, late),
      milan('300 seconds before notBefore', 'KDS signs on request', { from: '20260601000500Z' }),
      milan('301 seconds before notBefore', 'KDS signs on request', { from: '20260601000501Z' }, early),
      ...['1', '2', '3.1', '3.3', '3.4', '3.8', '4'].map((oid) =>
        milan(`without AMD extension .${oid}`, onlyAmd, { amd: { [oid]: null } }, profile),
      ),
      milan('an unknown AMD extension', onlyAmd, { amd: { '99': 'ASN1:INTEGER:0' } }, unsupported),
      milan(
        'with a cspID',
        'a VCEK is of a chip',
        { amd: { '5': 'ASN1:IA5STRING:CN=csp.example' } },
        profile,
      ),
      milan("with Turin's fmcSPL", onlyAmd, { amd: { '3.9': 'ASN1:INTEGER:1' } }, profile),
      milan('a critical blSPL', onlyAmd, { amd: { '3.1': 'critical,ASN1:INTEGER:4' } }, profile),
      milan(
        'keyUsage beside them',
        onlyAmd,
        { more: ['subjectKeyIdentifier = none', 'keyUsage = digitalSignature'] },
        profile,
      ),
      milan('subjectKeyIdentifier beside them', onlyAmd, { more: ['subjectKeyIdentifier = hash'] }, profile),
      milan('structVersion 1', onlyAmd, { amd: { '1': 'ASN1:INTEGER:1' } }, unsupported),
      milan(
        'productName Genoa',
        'the product is part of the key',
        { amd: { '2': 'ASN1:IA5STRING:Genoa' } },
        profile,
      ),
      milan(
        'productName in UTF8',
        'AMD writes IA5',
        { amd: { '2': 'ASN1:UTF8String:Milan-B0' } },
        unexpected,
      ),
      milan('hwID of 63 bytes', 'a chip has 64', { amd: { '4': `DER:${hwId.slice(2)}` } }, profile),
      milan(
        'hwID of another chip',
        'the key of one chip must not sign for another',
        { amd: { '4': `DER:${hwId.replace(/^../, '00')}` } },
        rejected('ENDORSEMENT_CHIP_ID_MISMATCH', 'endorsement.chipId'),
      ),
      milan(
        'snpSPL above the report',
        'the key of one TCB must not sign for another',
        { amd: { '3.3': 'ASN1:INTEGER:25' } },
        rejected('ENDORSEMENT_TCB_MISMATCH', 'endorsement.reportedTcb'),
      ),
      milan(
        'PSS with SHA-256',
        pinned,
        { hash: 'sha256', sigopt: ['rsa_padding_mode:pss', 'rsa_pss_saltlen:32'] },
        algorithm,
      ),
      milan(
        'PSS with a salt of 32',
        pinned,
        { sigopt: ['rsa_padding_mode:pss', 'rsa_pss_saltlen:32'] },
        algorithm,
      ),
      milan(
        'PSS with MGF1 over SHA-256',
        pinned,
        { sigopt: ['rsa_padding_mode:pss', 'rsa_pss_saltlen:48', 'rsa_mgf1_md:sha256'] },
        algorithm,
      ),
      milan('PKCS #1 v1.5', pinned, { sigopt: [] }, algorithm),
      milan('a P-256 key', 'AMD has none', { key: p256 }, broken),
      milan('an RSA key', 'AMD has none in a leaf', { key: rsaPrivate('attacker-ask') }, profile),
      {
        comment: 'version 1',
        why: 'it has no extensions, so no chip and no TCB',
        source,
        input: {
          endorsementKey: base64(makeVersionOne(leafOf(facts, 'Milan', 'vcek', lines.Milan.ask))),
        },
        ...unexpected,
      },
      under(
        "by an attacker's key in the name of the ASK",
        'names prove nothing',
        attacker,
        rejected('CHAIN_SIGNATURE', 'chain.signature'),
      ),
      under(
        'by the ASK, its name in other string types',
        'names are compared byte for byte',
        printable,
        rejected('CHAIN_ISSUER', 'chain.issuer'),
      ),
    ],
  )
}

export function intermediateGroup(kit: ForeignKit): VectorGroup {
  const { facts, lines, policy } = kit
  const window = { from: '20260520000000Z', to: '20260701000000Z' }
  const { der: crl } = makeCrl({ issuer: lines.Genoa.ark, number: '09', ...window })
  const required = policyWith(
    'intermediates',
    'arkSigned',
    policy('revocation', { crl: 'required', graceDays: 0, minNumbers: { Genoa: 7 }, maxFetchAgeDays: 30 }),
  )
  const base: VectorInput = {
    ...kit.input('Genoa v3', 'Genoa'),
    policy: required,
    crls: [{ crl: base64(crl), fetchedAt: '2026-05-30T00:00:00Z' }],
  }
  const rotated = { rsa: 'rotatedAsk-Genoa', serial: '020003' } as const
  const unknown = rejected('CHAIN_INTERMEDIATE_UNKNOWN', 'intermediates')
  const extensions = authorityExtensions('ask', 'Genoa')
  const without = (text: string): readonly string[] => extensions.filter((line) => !line.startsWith(text))
  const one = (
    comment: string,
    why: string,
    changes: Partial<OpensslCertificate>,
    refusal: Refusal = unknown,
    issuer = lines.Genoa.ark,
  ): TestSketch => {
    const ask = authority('ask', 'Genoa', issuer, { ...rotated, ...changes })
    const leaf = makeCertificate(leafOf(facts, 'Genoa', 'vcek', ask))
    const input = { endorsementKey: base64(leaf.der), certificates: [base64(ask.der)] }
    return { comment, why, source: 'attested policy, intermediates', flags: ['bypass'], input, ...refusal }
  }
  const exact = "an intermediate of AMD's profile is what the ARK's signature is for"
  const attackerArk = authority('ark', 'Genoa', null, { rsa: 'attacker-ark' })
  return group('foreign/openssl-intermediates', 'Intermediates by OpenSSL, with arkSigned', base, [
    { ...one('a new ASK of the ARK', 'a rotation ahead of a release', {}, {}), flags: ['valid'] },
    { comment: 'the pinned one', why: 'nothing else was supplied', source: 'attested policy, intermediates' },
    {
      ...one('the new ASK, but only pinned ones count', 'the ARK signing it is not enough', {}),
      ...{ input: { ...one('', '', {}).input, policy: policyWith('intermediates', 'pinned', required) } },
    },
    one('without pathlen', exact, {
      extensions: [...without('basicConstraints'), 'basicConstraints = critical,CA:TRUE'],
    }),
    one('pathlen 1', exact, {
      extensions: [...without('basicConstraints'), 'basicConstraints = critical,CA:TRUE,pathlen:1'],
    }),
    one('CA:FALSE', exact, {
      extensions: [...without('basicConstraints'), 'basicConstraints = critical,CA:FALSE'],
    }),
    one('without keyUsage', exact, { extensions: without('keyUsage') }),
    one('keyUsage that also signs CRLs', exact, {
      extensions: [...without('keyUsage'), 'keyUsage = critical,keyCertSign,cRLSign'],
    }),
    one('keyUsage that is not critical', exact, {
      extensions: [...without('keyUsage'), 'keyUsage = keyCertSign'],
    }),
    one('extendedKeyUsage beside the others', exact, {
      extensions: [...extensions, 'extendedKeyUsage = serverAuth'],
    }),
    one(
      'the name of another line',
      exact,
      { commonName: 'SEV-Milan' },
      rejected('CERTIFICATE_PROFILE', 'endorsement.certificate'),
    ),
    one("signed by an attacker in the ARK's name", 'the ARK must have signed it', {}, unknown, attackerArk),
    one('PKCS #1 v1.5', pinned, { sigopt: [] }),
  ])
}
