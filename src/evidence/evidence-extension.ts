/**
 * Evidence in an extension of a certificate, or of a request for one.
 *
 *   Enarx     1.3.6.1.4.1.58270.1.3   SEQUENCE { SEQUENCE { VCEK, SEQUENCE { SEQUENCE OF CRL entry } }, OCTET STRING report }
 *                                     or, of older shims, SEQUENCE { VCEK, OCTET STRING report };
 *                                     CRL entry: SEQUENCE { UTF8String url, CRL }
 *   c8s       1.3.6.1.4.1.66378.1.1   SEQUENCE { INTEGER 1, OCTET STRING report, OCTET STRING chain };
 *                                     chain: the DER of VCEK, ASK and ARK one after the other, or nothing
 *   Contrast  1.3.9901.2.1            `sevsnp.Attestation` of go-sev-guest
 *   CMW       1.3.6.1.5.5.7.1.35      CHOICE { UTF8String, of JSON, OCTET STRING, of CBOR }: a wrapper of RFC 9999
 *
 * Sources: enarx/steward, `crates/attestation/src/snp`; confidential-dot-ai/c8s, `pkg/ratls/extension.go`;
 * edgelesssys/contrast, `internal/oid`.
 */
import { type Cursor, contextTag, expectElement, inside, openDer, peekTag, tags } from '../asn1/der.js'
import { readOctetString, readSmallInteger } from '../asn1/values.js'
import type { Extension } from '../x509/extension.js'
import {
  type ContainerParts,
  duplicate,
  kindOfLeaf,
  malformed,
  readCrl,
  readLeaf,
  reportAlone,
} from './container.js'
import { readCmw } from './cmw.js'
import { rawElement, readDer, within } from './der-fields.js'
import { goSevGuest } from './go-sev-guest.js'

export type Extensions = ReadonlyMap<string, Extension>
type Parts = ContainerParts | Promise<ContainerParts>

type ReadExtension = (value: Uint8Array, what: string) => Parts

/** By OID. Those with `null` hold evidence that is not read: of other hardware, or in other containers. */
const readers: ReadonlyMap<string, ReadExtension | null> = new Map<string, ReadExtension | null>([
  ['1.3.6.1.4.1.58270.1.3', readEnarx],
  ['1.3.6.1.4.1.66378.1.1', readC8s],
  ['1.3.9901.2.1', (value) => goSevGuest.decode(value)],
  // Enarx on KVM and SGX.
  ['1.3.6.1.4.1.58270.1.1', null],
  ['1.3.6.1.4.1.58270.1.2', null],
  // Contrast on TDX and without hardware.
  ['1.3.9901.2.2', null],
  ['1.3.9901.2.3', null],
  ['1.3.6.1.5.5.7.1.35', readConceptualMessage],
  // Tagged evidence of TCG DICE.
  ['2.23.133.5.4.9', null],
  // Constellation: virtual TPMs at AWS, Google and Azure.
  ['1.3.9900.2.1', null],
  ['1.3.9900.2.2', null],
  ['1.3.9900.3.1', null],
  ['1.3.9900.3.2', null],
  ['1.3.9900.4.1', null],
  ['1.3.9900.4.2', null],
  ['1.3.9900.4.3', null],
  ['1.3.9900.5.1', null],
  // dstack: a TDX quote, and its attestation of any kind.
  ['1.3.6.1.4.1.62397.1.1', null],
  ['1.3.6.1.4.1.62397.1.8', null],
])

const evidenceIn = (extensions: Extensions): readonly Extension[] =>
  [...extensions.values()].filter(({ oid }) => readers.has(oid))

/** True if an extension holds evidence, of whatever kind. */
export function hasEvidence(extensions: Extensions): boolean {
  return evidenceIn(extensions).length > 0
}

/**
 * The evidence of the one extension that holds any. Two could disagree, so they are refused even where only one of
 * them would be read.
 *
 * @throws VerificationError `EVIDENCE_*`.
 */
export function readEvidenceExtension(extensions: Extensions, what: string): Parts {
  const [extension, ...others] = evidenceIn(extensions)
  if (extension === undefined) throw malformed(what, 'no extension holds evidence')
  if (others.length > 0) throw duplicate(what, 'more than one extension holds evidence')
  const read = readers.get(extension.oid) ?? null
  if (read === null) throw malformed(what, `the evidence of extension ${extension.oid} is not read`)
  return read(extension.value, `${what}: extension ${extension.oid}`)
}

function readEnarx(value: Uint8Array, what: string): ContainerParts {
  return readDer(value, what, (body) => {
    const endorsements = isCertificate(body)
      ? { vcek: rawElement(body, tags.sequence, 'VCEK'), crls: [] }
      : within(body, tags.sequence, 'endorsements', (list) => ({
          vcek: rawElement(list, tags.sequence, 'VCEK'),
          crls: within(list, tags.sequence, 'CRLs', (only) =>
            within(only, tags.sequence, 'CRLs', readCrlEntries),
          ),
        }))
    return {
      ...reportAlone(readOctetString(body, 'report')),
      leaves: [{ kind: 'vcek', der: readLeaf(endorsements.vcek, `${what}: VCEK`) }],
      crls: endorsements.crls.map((der) => readCrl(der, `${what}: CRL`)),
    }
  })
}

/** True before a certificate: it begins with its signed part, and that with its version. */
function isCertificate(cursor: Cursor): boolean {
  const look = { ...cursor }
  const outer = expectElement(look, tags.sequence, 'endorsements')
  const inner = inside(look, outer)
  return peekTag(inside(inner, expectElement(inner, tags.sequence, 'endorsement'))) === contextTag(0)
}

/** The URL says where the shim found a CRL: only the CRL's own issuer counts. */
function readCrlEntries(list: Cursor): readonly Uint8Array[] {
  const crls: Uint8Array[] = []
  while (list.at < list.end)
    crls.push(
      within(list, tags.sequence, 'CRL entry', (entry) => {
        expectElement(entry, tags.utf8String, 'URL of a CRL')
        return rawElement(entry, tags.sequence, 'CRL')
      }),
    )
  return crls
}

function readC8s(value: Uint8Array, what: string): ContainerParts {
  return readDer(value, what, (body) => {
    // 2 is TDX.
    if (readSmallInteger(body, 'TEE') !== 1) throw malformed(what, 'the evidence is not of SEV-SNP')
    const report = readOctetString(body, 'report')
    const chain = openDer(readOctetString(body, 'chain'))
    const certificates: Uint8Array[] = []
    while (chain.at < chain.end)
      certificates.push(readLeaf(rawElement(chain, tags.sequence, 'chain'), `${what}: chain`))
    const [leaf, ...authorities] = certificates
    if (leaf === undefined) return reportAlone(report)
    return { ...reportAlone(report), leaves: [{ kind: kindOfLeaf(leaf), der: leaf }], authorities }
  })
}

/** Of any other tag, the refusal is that of an OCTET STRING. */
function readConceptualMessage(value: Uint8Array, what: string): Promise<ContainerParts> {
  const isText = value[0] === tags.utf8String
  const message = readDer(value, what, takeAll, isText ? tags.utf8String : tags.octetString)
  return readCmw(message, isText ? 'json' : 'cbor')
}

/** What an element without elements in it holds: a view. */
function takeAll(cursor: Cursor): Uint8Array {
  const content = cursor.bytes.subarray(cursor.at, cursor.end)
  cursor.at = cursor.end
  return content
}
