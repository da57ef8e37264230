import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { ascii, toHex } from './der.js'
import { TABLE_GUIDS, makeCertTable, mixedEndianGuid, pem, rawCertTable } from './cert-table.js'
import { labPki } from './pki.js'

describe('certificate table', () => {
  it('has entries in written GUID order, an end entry, then the blobs', () => {
    const table = makeCertTable([
      { guid: 'ark', data: ascii('abc') },
      { guid: TABLE_GUIDS.vcek, data: ascii('de') },
    ])
    expect(toHex(table)).toBe(
      'c0b406a4a803495297433fb6014cd0ae' +
        '48000000' +
        '03000000' +
        '63da758de6644564adc5f4b93be8accd' +
        '4b000000' +
        '02000000' +
        '00'.repeat(24) +
        '6162636465',
    )
  })

  it('writes false entries, and none at the end, on request', () => {
    const guid = mixedEndianGuid('vcek')
    const table = rawCertTable([{ guid, offset: 0xffffffff, length: 2 }], ascii('x'), { terminated: false })
    expect(toHex(table)).toBe('8d75da6364e66445adc5f4b93be8accd' + 'ffffffff' + '02000000' + '78')
  })
})

it('writes PEM', () => {
  const { der } = labPki().lines.Milan.ark
  expect(new Uint8Array(new X509Certificate(pem(der)).raw)).toEqual(der)
})
