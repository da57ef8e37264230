/**
 * What `/dev/sev-guest` of Linux answers to a request for a report: the firmware's message MSG_REPORT_RSP, in the buffer
 * of the device or alone. Sources: AMD 56860, MSG_REPORT_RSP; Linux, `include/uapi/linux/sev-guest.h`
 * (`snp_report_resp`).
 *
 *   0x00  status: 0 is success
 *   0x04  size of the report
 *   0x08  24 reserved bytes
 *   0x20  report
 *   0x4c0 zeros up to the end of the buffer, which has 4000 bytes; 1280 where a driver or program kept 64 of them
 *
 * Nothing signs what stands around the report. It says how to read the rest, so there is one reading or none: another
 * status, another size and buffers of other sizes are refused. The certificate table of an extended request is written
 * elsewhere, and the caller gives the endorsement key.
 */
import { isFilledWith, u32le } from '../encoding/bytes.js'
import { word32Hex } from '../encoding/hex.js'
import { reportBytes } from '../report/layout.js'
import { malformed, reportAlone } from './container.js'
import type { BytesFormat } from './format.js'

const what = 'sev-guest-response'
const reportAt = 0x20
const messageBytes = reportAt + reportBytes
/** The message alone, the buffer that older drivers had and some programs keep, and that of the device. */
const sizes: readonly number[] = [messageBytes, messageBytes + 64, 4000]
/** The last bytes of a report belong to no number of its signature. A certificate table could begin there. */
const zeroFrom = reportBytes

const hasSize = ({ length }: Uint8Array): boolean => sizes.includes(length)

export const sevGuestResponse: BytesFormat = {
  name: what,
  takes: 'bytes',
  // A response without a report as well, to be told so: then the status is a small number that is not 0.
  recognises: ({ bytes }) =>
    hasSize(bytes) &&
    (bytes[0] !== 0 || u32le(bytes, 4) === reportBytes) &&
    isFilledWith(bytes, 0, 1, 4) &&
    isFilledWith(bytes, 0, 8, reportAt) &&
    isFilledWith(bytes, 0, zeroFrom),
  decode: (bytes) => {
    if (!hasSize(bytes))
      throw malformed(what, `${String(bytes.length)} bytes, and not one of ${sizes.join(', ')}`)
    const status = u32le(bytes, 0)
    if (status !== 0) throw malformed(what, `the status of the firmware is ${word32Hex(status)}, not success`)
    const size = u32le(bytes, 4)
    if (size !== reportBytes)
      throw malformed(what, `the size of the report is ${String(size)}, not ${String(reportBytes)}`)
    if (!isFilledWith(bytes, 0, 8, reportAt)) throw malformed(what, 'reserved bytes are not zero')
    if (!isFilledWith(bytes, 0, messageBytes)) throw malformed(what, 'bytes behind the report are not zero')
    return reportAlone(bytes.subarray(reportAt, messageBytes))
  },
}
