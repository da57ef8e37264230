/**
 * AMD's certificate extensions (arc 1.3.6.1.4.1.3704.1), as VCEKs and VLEKs carry them. Source: AMD 57230.
 *
 * The order of extensions differs between product lines and is never relied on. Unknown AMD extensions are
 * refused, since they can change what the known ones mean.
 */
import { finish, openDer } from '../asn1/der.js'
import { readIa5String, readSmallInteger } from '../asn1/values.js'
import { isFilledWith } from '../encoding/bytes.js'
import { VerificationError } from '../errors/error.js'
import { type ProductLine, productLines } from '../product/line.js'
import { type Tcb, decodeTcb, encodeTcb } from '../product/tcb.js'
import type { Extension } from '../x509/extension.js'

const arc = '1.3.6.1.4.1.3704.1.'
const oids = {
  structVersion: `${arc}1`,
  productName: `${arc}2`,
  bootloader: `${arc}3.1`,
  tee: `${arc}3.2`,
  snp: `${arc}3.3`,
  spl4: `${arc}3.4`,
  spl5: `${arc}3.5`,
  spl6: `${arc}3.6`,
  spl7: `${arc}3.7`,
  microcode: `${arc}3.8`,
  fmc: `${arc}3.9`,
  hwId: `${arc}4`,
  cspId: `${arc}5`,
} as const
const known: ReadonlySet<string> = new Set(Object.values(oids))

export interface AmdExtensions {
  readonly productName: string
  readonly tcb: Tcb
  /** 64 bytes, 8 on Turin; `null` in a VLEK. */
  readonly hwId: Uint8Array | null
  /** `null` in a VCEK. */
  readonly cspId: string | null
}

/**
 * Reads the extensions of an endorsement key of one product line: exactly AMD's, none critical.
 *
 * @throws VerificationError `CERTIFICATE_UNSUPPORTED`, `CERTIFICATE_PROFILE`, `DER_*`.
 */
export function readAmdExtensions(
  extensions: ReadonlyMap<string, Extension>,
  line: ProductLine,
  kind: 'vcek' | 'vlek',
): AmdExtensions {
  for (const { oid, critical } of extensions.values()) {
    if (!oid.startsWith(arc))
      throw profile(`extension ${oid} does not belong into an endorsement key`, { oid })
    if (!known.has(oid)) {
      throw new VerificationError('CERTIFICATE_UNSUPPORTED', `AMD extension ${oid} is not known`, { oid })
    }
    if (critical) throw profile(`extension ${oid} is critical`, { oid })
  }
  const value = (oid: string): Uint8Array => {
    const extension = extensions.get(oid)
    if (extension === undefined) throw profile(`extension ${oid} is missing`, { oid })
    return extension.value
  }
  const integer = (oid: string): number => {
    const cursor = openDer(value(oid))
    const read = readSmallInteger(cursor, oid)
    finish(cursor, oid)
    return read
  }
  const level = (oid: string): number => {
    const read = integer(oid)
    if (read > 255) throw profile(`extension ${oid} is above 255`, { oid, actual: read })
    return read
  }
  const text = (oid: string): string => {
    const cursor = openDer(value(oid))
    const read = readIa5String(cursor, oid)
    finish(cursor, oid)
    return read
  }
  const { layout } = productLines[line]
  const hasFmc = layout === 'family1Ah'
  const structVersion = integer(oids.structVersion)
  if (structVersion !== (hasFmc ? 1 : 0)) {
    throw new VerificationError(
      'CERTIFICATE_UNSUPPORTED',
      `structVersion ${String(structVersion)} of ${line} is not known`,
      {
        expected: hasFmc ? 1 : 0,
        actual: structVersion,
      },
    )
  }
  const productName = text(oids.productName)
  // The stepping after the hyphen is not reliable: B0 is printed on later parts too.
  if (productName.split('-')[0] !== line) {
    throw profile(`productName is not of ${line}`, { expected: line, actual: productName.slice(0, 64) })
  }
  // Turin has no spl4; the level before fmc took its place.
  for (const oid of [oids.spl5, oids.spl6, oids.spl7, ...(hasFmc ? [] : [oids.spl4])]) {
    if (level(oid) !== 0) throw profile(`extension ${oid} is not zero`, { oid })
  }
  for (const oid of [hasFmc ? oids.spl4 : oids.fmc, kind === 'vcek' ? oids.cspId : oids.hwId]) {
    if (extensions.has(oid))
      throw profile(`extension ${oid} does not belong into a ${kind} of ${line}`, { oid })
  }
  const levels = {
    bootloader: level(oids.bootloader),
    tee: level(oids.tee),
    snp: level(oids.snp),
    microcode: level(oids.microcode),
    ...(hasFmc ? { fmc: level(oids.fmc) } : {}),
  }
  return {
    productName,
    tcb: decodeTcb(encodeTcb(levels, layout), layout),
    hwId: kind === 'vcek' ? readHwId(value(oids.hwId), productLines[line].chipIdBytes) : null,
    cspId: kind === 'vlek' ? requireText(text(oids.cspId), oids.cspId) : null,
  }
}

/**
 * hwID is raw bytes on every genuine certificate; the specification can be read as an OCTET STRING. The length
 * decides, never the first bytes, because a raw identifier may begin like a header.
 */
function readHwId(value: Uint8Array, length: number): Uint8Array {
  const wrapped = value.length === length + 2 && value[0] === 0x04 && value[1] === length
  if (value.length !== length && !wrapped) {
    throw profile(`hwID is not ${String(length)} bytes`, { expected: length, actual: value.length })
  }
  const hwId = value.slice(value.length - length)
  // Zero is what a masked CHIP_ID looks like: no chip has it, and equality with it would prove nothing.
  if (isFilledWith(hwId, 0)) throw profile('hwID is zero', {})
  return hwId
}

function requireText(text: string, oid: string): string {
  if (text.length === 0 || text.length > 256) throw profile(`extension ${oid} is empty or too long`, { oid })
  return text
}

const profile = (problem: string, details: VerificationError['details']): VerificationError =>
  new VerificationError('CERTIFICATE_PROFILE', `endorsement key: ${problem}`, details)
