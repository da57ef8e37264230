/**
 * Where AMD's key distribution service (KDS) has what: pure text, no network.
 *
 * An address says which chip is meant and at which TCB: whoever serves it learns that.
 *
 * Source: AMD 57230, the VCEK and VLEK interfaces. The SPLs are those of REPORTED_TCB, in decimal.
 */
import { copyBytes, isFilledWith, lengthOf, requireBytes } from '../encoding/bytes.js'
import { toHex } from '../encoding/hex.js'
import { VerificationError } from '../errors/error.js'
import type { SignerKind } from '../endorsement/endorsement-key.js'
import { type ProductLine, isProductLine, productLineNames, productLines } from '../product/line.js'
import { type TcbLevels, decodeTcb } from '../product/tcb.js'
import type { Report } from '../report/report.js'

export const amdKds = 'https://kdsintf.amd.com'

/** What a VCEK belongs to: one chip at one TCB. */
export interface VcekId {
  /** Siena and Bergamo are of the line Genoa, Turin Dense of the line Turin. */
  readonly product: ProductLine
  /** CHIP_ID as the report has it, 64 bytes; or its significant bytes alone: 8 on Turin. */
  readonly chipId: Uint8Array
  /** REPORTED_TCB. With `fmc` on Turin, without it elsewhere. */
  readonly tcb: TcbLevels
}

/**
 * What the VCEK of a report is asked for by. The report is only a claim, and so is this.
 *
 * @param product - The line of a version 2 report, which does not say it; another report must agree.
 * @throws VerificationError `ENDORSEMENT_MISSING` if KDS has no key for it: a VLEK, which only the provider gets, or
 *   a report whose CHIP_ID is masked; `REPORT_PRODUCT_UNKNOWN`, `ENDORSEMENT_CHIP_ID_MISMATCH`.
 * @throws TypeError if `product` is none, or another than that of the report.
 */
export function vcekIdOf(report: Report, product?: ProductLine): VcekId {
  const line = productOf(report, product)
  if (report.keyInfo.signingKey !== 'vcek')
    throw new VerificationError(
      'ENDORSEMENT_MISSING',
      'not signed by a VCEK: a VLEK comes from the provider, with the evidence',
    )
  const { chipId, reportedTcb } = report
  if (isFilledWith(chipId, 0))
    throw new VerificationError(
      'ENDORSEMENT_MISSING',
      'CHIP_ID is masked: nobody can ask for the VCEK by this report',
    )
  const { layout, chipIdBytes } = productLines[line]
  if (!isFilledWith(chipId, 0, chipIdBytes))
    throw new VerificationError(
      'ENDORSEMENT_CHIP_ID_MISMATCH',
      `CHIP_ID has more than the ${String(chipIdBytes)} bytes of a ${line} chip`,
    )
  return { product: line, chipId: chipId.slice(0, chipIdBytes), tcb: decodeTcb(reportedTcb.raw, layout) }
}

/**
 * The product line of a report; of a version 2 report, the one that the caller knows.
 *
 * @throws VerificationError `REPORT_PRODUCT_UNKNOWN`.
 * @throws TypeError if `product` is none, or another than that of the report.
 */
export function productOf(report: Report, product?: ProductLine): ProductLine {
  if (product !== undefined) requireProduct(product)
  const own = report.productLine
  if (own !== null && product !== undefined && own !== product)
    throw new TypeError(`product is ${product}, and the report is of ${own}`)
  // Its layout of the TCB is of family 19h, and no Turin part ever made one.
  if (report.cpuid === null && product === 'Turin')
    throw new TypeError('product is Turin, and the report is of version 2')
  const line = own ?? (report.cpuid === null ? product : undefined)
  if (line === undefined)
    throw new VerificationError(
      'REPORT_PRODUCT_UNKNOWN',
      report.cpuid === null
        ? 'a report of version 2 does not say its product line: name it'
        : 'CPUID belongs to no known product line',
    )
  return line
}

/** The same, copied and checked: later changes of the caller's object change nothing. @throws TypeError */
export function copyVcekId({ product, chipId, tcb }: VcekId): VcekId {
  const { chipIdBytes } = productLines[requireProduct(product)]
  const length = lengthOf(requireBytes(chipId, 'chipId'))
  const own = copyBytes(chipId)
  if ((length !== chipIdBytes && length !== 64) || !isFilledWith(own, 0, chipIdBytes))
    throw new TypeError(`chipId must have ${String(chipIdBytes)} bytes on ${product}`)
  if (isFilledWith(own, 0)) throw new TypeError('chipId is all zero: that is no chip')
  const { bootloader, tee, snp, microcode, fmc } = tcb
  if ((fmc !== undefined) !== (product === 'Turin'))
    throw new TypeError('tcb.fmc belongs to Turin, and to Turin alone')
  const levels = { bootloader, tee, snp, microcode, ...(fmc === undefined ? {} : { fmc }) }
  for (const [name, level] of Object.entries(levels)) {
    if (!Number.isInteger(level) || level < 0 || level > 255)
      throw new TypeError(`tcb.${name} must be an integer from 0 to 255`)
  }
  return { product, chipId: own.slice(0, chipIdBytes), tcb: levels }
}

/** A report, or what to ask for: the same thing. */
export const vcekIdFrom = (of: Report | VcekId): VcekId =>
  'reportedTcb' in of ? vcekIdOf(of) : copyVcekId(of)

const spl = (level: number): string => String(level).padStart(2, '0')

/** From the host on. */
export function vcekPath({ product, chipId, tcb }: VcekId): string {
  const { bootloader, tee, snp, microcode, fmc } = tcb
  const query = `blSPL=${spl(bootloader)}&teeSPL=${spl(tee)}&snpSPL=${spl(snp)}&ucodeSPL=${spl(microcode)}`
  const more = fmc === undefined ? '' : `&fmcSPL=${spl(fmc)}`
  return `/vcek/v1/${product}/${toHex(chipId)}?${query}${more}`
}

/** @throws TypeError */
export function authorityPath(
  product: ProductLine,
  kind: SignerKind,
  document: 'cert_chain' | 'crl',
): string {
  if (!['vcek', 'vlek'].includes(kind)) throw new TypeError('kind must be vcek or vlek')
  return `/${kind}/v1/${requireProduct(product)}/${document}`
}

/**
 * The address of a VCEK, DER.
 *
 * @param of - A report, or a chip and its TCB. Of a version 2 report: `vcekIdOf(report, product)`.
 * @param baseUrl - Of a proxy; default: AMD's own.
 * @throws VerificationError as {@link vcekIdOf}.
 * @throws TypeError for wrong arguments.
 */
export function vcekUrl(of: Report | VcekId, baseUrl: string = amdKds): string {
  return requireBaseUrl(baseUrl) + vcekPath(vcekIdFrom(of))
}

/** The address of the ASK (or, for a VLEK, the ASVK) and the ARK, PEM. @throws TypeError for wrong arguments. */
export function chainUrl(product: ProductLine, kind: SignerKind, baseUrl: string = amdKds): string {
  return requireBaseUrl(baseUrl) + authorityPath(product, kind, 'cert_chain')
}

/** The address of a CRL, DER. @throws TypeError for wrong arguments. */
export function crlUrl(product: ProductLine, kind: SignerKind, baseUrl: string = amdKds): string {
  return requireBaseUrl(baseUrl) + authorityPath(product, kind, 'crl')
}

/**
 * A base without its last slash.
 *
 * Plain http is no danger to verdicts, since nothing that KDS says is trusted, and a proxy may be on this machine.
 *
 * @throws TypeError if it is not an http or https URL, or has a user, a query or a fragment.
 */
export function requireBaseUrl(baseUrl: unknown): string {
  const url = typeof baseUrl === 'string' ? parsed(baseUrl) : null
  const plain =
    url !== null && ['http:', 'https:'].includes(url.protocol) && url.href === url.origin + url.pathname
  if (!plain) throw new TypeError('baseUrl must be an http or https URL without user, query and fragment')
  return url.href.replace(/\/$/, '')
}

function parsed(text: string): URL | null {
  try {
    return new URL(text)
  } catch {
    return null
  }
}

function requireProduct(product: unknown): ProductLine {
  if (!isProductLine(product)) throw new TypeError(`product must be one of ${productLineNames.join(', ')}`)
  return product
}
