// The lab against AMD: given the public parts of genuine certificates, CRLs and reports (key, dates, levels), the
// builders must reproduce the signed bytes exactly. Only those parts and the digests are kept here.
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { hex, bitString, integer, nullValue, oid, sequence, toHex } from './der.js'
import { ecSpki, rsaKey } from './keys.js'
import type { RsaKey } from './keys.js'
import { makeArk, makeAsk, makeAsvk, makeVek } from './certificates.js'
import type { Authority, AuthorityOptions, VekOptions } from './certificates.js'
import { makeCrl } from './crl.js'
import { pssAlgorithm } from './pss.js'
import { SIGNED_SIZE, makeReport } from './report.js'
import type { ReportFields } from './report.js'

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** A genuine public key over a lab private key; nothing it "signs" is looked at here. */
function genuineKey(modulus: string): RsaKey {
  const n = BigInt(`0x${Buffer.from(modulus, 'base64').toString('hex')}`)
  const bits = sequence(integer(n), integer(65537))
  const spki = sequence(sequence(oid('1.2.840.113549.1.1.1'), nullValue()), bitString(bits))
  const keyId = new Uint8Array(createHash('sha1').update(bits).digest())
  return { ...rsaKey('ark-Genoa'), spki, keyId }
}

const keys = {
  ark: genuineKey(
    '3Cd95S/uFOuRIskW9vz9VDBF69NDQF79oRhL/L2PVQGhK3YdfEBgpF/JiwWFBsT/fXDhzA01p3LkcT/7LdjcRfKXjHl+0Qq/M4dZkh6QDoUeKzNBLDcBKDDGWo3v35NyrxbA1DnkYwUKU5AAk4P94tKXLp80oxt84ahyHoLmc/LqsGsp+oq1Bz4PPsYLwTG4iMKVaaT90/oZ4I8oibSru92vJhlqWO27d/Rxc3iUMyhNeGToOvgx/iUo4gGpG61NDpkEUvIzuKcaMx8IdTpWg2DF6SwF0IgVMffnvtJmA68BwJNWo1E4PLJdaPfBifcJpuBFwNVQIPQEVX3aP89HJSp8YbY9lySS6PlVEqTBBtaQmi4ATGmMR+n2K/e+JAhU2Gj7jIpJhOkdH9firQDnmlA2SFfJ/Cc0mGNzW9RmIhyOUnNFoclmkRhl3/AQU5Ys9Qsan1jT/EiyT+pCpmnA+y9edvhDCbOG8F2oxHGRdTBkylungrkXJGYiwGrR8kaiqv7NN8QhOBMqYjcbrkEr0f8QMKklIS5ruOfqlLMCBw8JLB3LkjpWgtD7OpxkzSsohN47Uom86RY6lp72g8eXHP1qYrnvhzaG1S70vw6OkbaaC9EjiH/uHgAJQGxon7u0Q7xgoREWA/e7JcBQwLg80Hq/sbRuqesxz7wBWSY254c=',
  ),
  ask: genuineKey(
    'oHJhvk4Fwwkwb03AMfLySXJSXmEaCZMTRbLgPaj4oEzaD9tGfxCSw/nsCAiXHQaWUt++bnbjJO05TKT5d+Cdrz4/fiRBpbhf0xzvh11O+wJTBPj3uCzDm48vEZ8l5SXMO4wd/QqwsrejFERPD/Hdfv1mGCMW7ac0ug8trDzqGe+l+p8NMjp/EqBDY2vd8hLaVLmS+XjAqlYVNRksh9aTzSYL19/cTrBDmqQ2y8k23zNl2lW6q/BtQOpWGVs3EWvBHb/Qnf3f3S9+lC4H2jdDy9yn7kqyTWq4WCBnE4qhYJRokulYtzMZM1Ilk4Z6RPkOTR1MJ4gdFtj7lKmrkSuOoJYmqhJIsQJ854lAbJybgU7zyzWAwu3uaslkYKUEAQf2ja5Hyl3IBqOzpqY31SpKzbl8NXveZybRMklwfe4iDLI25T9ku9CVetDYifCbdGeuHdTwZBBemW4NE57L7iEV8+zz8nxng8OMX//4pXntWqmQbEAnBLv2ToTgd1H2zYRthyDLc3V119/+FnTW17LK6bKzTCgEnCHQEcAt0hDQLLF799+2lZTxxfBEoduAZax6IjgAMCi6e1ZfKPJSkdvb2m3BwfP8bniG7+AEJv1WOEmnBJc1pVQCttbJUodbi07Vfen5JRUqAvSM3ObWQOzSAGzsGnpIigwFpW6m9F7uYVU=',
  ),
  asvk: genuineKey(
    'zL2/xihHscEpxS3+OsQZpAuNIJGSEQZrkoWPtqKMjjZOyXMMRHAheTm56Ei0Mb8TJZlbGDS5x/AdbowstGmpHqh2zvSvjZO7V4v6Ft84p71P6GXfOVEQgCuatiszfIwFrRQk/cmU7HuJadBq6XtYE+qBJMjus8C0WwW/IWY9j6pNbEA1SnUvVg6t89zfE+AcB5UDCKq09x7qw+rPt9pTpEch0f1bHdRFJlpgWGTq02ohH9bT+6au8kPpvMa3m2p8zdIIqtuuSG6srIimrpt24lsr4tLhQG65R/RbVJT9MsK4ULpbAUO5NwdlLwbnpLWHiUwoYrySMD8l3xRDvhPmInlXEFEo8lahcYllxiJJR8oqqA6x3jPFKmkfhEgaQefcn4P8nA4SScqAoLihn75iiDtU2+ZlkPnKgcNs5U1Le441ypen2n7BOnRyhmwyAUBGk3OcMXHsJ6KGpDJyTVCaC3fWX3ex4Iv4LkuKRA6O9yu3zHP23N/ubE8/YykffIjMbtBoOAzdWCn9lE4amo4VZ+8ewIutZAYmC5TIQO+wWUqKYr0iAobccMnZdJjUORjVoqVQ+dLr+/1otk36gfPc0LpmhWZKfAXF9sgvYtQjcaR9wlGr8ySRtZ2YJWofuR7zgYFJPEXRwAnbAR/05hBmog7CMt1F9YKSmku6JfRecY8=',
  ),
}

const dates = (notBefore: string, notAfter: string): AuthorityOptions => ({
  notBefore: new Date(notBefore),
  notAfter: new Date(notAfter),
})

const ark = makeArk('Genoa', { key: keys.ark, ...dates('2022-01-26T15:34:37Z', '2047-01-26T15:34:37Z') })

describe('authorities', () => {
  const ask = makeAsk('Genoa', ark, {
    key: keys.ask,
    ...dates('2022-10-31T13:33:48Z', '2047-10-31T13:33:48Z'),
  })
  const asvk = makeAsvk('Genoa', ark, {
    key: keys.asvk,
    ...dates('2022-11-18T20:48:34Z', '2047-11-18T20:48:34Z'),
  })

  it.each([
    ['ARK-Genoa', ark, '464549e6260d63354a3ddc8daafa0c0a4e7365c09fce845c6e0e6bb4ee26c468'],
    ['SEV-Genoa', ask, '08adf86380ff0b161d54b77221635a376c0d1d439bccef32229d6c7a2c1a6bd9'],
    ['SEV-VLEK-Genoa', asvk, 'd0c29e8eabde1e35aef33a19903cf33193dcada7c358edcc946e2cc6dc95041c'],
  ])('%s has AMD’s signed bytes', (_name, authority, digest) => {
    expect(sha256(authority.tbs)).toBe(digest)
  })

  it('starts from the genuine public keys', () => {
    expect(sha256(keys.ark.spki)).toBe('429a69c9422aa258ee4d8db5fcda9c6470ef15f8cd5a9cebd6cbc7d90b863831')
    expect(toHex(keys.ark.keyId)).toBe('9f5df9fe0dd8f35ad0331a25ef81294fbe31a85b')
  })
})

describe('leaf certificates', () => {
  const milan = makeArk('Milan')
  const turin = makeArk('Turin')
  const issuers: Readonly<Record<string, Authority>> = {
    milan: makeAsk('Milan', milan),
    milanVlek: makeAsvk('Milan', milan),
    genoa: makeAsk('Genoa', ark),
    turin: makeAsk('Turin', turin),
  }

  interface Case extends Omit<VekOptions, 'authority'> {
    readonly under: string
    readonly point: string
    readonly digest: string
  }
  const cases: readonly Case[] = [
    {
      line: 'Turin',
      kind: 'vcek',
      under: 'turin',
      notBefore: new Date('2026-02-05T01:04:33Z'),
      notAfter: new Date('2033-02-05T01:04:33Z'),
      tcb: { fmc: 1, bootloader: 1, tee: 1, snp: 4, microcode: 0x51 },
      hwId: hex('59790fb1c39f35c1'),
      point:
        '04c06b6f75d2521906d8f9426b50e6d2dcd0d584096404b0282f783c7c16f1791d26dd243e017223ebede1303f4600a7d5' +
        '2a23ffdcc22a9a44d8cc82e12fb00bf7d98cafdca95f5be87dc7b02fd522e0c74abf47a58cd50af2f32ac9cb58b1611b',
      digest: 'ac5973dbcac622b3bcb47f1b8048c64da4dbef441120f519c590c5101215c681',
    },
    {
      line: 'Milan',
      kind: 'vlek',
      under: 'milanVlek',
      notBefore: new Date('2024-12-10T22:14:21Z'),
      notAfter: new Date('2025-12-10T22:14:21Z'),
      tcb: { bootloader: 4, snp: 0x18, microcode: 0xd9 },
      cspId: 'CN=cc-us-east-2.amazonaws.com',
      point:
        '04537552e213eb4a65ac943cfede09854acd242bd929dd1038782528966bb570c3ba49665e5454c2551e0b6979cf17d28e' +
        'a82b36cacae232965d54762f577fb0aa5612d6da57b059b62dee48a955efdd9fd845177006f5b88a9dc3997a9e66b13e',
      digest: '0a444572c66e46bfdd19dc521a254100b7116a9a0e830f21dabdf4e899742789',
    },
    {
      line: 'Genoa',
      kind: 'vcek',
      under: 'genoa',
      notBefore: new Date('2026-02-05T02:05:07Z'),
      notAfter: new Date('2033-02-05T02:05:07Z'),
      tcb: { bootloader: 0x0a, snp: 0x17, microcode: 0x54 },
      hwId: hex(
        'b1e24a27bbc3a4d58090d8b89851dce3b8031544be249b9ac17132bb222b0276' +
          '22347ee4d0fe4f689efdfc47a68cefc686cbb448d01436506ee1e28010cab7c0',
      ),
      point:
        '04b5c09f986c2646a0f41c921cc862752b11a957ff06519b696b13b327e6b6e1bb41734f456cfca5e25770bc80699ad299' +
        'b2b10d8147087714bb927dc8fef6a9a347916142e2d65b733250ce928b52789b64b8b4a43f7a1f2676049ad41971554a',
      digest: '91e7150b359cf48a6cec58e06e70064c0a37e67fe26dad045baf9e5c2e20fa6d',
    },
    {
      // An older one, with the explicit trailerField.
      line: 'Milan',
      kind: 'vcek',
      under: 'milan',
      algorithm: pssAlgorithm({ explicitTrailer: true }),
      notBefore: new Date('2023-01-24T17:58:26Z'),
      notAfter: new Date('2030-01-24T17:58:26Z'),
      tcb: { bootloader: 3, snp: 8, microcode: 0x73 },
      hwId: hex(
        'c38427a30d4c7af9d96f7a15b97269825a64cb76a2352ffd5d18115d89ad473f' +
          '8e8c0bcd9a5d9286612bad4aadfb4426205a3b9e4fea82301135a170e477524e',
      ),
      point:
        '04c661b565bba80102bddd4491c9941cb32a1b7db68012828410b7ff8cadfd70e549b75b78b3cdd65ccdeba886d2eea1d4' +
        '1d0c3f146c8ebdd68452ce7ec30c690967c39e624c010f9cb6066a80310a87536a94ebae29c2aad980161397131fbb07',
      digest: '03c037d0ea55a87eecff2c8adaa9e5490a2da2d8f2e833c9af2e198b297dc50c',
    },
  ]

  it.each(cases)('$line $kind has AMD’s signed bytes', ({ under, point, digest, ...options }) => {
    const authority = issuers[under]
    if (authority === undefined) throw new Error(`no issuer ${under}`)
    const vek = makeVek({ ...options, authority, spki: ecSpki(hex(point)) })
    expect(sha256(vek.tbs)).toBe(digest)
  })
})

describe('revocation lists', () => {
  it('Genoa number 9 has AMD’s signed bytes', () => {
    const crl = makeCrl({
      authority: ark,
      number: 9,
      thisUpdate: new Date('2026-07-28T04:07:23Z'),
      nextUpdate: new Date('2026-09-09T00:00:00Z'),
      entries: [{ serial: 0x20001, date: new Date('2022-10-31T12:00:00Z') }],
    })
    expect(sha256(crl.tbs)).toBe('f555116b046118c2e6bce132abf366424b417b37ed86c6e9c66b21688456aa09')
  })

  it('Milan number 6, without entries, has AMD’s signed bytes', () => {
    const key = { ...rsaKey('ark-Milan'), keyId: hex('85ac1ad143f7c8ac55d4c51d4148abd5784ad453') }
    const crl = makeCrl({
      authority: makeArk('Milan', { key }),
      number: 6,
      thisUpdate: new Date('2025-05-06T12:39:06Z'),
      nextUpdate: new Date('2026-05-12T00:00:00Z'),
    })
    expect(sha256(crl.tbs)).toBe('a8d5dbcbdd90a3cb9d6a3d818ec1df719ee65aa02b8fedac1161dc37f617fadb')
  })
})

describe('reports', () => {
  const text = (bytes: number, start = 0): Uint8Array => new Uint8Array(bytes).fill(start, 0, 1)
  const firmware = (minor: number, build: number) => {
    const version = { major: 1, minor, build }
    return { currentVersion: version, committedVersion: version }
  }

  const cases: readonly [string, ReportFields, string][] = [
    [
      'Turin, version 5',
      {
        line: 'Turin',
        version: 5,
        guestSvn: 2,
        policy: 0x3001fn,
        platformInfo: 0x65n,
        familyId: text(16, 1),
        imageId: text(16, 2),
        reportData: new Uint8Array(64),
        measurement: hex(
          '6d6c354511d6f7c6d7504668903dc5bdc066a048b651840d8d03fb85299ebfa142fccf1d1b0baca496841bdf243619d4',
        ),
        hostData: hex('b3452a0ed30f1010bd32740dd1610bc63296ceb0f882f2cac3a3152d651fe7e4'),
        idKeyDigest: hex(
          '4068e9ae4b315aa4b33938ce0ed01a3d5d8e80eb98eab479a0558cd7de9d4d40d6d80d328d90732688a42b13a0cd6405',
        ),
        reportId: hex('d2f0b13e226f7c8aee44f2fd22cac739438124864fec3e3a2249901a2f4bc9a6'),
        chipId: hex(`59790fb1c39f35c1${'00'.repeat(56)}`),
        ...firmware(55, 65),
      },
      'b6e4357bc2384854822709106f7649b50109019d57e65fde22e5c766edec58c5',
    ],
    [
      'Milan under a VLEK, version 3',
      {
        line: 'Milan',
        signer: 'vlek',
        version: 3,
        vmpl: 1,
        platformInfo: 0x27n,
        tcb: { bootloader: 4, snp: 0x18, microcode: 0xdb },
        currentTcb: 0xdc18000000000004n,
        reportedTcb: { bootloader: 4, snp: 0x18, microcode: 0xd9 },
        reportData: hex(
          '819770b7e6ea6df8dd8fd4dd146b073c0bf4f3ce5b0977ecac486e3a05ed1bd5' +
            '4e2a7ac1f5d1ca02e7d7d5ef9f73b8574fd9359e3a480d741a4478e8a7bc27ca',
        ),
        measurement: hex(
          '8922ebbdd00ec2c541f36a6e7a82a8773a7accb451ed67bc94e740dbe92c93c4e8c9af857f5ceeb5a493df2a570d7bf0',
        ),
        reportId: hex('62e04fba700afd93b3a0cc0649b633ee36587fa8a8c2eb5d9b7cd7bc5f4bb057'),
        ...firmware(55, 29),
      },
      'baccec919214a1ce4e40b1b747e56539726c6404ddec47db10703cd42ca07adb',
    ],
    [
      'Milan, version 2',
      {
        line: 'Milan',
        version: 2,
        guestSvn: 4,
        policy: 0x3001fn,
        familyId: text(16, 1),
        imageId: text(16, 2),
        tcb: { bootloader: 3, snp: 8, microcode: 0x73 },
        currentTcb: { bootloader: 3, snp: 8, microcode: 0xce },
        reportData: hex(`ec6c52d7533cc2c4f45be7849cf112ab82b2009fe7bd43e71ed08c14400ad7e2${'00'.repeat(32)}`),
        measurement: hex(
          'a1f3930413247bb38cfc171579ea3c12d5fe4901f0c792f63fd75d98f1ef827c23500644e0e692e6be917f9050d3d38c',
        ),
        idKeyDigest: hex(
          '0356215882a825279a85b300b0b742931d113bf7e32dde2e50ffde7ec743ca491ecdd7f336dc28a6e0b2bb57af7a44a3',
        ),
        reportId: hex('385eba81216de4776548fcb86f8ead03c1ebc92b6207f3210d9ccebb89c99005'),
        chipId: hex(
          'c38427a30d4c7af9d96f7a15b97269825a64cb76a2352ffd5d18115d89ad473f' +
            '8e8c0bcd9a5d9286612bad4aadfb4426205a3b9e4fea82301135a170e477524e',
        ),
        ...firmware(52, 4),
      },
      '68dd9cee8575f6970cb09fbdf124fe6f9cdc0bdc29d14d5e211b7f3b03e4722a',
    ],
  ]

  it.each(cases)('%s, has the signed bytes of a genuine one', (_name, fields, digest) => {
    expect(sha256(makeReport(fields).subarray(0, SIGNED_SIZE))).toBe(digest)
  })
})
