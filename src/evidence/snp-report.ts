/** The bare report: 1184 bytes, or their text as hex or base64. */
import { isFilledWith } from '../encoding/bytes.js'
import { fromBase64 } from '../encoding/base64.js'
import { fromHex } from '../encoding/hex.js'
import { fromUtf8, isAsciiText } from '../encoding/text.js'
import { VerificationError } from '../errors/error.js'
import { reportBytes } from '../report/layout.js'
import { malformed, reportAlone } from './container.js'
import type { BytesFormat } from './format.js'

/** White space between groups of digits is how people and tools wrap long text. */
function fromText(bytes: Uint8Array): Uint8Array | null {
  const text = fromUtf8(bytes)?.replace(/[ \t\r\n]+/g, '') ?? ''
  return text.length === 0 ? null : (fromHex(text) ?? fromBase64(text, 'optional'))
}

export const snpReport: BytesFormat = {
  name: 'snp-report',
  takes: 'bytes',
  // VERSION is a small number, so bytes 2 and 3 are zero in every report and in no text.
  recognises: ({ bytes }) => {
    const report = bytes.length === reportBytes ? bytes : isAsciiText(bytes) ? fromText(bytes) : null
    return report?.length === reportBytes && isFilledWith(report, 0, 2, 4)
  },
  decode: (bytes) => {
    if (bytes.length === reportBytes) return reportAlone(bytes)
    if (!isAsciiText(bytes) || bytes.length === 0) throw wrongLength(bytes.length)
    const report = fromText(bytes)
    if (report === null) throw malformed('report', 'text that is neither hex nor base64')
    if (report.length !== reportBytes) throw wrongLength(report.length)
    return reportAlone(report)
  },
}

const wrongLength = (actual: number): VerificationError =>
  new VerificationError(
    'REPORT_LENGTH',
    `report: expected ${String(reportBytes)} bytes, got ${String(actual)}`,
    {
      expected: reportBytes,
      actual,
    },
  )
