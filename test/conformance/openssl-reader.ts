// OpenSSL's command as a reader of certificates and CRLs: what it says about many files at once. One process of a shell
// runs them all, because starting one from here for each takes longer than reading.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const hasOpenssl: boolean = /^OpenSSL 3\./.test(
  spawnSync('openssl', ['version'], { encoding: 'utf8' }).stdout ?? '',
)

const facts: Readonly<Record<'x509' | 'crl', string>> = {
  x509: '-serial -subject -issuer -startdate -enddate -nameopt RFC2253,sep_multiline,-esc_msb -text -certopt no_pubkey,no_sigdump',
  crl: '-issuer -lastupdate -nextupdate -crlnumber -nameopt RFC2253,sep_multiline,-esc_msb -text',
}

/** What the command prints for each file, `null` where it refuses one. */
export function readByOpenssl(
  kind: 'x509' | 'crl',
  files: readonly Uint8Array[],
): readonly (string | null)[] {
  const folder = mkdtempSync(join(tmpdir(), 'attested-openssl-'))
  try {
    files.forEach((der, index) => {
      writeFileSync(join(folder, `${index}.der`), der)
    })
    const script =
      `for i in $(seq 0 ${files.length - 1}); do echo "=== $i"; ` +
      `openssl ${kind} -inform DER -in $i.der -noout ${facts[kind]} 2>/dev/null || echo "=== refused"; done`
    const text = execFileSync('sh', ['-c', script], { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 })
    return text
      .split(/^=== \d+\n/m)
      .slice(1)
      .map((part) => (part.includes('=== refused') ? null : part))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export interface OpensslFacts {
  /** Hex without leading zeros; of the number for a CRL. */
  readonly number: string
  /** Common names. */
  readonly issuer: string
  readonly subject: string
  readonly from: number
  readonly to: number
  /** Dotted OIDs of AMD's extensions, and how many extensions there are in all. */
  readonly amd: readonly string[]
  readonly revoked: readonly string[]
}

const plainHex = (text: string): string =>
  text
    .toLowerCase()
    .replace(/^0x/, '')
    .replace(/^0+(?=.)/, '')

export function factsOf(text: string): OpensslFacts {
  const one = (pattern: RegExp): string => pattern.exec(text)?.[1] ?? ''
  const name = (who: string): string =>
    new RegExp(`^${who}=\\n?(?:.*\\n)*? *CN=(.*)$`, 'm').exec(text)?.[1] ?? ''
  return {
    number: plainHex(one(/^(?:serial|crlNumber)=(.*)$/m)),
    issuer: name('issuer'),
    subject: name('subject'),
    from: Date.parse(one(/^(?:notBefore|lastUpdate)=(.*)$/m)),
    to: Date.parse(one(/^(?:notAfter|nextUpdate)=(.*)$/m)),
    amd: [...text.matchAll(/^ +1\.3\.6\.1\.4\.1\.3704\.([\d.]+): /gm)].map(([, end = '']) => end),
    revoked: [...text.matchAll(/^ +Serial Number: ([0-9A-F]+)$/gm)].map(([, serial = '']) =>
      plainHex(serial),
    ),
  }
}
