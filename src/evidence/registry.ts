/** The evidence formats, loaded on first use. */
import { reportBytes } from '../report/layout.js'
import { maxCertificateBytes } from '../x509/certificate.js'
import type { EvidenceFormat } from './container.js'
import type { ContainerFormat } from './format.js'
import { maxEvidenceBytes, maxTableBytes } from './limits.js'

interface Entry {
  /** The largest container: known before its file is loaded, so that more is refused uncopied. */
  readonly maxBytes: number
  readonly load: () => Promise<ContainerFormat>
}

const formats: Readonly<Record<EvidenceFormat, Entry>> = {
  'snp-report': entry(16 * 1024, async () => (await import('./snp-report.js')).snpReport),
  'snp-report+cert-table': entry(
    reportBytes + maxTableBytes,
    async () => (await import('./cert-table.js')).snpReportWithTable,
  ),
  tsm: entry(2 * maxTableBytes, async () => (await import('./tsm.js')).tsm),
  'tsm-dir': entry(maxEvidenceBytes, async () => (await import('./tsm-dir.js')).tsmDir),
  'snpguest-dir': entry(maxEvidenceBytes, async () => (await import('./snpguest-dir.js')).snpguestDir),
  // Numbers in lists take up to six characters and a line each.
  'az-snp-vtpm': entry(256 * 1024, async () => (await import('./az-snp-vtpm.js')).azSnpVtpm),
  'azure-hcl': entry(16 * 1024, async () => (await import('./hcl.js')).azureHcl),
  thim: entry(maxCertificateBytes, async () => (await import('./thim.js')).thim),
  '2cvm-agent': entry(maxEvidenceBytes, async () => (await import('./agent-2cvm.js')).agent2cvm),
  'go-sev-guest': entry(maxTableBytes, async () => (await import('./go-sev-guest.js')).goSevGuest),
  // Lists of numbers here as well.
  'trustee-snp': entry(256 * 1024, async () => (await import('./trustee-snp.js')).trusteeSnp),
  tinfoil: entry(16 * 1024, async () => (await import('./tinfoil.js')).tinfoil),
  'attestation-rs': entry(2 * maxTableBytes, async () => (await import('./attestation-rs.js')).attestationRs),
  teekit: entry(2 * maxTableBytes, async () => (await import('./teekit.js')).teekit),
  'tinfoil-bundle': entry(maxEvidenceBytes, async () => (await import('./tinfoil-bundle.js')).tinfoilBundle),
  'pkcs10-csr': entry(2 * maxTableBytes, async () => (await import('./pkcs10-csr.js')).pkcs10Csr),
  'ra-tls': entry(2 * maxTableBytes, async () => (await import('./ra-tls.js')).raTls),
  'oak-evidence': entry(maxTableBytes, async () => (await import('./oak-evidence.js')).oakEvidence),
  'sev-guest-response': entry(4096, async () => (await import('./sev-guest-response.js')).sevGuestResponse),
  'gcp-snp': entry(2 * maxTableBytes, async () => (await import('./gcp-snp.js')).gcpSnp),
  'maa-request': entry(2 * maxTableBytes, async () => (await import('./maa-request.js')).maaRequest),
  'aci-skr': entry(maxTableBytes, async () => (await import('./aci-skr.js')).aciSkr),
  'ccf-quote': entry(maxTableBytes, async () => (await import('./ccf-quote.js')).ccfQuote),
  cmw: entry(2 * maxTableBytes, async () => (await import('./cmw.js')).cmw),
  'attested-bundle': entry(maxEvidenceBytes, async () => (await import('./bundle.js')).attestedBundle),
}

function entry(maxBytes: number, load: Entry['load']): Entry {
  return { maxBytes, load }
}

/** The names of all formats. */
export const evidenceFormats: readonly EvidenceFormat[] = Object.keys(formats) as EvidenceFormat[]

export function isEvidenceFormat(value: unknown): value is EvidenceFormat {
  return typeof value === 'string' && Object.hasOwn(formats, value)
}

/** How large evidence of a format may be: the largest of all where the format is to be recognised. */
export function maxBytesOf(name: EvidenceFormat | 'auto'): number {
  return name === 'auto' ? maxEvidenceBytes : formats[name].maxBytes
}

/** The format of a name. */
export function formatNamed(name: EvidenceFormat): Promise<ContainerFormat> {
  return formats[name].load()
}
