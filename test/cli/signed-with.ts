// Whether a report is signed by the key of a certificate, through node:crypto alone.
import { X509Certificate, verify } from 'node:crypto'

const bigEndian = (report: Uint8Array, offset: number): Buffer =>
  Buffer.from(report.slice(offset, offset + 48)).reverse()

export function signedWith(report: Uint8Array, certificate: Uint8Array): boolean {
  const key = new X509Certificate(certificate).publicKey
  const signature = Buffer.concat([bigEndian(report, 0x2a0), bigEndian(report, 0x2e8)])
  return verify('sha384', report.subarray(0, 0x2a0), { key, dsaEncoding: 'ieee-p1363' }, signature)
}
