// The oracle is OpenSSL inside node:crypto. The pins are typed here from the sources that the reference notes name, apart
// from the modules that hold the certificates.
import { X509Certificate, createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { issuerOf } from '../endorsement/anchors.js'
import { sha256Hex } from '../crypto/digests.js'
import { amdRoots } from './roots.js'
import { productLineNames } from './line.js'

type Role = 'ark' | 'ask' | 'asvk'

// prettier-ignore
const pins: readonly (readonly [line: 'Milan' | 'Genoa' | 'Turin', role: Role, commonName: string, serial: string, from: string, to: string, der: string, spki: string])[] = [
  ['Milan', 'ark', 'ARK-Milan', '010000', '2020-10-22', '2045-10-22',
    '69d063b45344d26a2e94e1f4210de49ef555308287d4c174445c95639a540bcd', '9f056bee44377e29308cb5ffa895bdfb62d18881fa6bed8d6f075b0204089cb9'],
  ['Genoa', 'ark', 'ARK-Genoa', '020000', '2022-01-26', '2047-01-26',
    '4c6598d19c18719c5dfd4a7d335f674e5bfe1d8f800cea2cf270c10d103db2f1', '429a69c9422aa258ee4d8db5fcda9c6470ef15f8cd5a9cebd6cbc7d90b863831'],
  ['Turin', 'ark', 'ARK-Turin', '030000', '2023-05-15', '2048-05-15',
    '1f084161a44bb6d93778a904877d4819cafa5d05ef4193b2ded9dd9c73dd3f6a', '4f125410563a2ab9a50356f9243f6fe0b6f73de98603f53f90339c70e9d7ad08'],
  ['Milan', 'ask', 'SEV-Milan', '010001', '2020-10-22', '2045-10-22',
    '67d303bd3905fd38db8b20e0793699870e7fa612eaad5dec358293fd8c0bac1b', '42491669ccb851d627ea9846cd24eccbeb7de7c2a62740120fff88001d38ebb6'],
  ['Genoa', 'ask', 'SEV-Genoa', '020002', '2022-10-31', '2047-10-31',
    '5464738c1546aed5f2cecf1dc98c5c960a92e8913238a61711bc90ec6e828521', '0324d55bcd48ba877a8fd87c0e1b4934dec8448e3807a24384a34dc6a6c9ebb8'],
  ['Turin', 'ask', 'SEV-Turin', '030001', '2023-05-15', '2048-05-15',
    '5b77ef5fe7a7a004fd9032668fba9d0fda22f88c4442069a479636a6ae3b3185', '0000ead352025f208bf55297c4192c34cd1b878002107366d8f2065a9ae7d3a9'],
  ['Milan', 'asvk', 'SEV-VLEK-Milan', '010101', '2022-11-16', '2047-11-16',
    'c5e081f59b7efab1fe2f8b505e159704e72f29cab7ef7cf628a05a42439082f5', '66450a123ea5876206df67f2514a4fea224c0f63b18313423078b0edc4535e33'],
  ['Genoa', 'asvk', 'SEV-VLEK-Genoa', '020101', '2022-11-18', '2047-11-18',
    '197e610743a917d6b9bb982a5a9226ccc0a15b611be0619e626aca9151457372', '7d1633252ebbadaa75f96e9b4e6f7d43a90ceb3f843937482630f8da2459264e'],
  ['Turin', 'asvk', 'SEV-VLEK-Turin', '030101', '2023-05-15', '2048-05-15',
    '104e10a8bd060a3c20a434261a57d0588fd65a88915b4f65b08bdecaf8df1a3c', 'bfc441408b2f806c5dbf180bd8920e6e60dd404d82141780d85dbf962954d386'],
]

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const day = (time: number | string): string => new Date(time).toISOString().slice(0, 10)
const certificate = (der: Uint8Array): X509Certificate => new X509Certificate(Buffer.from(der))
const sixNames = (commonName: string): string =>
  `OU=Engineering\nC=US\nL=Santa Clara\nST=CA\nO=Advanced Micro Devices\nCN=${commonName}`

describe('the nine pinned certificates', () => {
  it('are nine', () => {
    expect(new Set(pins.map(([line, role]) => `${line} ${role}`)).size).toBe(9)
    expect(
      new Set(productLineNames.flatMap((line) => Object.values(amdRoots(line)).slice(0, 3).map(String))).size,
    ).toBe(9)
  })

  it.each(pins)('%s %s is %s', (line, role, commonName, serial, from, to, der, spki) => {
    const bytes = amdRoots(line)[role]
    const seen = certificate(bytes)
    expect(sha256(bytes)).toBe(der)
    expect(sha256(new Uint8Array(seen.publicKey.export({ format: 'der', type: 'spki' })))).toBe(spki)
    expect(seen.subject).toBe(sixNames(commonName))
    expect(seen.issuer).toBe(sixNames(`ARK-${line}`))
    expect(seen.serialNumber).toBe(serial)
    expect([day(seen.validFrom), day(seen.validTo)]).toEqual([from, to])
    expect(seen.publicKey.asymmetricKeyDetails).toMatchObject({ modulusLength: 4096, publicExponent: 65537n })
    expect(seen.ca).toBe(true)
  })

  it.each(pins)(
    '%s %s is read the same by our own reader',
    async (line, role, commonName, serial, from, to, der, spki) => {
      const issuer = issuerOf(amdRoots(line)[role])
      expect(issuer.commonName).toBe(commonName)
      expect(issuer.sha256).toBe(der)
      expect(issuer.serial).toBe(serial)
      expect([day(issuer.notBefore), day(issuer.notAfter)]).toEqual([from, to])
      expect(sha256Hex(await issuer.spki())).toBe(spki)
    },
  )

  it.each(productLineNames)('of %s: the ARK signed itself, the ASK and the ASVK', (line) => {
    const { ark, ask, asvk } = amdRoots(line)
    const root = certificate(ark)
    for (const der of [ark, ask, asvk]) {
      expect(certificate(der).verify(root.publicKey)).toBe(true)
      expect(certificate(der).checkIssued(root)).toBe(true)
    }
    expect(certificate(ark).verify(certificate(ask).publicKey)).toBe(false)
  })

  it('of different lines did not sign each other', () => {
    for (const line of productLineNames) {
      for (const other of productLineNames.filter((name) => name !== line)) {
        const { ask, asvk } = amdRoots(other)
        const { publicKey } = certificate(amdRoots(line).ark)
        expect([certificate(ask).verify(publicKey), certificate(asvk).verify(publicKey)]).toEqual([
          false,
          false,
        ])
      }
    }
  })

  it('are decoded anew each time: nobody can change those of somebody else', () => {
    amdRoots('Milan').ark.fill(0)
    expect(sha256(amdRoots('Milan').ark)).toBe(pins[0]?.[6])
  })
})

describe('the revoked intermediates', () => {
  it('are the one of Genoa that AMD revoked', () => {
    expect(productLineNames.map((line) => [line, amdRoots(line).revoked])).toEqual([
      ['Milan', []],
      [
        'Genoa',
        [
          {
            certificateSha256: '54467b96b8baf21dd42ef7162a62ec7812c5231ef301790e37a84b822ae6f459',
            spkiSha256: '0dee0c846c77000ff39d65b9d51d8b31189426d6f2f50858fb23b39718dd9c30',
          },
        ],
      ],
      ['Turin', []],
    ])
  })
})
