import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { asyncOutcomeOf } from '../../test/fuzz/outcome.js'
import { ascii, concat, toHex } from '../../test/support/der.js'
import { labEvidence } from '../../test/support/pki.js'
import { repositoryRoot } from '../../test/support/real-folder.js'
import { decodeEvidence } from './evidence.js'

const { report } = labEvidence()
const hexText = toHex(report)
const base64 = Buffer.from(report).toString('base64')
const base64url = Buffer.from(report).toString('base64url')
const wrap = (text: string, width: number, end = '\n'): string =>
  (text.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).join(end)

describe.each(['snp-report', 'auto'] as const)('the bare report, as %s', (format) => {
  it.each([
    ['1184 bytes', report],
    ['hex', ascii(hexText)],
    ['hex in capitals', ascii(hexText.toUpperCase())],
    ['hex and a line end', ascii(`${hexText}\n`)],
    ['wrapped hex', ascii(wrap(hexText, 60))],
    ['wrapped hex with carriage returns', ascii(wrap(hexText, 64, '\r\n'))],
    ['hex in groups', ascii(wrap(hexText, 8, ' '))],
    ['hex with an odd number of digits a line', ascii(wrap(hexText, 61))],
    ['base64', ascii(base64)],
    ['wrapped base64', ascii(`\n${wrap(base64, 76)}\n`)],
    ['base64url without padding', ascii(base64url)],
    ['base64url with padding', ascii(base64url.padEnd(base64.length, '='))],
    ['base64 without padding', ascii(base64.replaceAll('=', ''))],
  ])('is read from %s', async (_, input) => {
    const evidence = await decodeEvidence(input, format)
    expect(evidence).toMatchObject({ format: 'snp-report', endorsementKeys: 0, crls: 0 })
    expect(evidence.report).toEqual(report)
  })

  it('is read from the committed genuine report, wrapped after 60 digits', async () => {
    const path = join(repositoryRoot(), 'vectors/real/gcp-milan-v5.report.hex')
    const text = readFileSync(path)
    const evidence = await decodeEvidence(text, format)
    expect(toHex(evidence.report)).toBe(text.toString('latin1').replace(/\s/g, ''))
  })
})

const changed = (text: string, at: number, character: string): Uint8Array =>
  ascii(text.slice(0, at) + character + text.slice(at + 1))

describe('what is not the bare report', () => {
  it.each([
    ['a byte less', report.subarray(1), 'REPORT_LENGTH'],
    ['a byte more', concat(report, Uint8Array.of(0)), 'REPORT_LENGTH'],
    ['nothing', new Uint8Array(), 'REPORT_LENGTH'],
    ['a message with the report inside', concat(new Uint8Array(32), report), 'REPORT_LENGTH'],
    ['hex of a byte less', ascii(hexText.slice(2)), 'REPORT_LENGTH'],
    ['hex of a byte more', ascii(`${hexText}00`), 'REPORT_LENGTH'],
    ['base64 of a byte less', ascii(Buffer.from(report.subarray(1)).toString('base64')), 'REPORT_LENGTH'],
    // With a digit less it is base64 of something else.
    ['an odd number of digits', ascii(hexText.slice(1)), 'REPORT_LENGTH'],
    ['white space', ascii(' \n\t'), 'EVIDENCE_MALFORMED'],
    ['hex with 0x', ascii(`0x${hexText}`), 'EVIDENCE_MALFORMED'],
    ['hex with colons', ascii(wrap(hexText, 2, ':')), 'EVIDENCE_MALFORMED'],
    ['hex with another letter', changed(hexText, 100, 'g'), 'REPORT_LENGTH'],
    ['hex with another sign', changed(hexText, 100, '.'), 'EVIDENCE_MALFORMED'],
    ['base64 of two alphabets', ascii(`-+${base64.slice(2)}`), 'EVIDENCE_MALFORMED'],
    ['base64 with stray bits', ascii(`${base64.slice(0, -4)}AAB=`), 'EVIDENCE_MALFORMED'],
    ['prose', ascii('this is a report!'), 'EVIDENCE_MALFORMED'],
    ['text with a byte beyond ASCII', concat(ascii(hexText), Uint8Array.of(0xc3, 0xa9)), 'REPORT_LENGTH'],
    ['text with a form feed', ascii(`${hexText}\f`), 'REPORT_LENGTH'],
    ['16 KiB and a byte of white space', ascii(hexText.padEnd(16 * 1024 + 1)), 'EVIDENCE_SIZE'],
  ])('%s', async (_, input, expected) => {
    expect(await asyncOutcomeOf(() => decodeEvidence(input, 'snp-report'))).toBe(expected)
    const unnamed = expected === 'EVIDENCE_SIZE' ? expected : 'EVIDENCE_FORMAT'
    expect(await asyncOutcomeOf(() => decodeEvidence(input, 'auto'))).toBe(unnamed)
  })

  it.each([2, 3])('text is recognised only with zeros where VERSION is small: byte %d', async (at) => {
    const other = report.slice()
    other[at] = 1
    for (const encoding of ['hex', 'base64', 'base64url'] as const) {
      const text = ascii(Buffer.from(other).toString(encoding))
      expect(await asyncOutcomeOf(() => decodeEvidence(text, 'snp-report'))).toBe('accepted')
      expect(await asyncOutcomeOf(() => decodeEvidence(text, 'auto'))).toBe('EVIDENCE_FORMAT')
    }
  })

  it('16 KiB of white space and digits are still read', async () => {
    const input = ascii(hexText.padEnd(16 * 1024))
    expect(await asyncOutcomeOf(() => decodeEvidence(input, 'snp-report'))).toBe('accepted')
    expect(await asyncOutcomeOf(() => decodeEvidence(input, 'auto'))).toBe('accepted')
  })

  it('1184 bytes of text are taken for a report when they are named one, and are recognised as none', async () => {
    const text = ascii(hexText.slice(0, 1184))
    expect(await asyncOutcomeOf(() => decodeEvidence(text, 'snp-report'))).toBe('accepted')
    expect(await asyncOutcomeOf(() => decodeEvidence(text, 'auto'))).toBe('EVIDENCE_FORMAT')
  })
})
