/**
 * The pins: what verification needs of AMD's certificates per product line.
 *
 * The certificates themselves are in `roots.ts`. A signature of theirs is never checked again, so loading them would
 * only make verification larger; a certificate that comes with evidence is compared by its fingerprint. The tests
 * read each certificate with the strict reader and compare everything here with it, and the keys byte for byte.
 */
import { sha256Hex } from '../crypto/digests.js'
import { fromBase64 } from '../encoding/base64.js'
import type { ProductLine } from './line.js'
import type { PublicKeys } from './pins/public-keys.js'

/** The certificates of a line: the root, the issuer of VCEKs, the issuer of VLEKs. */
export type RootRole = 'ark' | 'ask' | 'asvk'

/** A certificate without its bytes. Digests, names and numbers are in hex. */
export interface PinnedCertificate {
  readonly commonName: string
  /** Of the whole DER. */
  readonly certificateSha256: string
  /** Of the DER of the SubjectPublicKeyInfo. */
  readonly spkiSha256: string
  /** DER of the subject name. */
  readonly subject: string
  /** Content bytes of the serial number's INTEGER. */
  readonly serial: string
  /** RFC 3339. */
  readonly notBefore: string
  readonly notAfter: string
}

/** An intermediate that was revoked, known without its bytes. */
export interface RevokedIntermediate {
  readonly certificateSha256: string
  readonly spkiSha256: string
}

export interface LinePins extends Readonly<Record<RootRole, PinnedCertificate>> {
  readonly revoked: readonly RevokedIntermediate[]
}

/** OU, C, L, ST and O in all of AMD's names. */
const organisation =
  '31143012060355040b0c0b456e67696e656572696e67310b30090603550406130255533114301206035504070c0b5361' +
  '6e746120436c617261310b300906035504080c024341311f301d060355040a0c16416476616e636564204d6963726f2044657669636573'

export const amdPins: Readonly<Record<ProductLine, LinePins>> = {
  Milan: {
    ark: {
      commonName: 'ARK-Milan',
      certificateSha256: '69d063b45344d26a2e94e1f4210de49ef555308287d4c174445c95639a540bcd',
      spkiSha256: '9f056bee44377e29308cb5ffa895bdfb62d18881fa6bed8d6f075b0204089cb9',
      subject: `307b${organisation}3112301006035504030c0941524b2d4d696c616e`,
      serial: '010000',
      notBefore: '2020-10-22T17:23:05Z',
      notAfter: '2045-10-22T17:23:05Z',
    },
    ask: {
      commonName: 'SEV-Milan',
      certificateSha256: '67d303bd3905fd38db8b20e0793699870e7fa612eaad5dec358293fd8c0bac1b',
      spkiSha256: '42491669ccb851d627ea9846cd24eccbeb7de7c2a62740120fff88001d38ebb6',
      subject: `307b${organisation}3112301006035504030c095345562d4d696c616e`,
      serial: '010001',
      notBefore: '2020-10-22T18:24:20Z',
      notAfter: '2045-10-22T18:24:20Z',
    },
    asvk: {
      commonName: 'SEV-VLEK-Milan',
      certificateSha256: 'c5e081f59b7efab1fe2f8b505e159704e72f29cab7ef7cf628a05a42439082f5',
      spkiSha256: '66450a123ea5876206df67f2514a4fea224c0f63b18313423078b0edc4535e33',
      subject: `308180${organisation}3117301506035504030c0e5345562d564c454b2d4d696c616e`,
      serial: '010101',
      notBefore: '2022-11-16T22:45:24Z',
      notAfter: '2047-11-16T22:45:24Z',
    },
    revoked: [],
  },
  Genoa: {
    ark: {
      commonName: 'ARK-Genoa',
      certificateSha256: '4c6598d19c18719c5dfd4a7d335f674e5bfe1d8f800cea2cf270c10d103db2f1',
      spkiSha256: '429a69c9422aa258ee4d8db5fcda9c6470ef15f8cd5a9cebd6cbc7d90b863831',
      subject: `307b${organisation}3112301006035504030c0941524b2d47656e6f61`,
      serial: '020000',
      notBefore: '2022-01-26T15:34:37Z',
      notAfter: '2047-01-26T15:34:37Z',
    },
    ask: {
      commonName: 'SEV-Genoa',
      certificateSha256: '5464738c1546aed5f2cecf1dc98c5c960a92e8913238a61711bc90ec6e828521',
      spkiSha256: '0324d55bcd48ba877a8fd87c0e1b4934dec8448e3807a24384a34dc6a6c9ebb8',
      subject: `307b${organisation}3112301006035504030c095345562d47656e6f61`,
      serial: '020002',
      notBefore: '2022-10-31T13:33:48Z',
      notAfter: '2047-10-31T13:33:48Z',
    },
    asvk: {
      commonName: 'SEV-VLEK-Genoa',
      certificateSha256: '197e610743a917d6b9bb982a5a9226ccc0a15b611be0619e626aca9151457372',
      spkiSha256: '7d1633252ebbadaa75f96e9b4e6f7d43a90ceb3f843937482630f8da2459264e',
      subject: `308180${organisation}3117301506035504030c0e5345562d564c454b2d47656e6f61`,
      serial: '020101',
      notBefore: '2022-11-18T20:48:34Z',
      notAfter: '2047-11-18T20:48:34Z',
    },
    // SEV-Genoa, serial 0x20001: a genuine ASK with another key, which AMD revoked on 2022-10-31.
    revoked: [
      {
        certificateSha256: '54467b96b8baf21dd42ef7162a62ec7812c5231ef301790e37a84b822ae6f459',
        spkiSha256: '0dee0c846c77000ff39d65b9d51d8b31189426d6f2f50858fb23b39718dd9c30',
      },
    ],
  },
  Turin: {
    ark: {
      commonName: 'ARK-Turin',
      certificateSha256: '1f084161a44bb6d93778a904877d4819cafa5d05ef4193b2ded9dd9c73dd3f6a',
      spkiSha256: '4f125410563a2ab9a50356f9243f6fe0b6f73de98603f53f90339c70e9d7ad08',
      subject: `307b${organisation}3112301006035504030c0941524b2d547572696e`,
      serial: '030000',
      notBefore: '2023-05-15T20:03:12Z',
      notAfter: '2048-05-15T20:03:12Z',
    },
    ask: {
      commonName: 'SEV-Turin',
      certificateSha256: '5b77ef5fe7a7a004fd9032668fba9d0fda22f88c4442069a479636a6ae3b3185',
      spkiSha256: '0000ead352025f208bf55297c4192c34cd1b878002107366d8f2065a9ae7d3a9',
      subject: `307b${organisation}3112301006035504030c095345562d547572696e`,
      serial: '030001',
      notBefore: '2023-05-15T20:25:21Z',
      notAfter: '2048-05-15T20:25:21Z',
    },
    asvk: {
      commonName: 'SEV-VLEK-Turin',
      certificateSha256: '104e10a8bd060a3c20a434261a57d0588fd65a88915b4f65b08bdecaf8df1a3c',
      spkiSha256: 'bfc441408b2f806c5dbf180bd8920e6e60dd404d82141780d85dbf962954d386',
      subject: `308180${organisation}3117301506035504030c0e5345562d564c454b2d547572696e`,
      serial: '030101',
      notBefore: '2023-05-15T21:09:41Z',
      notAfter: '2048-05-15T21:09:41Z',
    },
    revoked: [],
  },
}

// Each line is a file of its own, since a verification is about one line.
const publicKeys: Readonly<Record<ProductLine, () => Promise<{ readonly publicKeys: PublicKeys }>>> = {
  Milan: () => import('./pins/milan.js'),
  Genoa: () => import('./pins/genoa.js'),
  Turin: () => import('./pins/turin.js'),
}

/**
 * The SubjectPublicKeyInfo of a pinned certificate as DER, decoded anew: nobody shares it.
 *
 * @throws TypeError if what was loaded is not the key that is pinned here.
 */
export async function pinnedKey(line: ProductLine, role: RootRole): Promise<Uint8Array> {
  const { publicKeys: loaded } = await publicKeys[line]()
  const spki = fromBase64(loaded[role])
  const { commonName, spkiSha256 } = amdPins[line][role]
  if (spki === null || sha256Hex(spki) !== spkiSha256) {
    throw new TypeError(`the pinned key of ${commonName} is damaged`)
  }
  return spki
}
