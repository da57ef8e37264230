import { describe, expect, it } from 'vitest'
import { fromPem, looksLikePem } from './pem.js'

const body = 'Zm9vYmFy'
const block = (label = 'CERTIFICATE', lines = [body]): string =>
  [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
const foobar = new TextEncoder().encode('foobar')

describe('PEM', () => {
  it('gives the blocks in order, with their labels', () => {
    expect(fromPem(block())).toEqual([{ label: 'CERTIFICATE', bytes: foobar }])
    expect(fromPem(block('X509 CRL') + '\n \t\n' + block())).toEqual([
      { label: 'X509 CRL', bytes: foobar },
      { label: 'CERTIFICATE', bytes: foobar },
    ])
  })

  it.each([
    ['carriage returns', block().replaceAll('\n', '\r\n')],
    ['no line end at the end', block().trimEnd()],
    ['empty lines around', `\n\n${block()}\n\n`],
    ['the body over several lines', block('CERTIFICATE', ['Zm9v', 'YmFy'])],
    ['lines that do not end on groups', block('CERTIFICATE', ['Z', 'm9vYmF', 'y'])],
  ])('takes %s', (_, text) => {
    expect(fromPem(text)).toEqual([{ label: 'CERTIFICATE', bytes: foobar }])
  })

  it('takes lines of 76 characters and no longer ones', () => {
    const long = 'AAAA'.repeat(19)
    expect(fromPem(block('CERTIFICATE', [long]))?.[0]?.bytes.length).toBe(57)
    expect(fromPem(block('CERTIFICATE', [`${long}AAAA`]))).toBeNull()
  })

  it.each([
    ['nothing', ''],
    ['white space', ' \n\n'],
    ['text before', `subject: somebody\n${block()}`],
    ['text after', `${block()}issuer: somebody\n`],
    ['text between', `${block()}x\n${block()}`],
    ['no end', `-----BEGIN CERTIFICATE-----\n${body}\n`],
    ['no beginning', `${body}\n-----END CERTIFICATE-----\n`],
    ['another label at the end', block().replace('END CERTIFICATE', 'END X509 CRL')],
    ['a block in a block', block('CERTIFICATE', ['-----BEGIN CERTIFICATE-----', body])],
    ['an empty body', block('CERTIFICATE', [])],
    ['an empty line in the body', block('CERTIFICATE', ['Zm9v', '', 'YmFy'])],
    ['a space in the body', block('CERTIFICATE', ['Zm9v YmFy'])],
    ['a space at the end of a line', block('CERTIFICATE', [`${body} `])],
    ['a space before the beginning', ` ${block()}`],
    ['a space after the beginning', block().replace('-----\n', '----- \n')],
    ['a header', block('CERTIFICATE', ['Proc-Type: 4,ENCRYPTED', '', body])],
    ['padding inside', block('CERTIFICATE', ['Zm8=', 'YmFy'])],
    ['stray bits', block('CERTIFICATE', ['Zm9='])],
    ['missing padding', block('CERTIFICATE', ['Zm8'])],
    ['four dashes', block().replaceAll('-----', '----')],
    ['six dashes', block().replaceAll('-----', '------')],
    ['a label in lower case', block('certificate')],
    ['no label', block('')],
    ['two spaces in the label', block('X509  CRL')],
    ['a byte order mark', `\ufeff${block()}`],
    ['everything on one line', block().replaceAll('\n', ' ')],
    ['bare carriage returns', block().replaceAll('\n', '\r')],
  ])('refuses %s', (_, text) => {
    expect(fromPem(text)).toBeNull()
  })

  it('takes 16 blocks, or as many as told', () => {
    expect(fromPem(block().repeat(16))).toHaveLength(16)
    expect(fromPem(block().repeat(17))).toBeNull()
    expect(fromPem(block().repeat(2), 2)).toHaveLength(2)
    expect(fromPem(block().repeat(3), 2)).toBeNull()
  })

  it('is told from other text by its first dashes', () => {
    expect(looksLikePem(` \n${block()}`)).toBe(true)
    expect(looksLikePem('-----BEGIN ')).toBe(true)
    expect(looksLikePem('-----BEGINX')).toBe(false)
    expect(looksLikePem(`x${block()}`)).toBe(false)
    expect(looksLikePem('')).toBe(false)
  })
})
