// Certificates and CRLs made by OpenSSL's command, for vectors that our own writers of DER have no part in. Only the
// keys are ours. Needs `openssl` 3.
import { execFileSync } from 'node:child_process'
import { type KeyObject, X509Certificate, createPrivateKey } from 'node:crypto'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EcKey, type RsaKeyName, rsaKey } from '../keys.js'

const folder = mkdtempSync(join(tmpdir(), 'attested-foreign-'))
const at = (name: string): string => join(folder, name)

function openssl(args: readonly string[]): string {
  return execFileSync('openssl', [...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

export const opensslVersion = (): string => openssl(['version']).trim().split(' ').slice(0, 2).join(' ')

let count = 0
function file(name: string, text: string): string {
  count += 1
  const path = at(`${count}-${name}`)
  writeFileSync(path, text)
  return path
}

export const rsaPrivate = (name: RsaKeyName): KeyObject => rsaKey(name).privateKey

/** The lab's derived key, as node:crypto and OpenSSL take it. */
export function ecPrivate({ scalar, point }: EcKey): KeyObject {
  const part = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
  const [x, y] = [part(point.slice(1, 49)), part(point.slice(49))]
  return createPrivateKey({ key: { kty: 'EC', crv: 'P-384', d: part(scalar), x, y }, format: 'jwk' })
}

const pemOf = (key: KeyObject): string => key.export({ format: 'pem', type: 'pkcs8' }).toString()

export interface OpensslAuthority {
  readonly key: KeyObject
  readonly pem: string
  readonly der: Uint8Array
}

/** What AMD signs with. Others are what must be refused. */
export const amdPss: readonly string[] = ['rsa_padding_mode:pss', 'rsa_pss_saltlen:48']

export interface OpensslSigning {
  /** Default: SHA-384. */
  readonly hash?: string
  /** Options of the signature; default: {@link amdPss}. */
  readonly sigopt?: readonly string[]
}

export interface OpensslCertificate extends OpensslSigning {
  readonly commonName: string
  readonly key: KeyObject
  /** `null` for a certificate that signs itself. */
  readonly issuer: OpensslAuthority | null
  /** Hex. */
  readonly serial: string
  /** `YYYYMMDDHHMMSSZ`. */
  readonly from: string
  readonly to: string
  /** Lines of an OpenSSL extension section. */
  readonly extensions: readonly string[]
  /** OpenSSL's choice of string types; `utf8only` is AMD's. */
  readonly strings?: 'utf8only' | 'default'
}

const config = (serial: string, extensions: readonly string[], numbered = true): string =>
  file(
    'ca.cnf',
    [
      '[ca]\ndefault_ca = here\n[here]',
      `database = ${file('index', '')}\nnew_certs_dir = ${folder}\nserial = ${file('serial', `${serial}\n`)}`,
      ...(numbered ? [`crlnumber = ${file('number', `${serial}\n`)}`] : []),
      'unique_subject = no\npolicy = any\npreserve = yes\nemail_in_dn = no\ncopy_extensions = none',
      '[any]\ncommonName = supplied',
      ...[
        'organizationalUnitName',
        'countryName',
        'localityName',
        'stateOrProvinceName',
        'organizationName',
      ].map((name) => `${name} = optional`),
      '[extensions]',
      ...extensions,
      '',
    ].join('\n'),
  )

const signing = ({ hash = 'sha384', sigopt = amdPss }: OpensslSigning): readonly string[] => [
  ...['-md', hash],
  ...sigopt.flatMap((option) => ['-sigopt', option]),
]

function request({ commonName, key, strings = 'utf8only' }: OpensslCertificate): string {
  const text = `[req]\nprompt = no\nstring_mask = ${strings}\ndistinguished_name = name\n[name]\n`
  const subject = `/OU=Engineering/C=US/L=Santa Clara/ST=CA/O=Advanced Micro Devices/CN=${commonName}`
  const out = file('request.pem', '')
  const keyFile = file('key.pem', pemOf(key))
  openssl([
    'req',
    '-new',
    '-utf8',
    '-config',
    file('req.cnf', text),
    '-key',
    keyFile,
    '-subj',
    subject,
    '-out',
    out,
  ])
  return out
}

const derOf = (pem: string): Uint8Array => new Uint8Array(new X509Certificate(pem).raw)

export function makeCertificate(options: OpensslCertificate): OpensslAuthority {
  const { key, issuer, serial, from, to, extensions } = options
  const out = file('certificate.pem', '')
  const keyFile = file('key.pem', pemOf(issuer?.key ?? key))
  const ca = issuer === null ? ['-selfsign'] : ['-cert', file('issuer.pem', issuer.pem)]
  openssl([
    ...['ca', '-batch', '-notext', '-preserveDN', '-config', config(serial, extensions), ...ca],
    ...['-keyfile', keyFile, '-in', request(options), '-out', out, '-startdate', from, '-enddate', to],
    ...(extensions.length === 0 ? [] : ['-extensions', 'extensions']),
    ...signing(options),
  ])
  const pem = readFileSync(out, 'utf8')
  return { key, pem, der: derOf(pem) }
}

/** A certificate of version 1: what OpenSSL 3.0 makes of a request without extensions. */
export function makeVersionOne(
  options: OpensslCertificate & { readonly issuer: OpensslAuthority },
): Uint8Array {
  const { issuer, serial } = options
  const { hash = 'sha384', sigopt = amdPss } = options
  const pem = openssl([
    ...['x509', '-req', '-in', request(options), `-${hash}`, '-days', '3650', '-set_serial', `0x${serial}`],
    ...['-CA', file('issuer.pem', issuer.pem), '-CAkey', file('key.pem', pemOf(issuer.key))],
    ...sigopt.flatMap((option) => ['-sigopt', option]),
  ])
  return derOf(pem)
}

export interface OpensslCrl extends OpensslSigning {
  readonly issuer: OpensslAuthority
  /** Hex; `null` for none. */
  readonly number: string | null
  readonly from: string
  readonly to: string
  /** Serial numbers in hex, with a reason of OpenSSL's where one is wanted: `020001,keyCompromise`. */
  readonly revoked?: readonly string[]
  readonly extensions?: readonly string[]
}

export function makeCrl(options: OpensslCrl): { readonly pem: string; readonly der: Uint8Array } {
  const { issuer, number, from, to, revoked = [] } = options
  const { extensions = ['authorityKeyIdentifier = keyid:always'] } = options
  const settings = config(number ?? '01', extensions, number !== null)
  const index = /^database = (.*)$/m.exec(readFileSync(settings, 'utf8'))?.[1] ?? ''
  const line = (entry: string): string => {
    const [serial = '', ...reason] = entry.split(',')
    return `R\t330101000000Z\t${['260501120000Z', ...reason].join(',')}\t${serial}\tunknown\t/CN=revoked\n`
  }
  writeFileSync(index, revoked.map(line).join(''))
  const out = file('crl.pem', '')
  openssl([
    ...['ca', '-gencrl', '-config', settings, '-cert', file('issuer.pem', issuer.pem), '-out', out],
    ...['-keyfile', file('key.pem', pemOf(issuer.key)), '-crl_lastupdate', from, '-crl_nextupdate', to],
    ...(extensions.length === 0 ? [] : ['-crlexts', 'extensions']),
    ...signing(options),
  ])
  const pem = readFileSync(out, 'utf8')
  return { pem, der: new Uint8Array(Buffer.from(pem.replace(/-----[^\n]*\n?|\s/g, ''), 'base64')) }
}
