// The pins against the certificates behind them, as the strict reader reads those. `roots.test.ts` holds the
// certificates against OpenSSL and against fingerprints that were typed apart from all of this.
import { createHash } from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { toBase64 } from '../encoding/base64.js'
import { fromHex, toHex } from '../encoding/hex.js'
import { parseCertificate } from '../x509/certificate.js'
import { productLineNames } from './line.js'
import { type RootRole, amdPins, pinnedKey } from './pins.js'
import { amdRoots } from './roots.js'

const roles: readonly RootRole[] = ['ark', 'ask', 'asvk']
const each = productLineNames.flatMap((line) => roles.map((role) => [line, role] as const))
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const rfc3339 = (time: number): string => new Date(time).toISOString().replace('.000Z', 'Z')

describe('the pins', () => {
  it('are of nine certificates', () => {
    const digests = each.map(([line, role]) => amdPins[line][role].certificateSha256)
    expect([Object.keys(amdPins), new Set(digests).size]).toEqual([productLineNames, 9])
    for (const line of productLineNames)
      expect(Object.keys(amdPins[line]).sort()).toEqual(['ark', 'ask', 'asvk', 'revoked'])
  })

  it.each(each)('are what the certificate says: %s %s', (line, role) => {
    const der = amdRoots(line)[role]
    const { subject, spki, serial, notBefore, notAfter } = parseCertificate(der)
    expect(amdPins[line][role]).toEqual({
      commonName: subject.commonName,
      certificateSha256: sha256(der),
      spkiSha256: sha256(spki),
      subject: toHex(subject.raw),
      serial,
      notBefore: rfc3339(notBefore),
      notAfter: rfc3339(notAfter),
    })
    expect(fromHex(amdPins[line][role].subject)).toEqual(subject.raw)
  })

  it('know the one intermediate that AMD revoked', () => {
    expect(productLineNames.map((line) => amdPins[line].revoked)).toEqual([
      [],
      [
        {
          certificateSha256: '54467b96b8baf21dd42ef7162a62ec7812c5231ef301790e37a84b822ae6f459',
          spkiSha256: '0dee0c846c77000ff39d65b9d51d8b31189426d6f2f50858fb23b39718dd9c30',
        },
      ],
      [],
    ])
  })
})

describe('a pinned key', () => {
  it.each(each)('is the key of its certificate, byte for byte: %s %s', async (line, role) => {
    expect(await pinnedKey(line, role)).toEqual(parseCertificate(amdRoots(line)[role]).spki)
  })

  it('is decoded anew each time: nobody can change that of somebody else', async () => {
    const before = toHex(await pinnedKey('Genoa', 'ask'))
    const key = await pinnedKey('Genoa', 'ask')
    key.fill(0)
    expect(toHex(await pinnedKey('Genoa', 'ask'))).toBe(before)
  })
})

describe('a key that is not the pinned one', () => {
  afterEach(() => {
    vi.doUnmock('./pins/milan.js')
    vi.resetModules()
  })

  const keyOf = (line: 'Milan' | 'Genoa', role: RootRole): Uint8Array =>
    parseCertificate(amdRoots(line)[role]).spki
  const flipped = (at: number): Uint8Array =>
    keyOf('Milan', 'ask').map((byte, index) => (index === at ? byte ^ 1 : byte))
  /** The ASK's key as it comes from a file that has this text for it. */
  const loadAs = async (ask: string): Promise<Uint8Array> => {
    const [ark, asvk] = [toBase64(keyOf('Milan', 'ark')), toBase64(keyOf('Milan', 'asvk'))]
    vi.resetModules()
    vi.doMock('./pins/milan.js', () => ({ publicKeys: { ark, ask, asvk } }))
    return (await import('./pins.js')).pinnedKey('Milan', 'ask')
  }

  it.each([
    ['no base64', '!'],
    ['nothing', ''],
    ['the ARK’s', toBase64(keyOf('Milan', 'ark'))],
    ['that of another line', toBase64(keyOf('Genoa', 'ask'))],
    ['with another modulus', toBase64(flipped(33))],
    ['with another exponent', toBase64(flipped(549))],
    ['with a byte more', toBase64(Uint8Array.of(...keyOf('Milan', 'ask'), 0))],
  ])('is not used: %s', async (_name, text) => {
    await expect(loadAs(text)).rejects.toThrow(new TypeError('the pinned key of SEV-Milan is damaged'))
  })

  it('is told from the pinned one, which comes the same way', async () => {
    expect(await loadAs(toBase64(keyOf('Milan', 'ask')))).toEqual(keyOf('Milan', 'ask'))
  })
})
