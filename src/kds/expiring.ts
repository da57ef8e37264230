/** What ends soon: the VLEK of a provider after a year, a CRL of AMD's after some weeks. */
import { requireBytes } from '../encoding/bytes.js'
import { timeOf } from '../encoding/time.js'
import { parseCertificate } from '../x509/certificate.js'
import { parseCrl } from '../x509/crl.js'

/** Something with an end, and the caller's name for it. DER. */
export type ExpiringItem =
  | { readonly label: string; readonly certificate: Uint8Array }
  | { readonly label: string; readonly crl: Uint8Array }

export interface ExpiryWarning {
  readonly label: string
  readonly kind: 'vcek' | 'vlek' | 'certificate' | 'crl'
  /** The last second of a certificate, the nextUpdate of a CRL; RFC 3339. */
  readonly expiresAt: string
  /** Whole days left, rounded down: 0 on the last one, negative once it is over. */
  readonly daysLeft: number
}

const day = 86_400_000

/**
 * Those that end within some days, or have ended; the first to end first. A warning, and no verification: this reads
 * what the documents say of themselves.
 *
 * @param at - The time to count from.
 * @param days - How many days ahead; 0 finds what has ended or ends at `at`.
 * @throws VerificationError `DER_*`, `CERTIFICATE_*`, `REVOCATION_*` for what cannot be read: no warning would be
 *   taken for a good sign.
 * @throws TypeError for wrong arguments.
 */
export function expiring(
  items: readonly ExpiringItem[],
  { at, days }: { readonly at: Date; readonly days: number },
): readonly ExpiryWarning[] {
  const now = timeOf(at)
  if (now === null) throw new TypeError('at must be a valid Date')
  if (!Number.isFinite(days) || days < 0) throw new TypeError('days must be a number that is not negative')
  return items
    .map((item) => ({ label: item.label, ...endOf(item) }))
    .filter(({ end }) => end - now <= days * day)
    .sort((a, b) => a.end - b.end)
    .map(({ label, kind, end }) => ({
      label,
      kind,
      expiresAt: new Date(end).toISOString(),
      daysLeft: Math.floor((end - now) / day),
    }))
}

function endOf(item: ExpiringItem): { readonly kind: ExpiryWarning['kind']; readonly end: number } {
  if ('crl' in item) return { kind: 'crl', end: parseCrl(requireBytes(item.crl, 'crl')).nextUpdate }
  const { subject, notAfter } = parseCertificate(requireBytes(item.certificate, 'certificate'))
  const { commonName } = subject
  const kind = commonName === 'SEV-VCEK' ? 'vcek' : commonName === 'SEV-VLEK' ? 'vlek' : 'certificate'
  return { kind, end: notAfter }
}
