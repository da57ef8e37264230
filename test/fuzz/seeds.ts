// What mutations start from: genuine and lab inputs of every kind.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { agentBody } from '../support/agent-2cvm.js'
import {
  azureEvidence,
  jsonBytes,
  quoteOf,
  runtimeClaims,
  thimDocument,
  vtpmDocument,
  vtpmDocumentV0,
} from '../support/azure.js'
import {
  cborBytes,
  cborCollection,
  cborRecord,
  cborTag,
  jsonCollection,
  jsonRecord,
  reportType,
  tableTag,
  tsmCbor,
  tsmCborType,
  tsmJson,
  tsmJsonType,
} from '../support/cmw.js'
import {
  attestationRsDocument,
  goEvidence,
  oldSerdeReport,
  serdeEntry,
  serdeReport,
  teekitDocument,
  tinfoilBundleText,
  tinfoilDocument,
  trusteeEvidence,
} from '../support/containers.js'
import {
  gcpDocument,
  guestResponse,
  maaReport,
  maaRequest,
  nodeQuote,
  skrCombined,
} from '../support/containers-c.js'
import {
  c8sValue,
  enarx,
  enarxValue,
  evidenceOids,
  makeKeyCertificate,
  makeRequest,
  oakDocument,
  oldEnarxValue,
} from '../support/key-documents.js'
import { writeBundle } from '../../src/evidence/bundle-document.js'
import { toHex } from '../support/der.js'
import { pem } from '../support/cert-table.js'
import { fullDocument } from '../support/policy-document.js'
import { openPolicy } from '../support/lab-verifier.js'
import { labCrl, labEvidence } from '../support/pki.js'
import type { LabEvidence } from '../support/pki.js'
import { realFolder, realItems, repositoryRoot } from '../support/real-folder.js'
import { bundleBytes } from '../support/vectors/container-bundle-vectors.js'
import { committedSeedsOnly } from './settings.js'

export type Seeds = readonly Uint8Array[]

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

/** Lab evidence of each line, of both signers and of all versions. */
export const labSeeds: readonly LabEvidence[] = [
  labEvidence({ line: 'Milan', version: 2 }),
  labEvidence({ line: 'Milan', version: 3 }),
  labEvidence({ line: 'Genoa', version: 4, signer: 'vlek' }),
  labEvidence({ line: 'Turin', version: 5 }),
]

const committed = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(join(repositoryRoot(), 'vectors/real', name)))
const realFiles = (role: 'report' | 'vek'): Seeds =>
  (committedSeedsOnly ? [] : realItems()).flatMap(({ folder, meta }) => {
    const name = meta.files[role]
    return name === undefined ? [] : [new Uint8Array(readFileSync(join(folder, name)))]
  })
const realCrl = (name: string): Seeds => {
  const folder = committedSeedsOnly ? null : realFolder()
  return folder === null ? [] : [new Uint8Array(readFileSync(join(folder, 'crls', name)))]
}

export const reports: Seeds = [...labSeeds.map(({ report }) => report), ...realFiles('report')]
export const leaves: Seeds = [...labSeeds.map(({ vek }) => vek), ...realFiles('vek')]
export const certificates: Seeds = [...leaves, ...labSeeds.flatMap(({ ask, ark }) => [ask, ark])]
export const crls: Seeds = [
  labCrl('Genoa'),
  labCrl('Milan'),
  labCrl('Milan', { entries: [{ serial: 1 }, { serial: 2 }] }),
  ...realCrl('genoa-4.der'),
  ...realCrl('milan-6.der'),
]
export const tables: Seeds = labSeeds.map(({ table }) => table)

export const tsmReports: Seeds = [
  ...labSeeds.map(({ report, table }) =>
    utf8(JSON.stringify({ outblob: base64(report), auxblob: base64(table), provider: 'sev_guest' })),
  ),
  committed('genoa-v3.tsm.json'),
]
export const agentAnswers: Seeds = labSeeds.map(({ report }) => agentBody(report))

const directory = (files: Readonly<Record<string, Uint8Array>>): Uint8Array =>
  utf8(
    JSON.stringify(Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, base64(bytes)]))),
  )
/** Directories as JSON, base64 by file name: {@link filesOf} reads them. */
export const directories: Seeds = [
  ...labSeeds.map(({ report, table }) =>
    directory({ outblob: report, auxblob: table, provider: utf8('sev_guest\n') }),
  ),
  ...labSeeds.map(({ report, ask, ark }) =>
    directory({ 'report.bin': report, 'ask.der': ask, 'ark.pem': utf8(pem(ark)) }),
  ),
]

/** What is no text in a mutated directory is an empty file, and what is no JSON an empty directory. */
export function filesOf(bytes: Uint8Array): ReadonlyMap<string, Uint8Array> {
  let files: unknown
  try {
    files = JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return new Map()
  }
  return new Map(
    Object.entries(files ?? {}).map(([name, text]) => [
      name,
      new Uint8Array(Buffer.from(typeof text === 'string' ? text : '', 'base64')),
    ]),
  )
}

const azure = [azureEvidence(), azureEvidence({ evidence: { line: 'Milan', version: 2 } })]
export const hclBlobs: Seeds = azure.map(({ blob }) => blob)
export const vtpmDocuments: Seeds = azure.flatMap((one) =>
  [vtpmDocumentV0(one), vtpmDocument(one)].map(jsonBytes),
)
export const thimDocuments: Seeds = azure.map(({ lab }) => jsonBytes(thimDocument(lab)))
export const runtimeDocuments: Seeds = [runtimeClaims()]
export const quotes: Seeds = [
  quoteOf(),
  quoteOf({ extraData: new Uint8Array(), banks: [[0x0b, Uint8Array.of(0, 0, 1)]] }),
]

export const goAttestations: Seeds = labSeeds.map(goEvidence)
export const trusteeDocuments: Seeds = labSeeds.flatMap(({ report, vek }) =>
  [serdeReport, oldSerdeReport].map((write) => trusteeEvidence(write(report), [serdeEntry('VCEK', vek)])),
)
export const tinfoilDocuments: Seeds = labSeeds.flatMap(({ report }) =>
  [1, 2].map((version) => jsonBytes(tinfoilDocument(report, version))),
)
export const tinfoilBundles: Seeds = labSeeds.map((one) => utf8(tinfoilBundleText(one)))
export const attestationRsDocuments: Seeds = [
  ...labSeeds.flatMap((one) => [
    attestationRsDocument(one),
    { platform: 'snp', evidence: attestationRsDocument(one) },
  ]),
  ...azure.map((one) => ({ platform: 'az-snp', evidence: vtpmDocument(one) })),
].map(jsonBytes)
export const teekitDocuments: Seeds = labSeeds.map((one) => jsonBytes(teekitDocument(one)))

export const bundles: Seeds = [
  bundleBytes(),
  ...labSeeds.map(({ report, vek, ask, ark, table }) =>
    writeBundle({
      report,
      keys: [{ kind: null, der: vek }],
      certificates: [ask, ark],
      crls: [labCrl('Genoa')],
      attachments: new Map([['manifest', table]]),
      record: { policy: report, run: report, verdict: report, manifest: report, expectations: null },
    }),
  ),
]

export const requests: Seeds = labSeeds.flatMap((one) =>
  [enarxValue(one), oldEnarxValue(one)].map((value) => makeRequest(enarx(value))),
)
export const keyCertificates: Seeds = labSeeds.flatMap((one) => [
  makeKeyCertificate(enarx(enarxValue(one))),
  makeKeyCertificate([{ oid: evidenceOids.c8s, value: c8sValue(one) }]),
  makeKeyCertificate([{ oid: evidenceOids.contrast, value: goEvidence(one) }]),
])
export const oakMessages: Seeds = labSeeds.map((one) => oakDocument(one))

export const jsonWrappers: Seeds = labSeeds.flatMap((one) =>
  [jsonRecord(reportType, one.report, 4), jsonCollection(one), jsonRecord(tsmJsonType, tsmJson(one))].map(
    jsonBytes,
  ),
)
export const cborWrappers: Seeds = labSeeds.flatMap((one) => [
  cborRecord(tsmCborType, tsmCbor(one), 4),
  cborCollection({
    a: cborRecord(reportType, one.report, 4),
    b: cborTag(tableTag, cborBytes(one.table)),
    c: cborRecord(7, one.vek, 2),
  }),
])

export const containers: Seeds = [
  ...jsonWrappers,
  ...cborWrappers,
  ...requests,
  ...keyCertificates,
  ...oakMessages,
  ...bundles,
  ...reports,
  ...labSeeds.map(({ report, table }) => new Uint8Array([...report, ...table])),
  ...tsmReports,
  ...agentAnswers,
  ...hclBlobs,
  ...vtpmDocuments,
  ...thimDocuments,
  ...goAttestations,
  ...trusteeDocuments,
  ...tinfoilDocuments,
  ...tinfoilBundles,
  ...attestationRsDocuments,
  ...teekitDocuments,
  ...labSeeds.map(({ report }) => guestResponse(report)),
  ...labSeeds.map((one) => maaRequest(maaReport(one))),
  ...labSeeds.flatMap((one) => [gcpDocument(one), skrCombined(one), nodeQuote(one)].map(jsonBytes)),
  ...labSeeds.map(({ report }) => utf8(toHex(report))),
  ...labSeeds.map(({ report }) => utf8(base64(report))),
  committed('gcp-milan-v5.report.hex'),
]
export const texts: Seeds = [
  ...certificates.map((der) => utf8(pem(der))),
  ...crls.map((der) => utf8(pem(der, 'X509 CRL'))),
  utf8(
    certificates
      .map((der) => pem(der))
      .slice(0, 3)
      .join('\n'),
  ),
]
export const policies: Seeds = [utf8(JSON.stringify(fullDocument)), utf8(JSON.stringify(openPolicy, null, 1))]
