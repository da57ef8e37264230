import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { agentBody } from '../../test/support/agent-2cvm.js'
import { azureEvidence, jsonBytes, vtpmDocument, vtpmDocumentV0 } from '../../test/support/azure.js'
import { cborRecord, jsonCollection, tsmCbor, tsmCborType } from '../../test/support/cmw.js'
import { ascii, concat } from '../../test/support/der.js'
import {
  enarx,
  enarxValue,
  makeKeyCertificate,
  makeRequest,
  oakDocument,
} from '../../test/support/key-documents.js'
import { labEvidence } from '../../test/support/pki.js'
import { bundleBytes } from '../../test/support/vectors/container-bundle-vectors.js'
import { repositoryRoot } from '../../test/support/real-folder.js'
import { isVerificationError } from '../errors/error.js'
import type { EvidenceFormat } from './container.js'
import { decodeEvidence } from './evidence.js'
import type { Files } from './input.js'
import { recogniseFormat } from './recognise.js'
import { evidenceFormats, formatNamed } from './registry.js'
import { sniffOf } from './sniff.js'

const lab = labEvidence({ line: 'Genoa' })
const { report, table } = lab
const azure = azureEvidence()
const outblob = Buffer.from(report).toString('base64')
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

const samples: readonly (readonly [EvidenceFormat, Uint8Array | Files])[] = [
  ['snp-report', report],
  ['snp-report+cert-table', concat(report, table)],
  ['tsm', utf8(JSON.stringify({ outblob }))],
  ['az-snp-vtpm', jsonBytes(vtpmDocumentV0(azure))],
  ['az-snp-vtpm', jsonBytes(vtpmDocument(azure))],
  ['azure-hcl', azure.blob],
  ['2cvm-agent', agentBody(report)],
  ['pkcs10-csr', makeRequest(enarx(enarxValue(lab)))],
  ['ra-tls', makeKeyCertificate(enarx(enarxValue(lab)))],
  ['oak-evidence', oakDocument(lab)],
  ['cmw', jsonBytes(jsonCollection(lab))],
  ['cmw', cborRecord(tsmCborType, tsmCbor(lab))],
  ['attested-bundle', bundleBytes()],
  ['tsm-dir', new Map([['outblob', report]])],
  ['snpguest-dir', new Map([['report.bin', report]])],
]

async function refusalOf(run: () => Promise<unknown>): Promise<unknown> {
  try {
    await run()
  } catch (error) {
    if (isVerificationError(error)) return [error.code, error.message, error.details]
    throw error
  }
  return 'accepted'
}

describe('the format of evidence', () => {
  it.each(samples)('is %s for one alone', async (name, input) => {
    expect((await recogniseFormat(input)).name).toBe(name)
    for (const other of evidenceFormats) {
      const refusal = await refusalOf(() => decodeEvidence(input, other))
      // Behind 1184 bytes the blob has zeros: an empty table, and a report of a version that nobody knows.
      const asTable = name === 'azure-hcl' && other === 'snp-report+cert-table'
      expect(refusal === 'accepted', `${name} as ${other}`).toBe(name === other || asTable)
    }
  })

  it('is none for bytes and files of other kinds', async () => {
    expect(await refusalOf(() => recogniseFormat(new Uint8Array(5)))).toEqual([
      'EVIDENCE_FORMAT',
      'not recognised as any evidence format',
      { bytes: 5, candidates: [] },
    ])
    expect(await refusalOf(() => recogniseFormat(new Map([['a', report]])))).toEqual([
      'EVIDENCE_FORMAT',
      'not recognised as any evidence format',
      { files: 1, candidates: [] },
    ])
  })

  it('is not guessed between two', async () => {
    const both = agentBody(report)
    const text = new TextDecoder().decode(both).replace('{', `{"outblob":"${outblob}",`)
    expect(await refusalOf(() => recogniseFormat(utf8(text)))).toEqual([
      'EVIDENCE_FORMAT',
      'could be tsm or 2cvm-agent: name the format',
      {
        bytes: text.length + both.length - new TextDecoder().decode(both).length,
        candidates: ['tsm', '2cvm-agent'],
      },
    ])
  })

  it('is a file or a directory', async () => {
    expect(await refusalOf(() => decodeEvidence(report, 'tsm-dir'))).toEqual([
      'EVIDENCE_FORMAT',
      'tsm-dir is a directory, not a file',
      { format: 'tsm-dir' },
    ])
    expect(await refusalOf(() => decodeEvidence(new Map([['outblob', report]]), 'tsm'))).toEqual([
      'EVIDENCE_FORMAT',
      'tsm is a file, not a directory',
      { format: 'tsm' },
    ])
  })

  it('has the name that it is registered under', async () => {
    for (const name of evidenceFormats) expect((await formatNamed(name)).name).toBe(name)
  })
})

describe('the schemas', () => {
  interface Schema {
    readonly enum?: readonly unknown[]
    readonly properties?: Readonly<Record<string, Schema>>
    readonly $defs?: Readonly<Record<string, Schema>>
  }
  const schema = (path: string): Schema =>
    JSON.parse(readFileSync(join(repositoryRoot(), path), 'utf8')) as Schema

  it('name every format', () => {
    const inspect = schema('docs/schema/inspect.schema.json').properties?.['format']?.enum
    expect(inspect).toEqual([...evidenceFormats, 'certificates', null])
    const vectors = schema('vectors/schema/vectors.schema.json').$defs?.['input']?.properties?.['format']
      ?.enum
    expect(vectors).toEqual(['auto', ...evidenceFormats])
  })
})

describe('what formats look at', () => {
  it.each<[string, Uint8Array, boolean, unknown]>([
    ['an object', ascii(' \t\r\n{"a":1}'), true, { a: 1 }],
    ['a list', ascii('["a"]'), true, ['a']],
    ['a number', ascii('1'), true, null],
    ['text', ascii('"a"'), true, null],
    ['an object beyond ASCII', utf8('{"é":1}'), false, { é: 1 }],
    [
      'an object with a large integer',
      ascii('{"a":18446744073709551615}'),
      true,
      { a: 18446744073709551615n },
    ],
    ['an object with a key twice', ascii('{"a":1,"a":1}'), true, null],
    ['an object cut short', ascii('{"a":1'), true, null],
    ['a report', report, false, null],
    ['nothing', new Uint8Array(), true, null],
    ['nothing but space', ascii('  '), true, null],
  ])('%s', (_, bytes, isText, json) => {
    const sniff = sniffOf(bytes)
    expect(sniff.bytes).toBe(bytes)
    expect(sniff.text).toBe(isText ? new TextDecoder().decode(bytes) : null)
    expect(sniff.json).toEqual(json)
    expect(sniff.members).toEqual(Array.isArray(json) ? null : json)
  })

  it('is read once, whatever comes out', () => {
    const bytes = ascii('{"a":1}')
    const sniff = sniffOf(bytes)
    expect(sniff.json).toBe(sniff.json)
    expect(sniff.members).toBe(sniff.json)
    // What is no JSON is not read again either: bytes never change here but in this test.
    const end = bytes.length - 1
    bytes[end] = 0xff
    const broken = sniffOf(bytes)
    expect([broken.text, broken.json, broken.members]).toEqual([null, null, null])
    bytes[end] = 0x7d
    expect([broken.text, broken.json, broken.members]).toEqual([null, null, null])
  })
})
