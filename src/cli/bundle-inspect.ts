/** `attested bundle inspect`: what a bundle holds. Nothing is verified, and the output says so. */
import { sha256Hex } from '../crypto/digests.js'
import { type BundleDocument, readBundleDocument } from '../evidence/bundle-document.js'
import type { EvidenceFormat } from '../evidence/index.js'
import type { JsonValue } from '../errors/index.js'
import type { ReportJson } from '../report/index.js'
import { bindingToJson, readRun } from '../results/bundle-run.js'
import { readVerdict } from '../results/replay.js'
import type { DocumentJson, Refusal } from './certificates.js'
import type { Context } from './context.js'
import { exitStatus } from './exit-status.js'
import { inputReader } from './files.js'
import { printHelp } from './help.js'
import { inspectEvidence } from './inspection.js'
import { inspectionToText } from './inspect-text.js'
import { readOptions } from './options.js'
import { printJson, printText, printableValue } from './output.js'
import { type PartJson, partOf, partText } from './part.js'

/** What the maker of a bundle says of a verification. */
interface RecordJson {
  readonly at: string
  readonly libraryVersion: string
  /** The container in which the evidence came. */
  readonly format: EvidenceFormat
  readonly verdict: string | null
  readonly code: string | null
  readonly binding: JsonValue
  readonly policy: PartJson
  /** Documents of the binding. */
  readonly documents: readonly PartJson[]
  readonly crls: readonly { readonly fetchedAt: string | null; readonly scope: 'vcek' | 'vlek' | null }[]
}

interface BundleInspection {
  readonly schema: 'attested/bundle-inspection@1'
  readonly notVerified: true
  readonly bytes: number
  readonly bundleDigest: string
  readonly claimed: ReportJson | null
  readonly certificates: readonly DocumentJson[]
  readonly attachments: readonly PartJson[]
  readonly record: RecordJson
  /** Why the report could not be read. */
  readonly error: Refusal | null
}

export async function bundleInspect(argv: readonly string[], context: Context): Promise<number> {
  const options = readOptions(argv, { json: 'flag' })
  if (options.flag('help')) return printHelp(context, 'bundle')
  const bytes = await inputReader(context.io)(options.argument('BUNDLE'), 'bundle')
  const bundle = readBundleDocument(bytes)
  const record = recordOf(bundle)
  const inspected = await inspectEvidence(bytes, 'attested-bundle', {})
  const { claimed, certificates, error } = inspected.inspection
  // Out of the bundle itself, which could be read whatever is wrong with the evidence in it.
  const attachments = [...bundle.attachments].map(([name, content]) => partOf(name, content))
  const inspection: BundleInspection = {
    schema: 'attested/bundle-inspection@1',
    notVerified: true,
    bytes: bytes.length,
    bundleDigest: sha256Hex(bytes),
    claimed,
    certificates,
    attachments,
    record,
    error,
  }
  if (options.flag('json')) printJson(context, inspection)
  else {
    const shown = { ...inspected, inspection: { ...inspected.inspection, attachments } }
    printText(context, `${inspectionToText(shown)}\n${rows(inspection).join('\n')}`)
  }
  return error === null ? exitStatus.done : exitStatus.malformed
}

function recordOf({ record, crls }: BundleDocument): RecordJson {
  const run = readRun(record.run, record, crls.length)
  const { members, version } = readVerdict(record.verdict)
  const documents = [
    ...(record.manifest === null ? [] : [partOf('manifest', record.manifest)]),
    ...(record.expectations === null ? [] : [partOf('expectations', record.expectations)]),
  ]
  return {
    at: new Date(run.at).toISOString(),
    libraryVersion: version,
    format: run.format,
    verdict: textOf(members['verdict']),
    code: textOf(members['code']),
    binding: bindingToJson(run.binding),
    policy: partOf('policy', record.policy),
    documents,
    crls: run.crls.map(({ fetchedAt, scope }) => ({
      fetchedAt: fetchedAt === null ? null : new Date(fetchedAt).toISOString(),
      scope,
    })),
  }
}

/** The record is anybody's: no code of ours is as long. */
const textOf = (value: JsonValue | undefined): string | null =>
  typeof value === 'string' ? value.slice(0, 64) : null

function rows({ bundleDigest, record }: BundleInspection): readonly string[] {
  const binding = JSON.stringify(record.binding)
  return [
    `bundle: sha256:${bundleDigest}`,
    '',
    'record: the word of whoever made the bundle, which "verify" does not look at',
    `  verdict   ${printableValue(record.code === null ? (record.verdict ?? '-') : `${record.verdict ?? '-'}: ${record.code}`)}`,
    `  judged at ${record.at}`,
    `  by        attested ${printableValue(record.libraryVersion)}, from ${record.format}`,
    `  binding   ${printableValue(binding.length > 300 ? `${binding.slice(0, 297)}...` : binding)}`,
    ...[record.policy, ...record.documents].map((one) => `  ${one.name}: ${partText(one)}`),
    ...record.crls.map(
      ({ fetchedAt, scope }) =>
        `  CRL       fetched ${fetchedAt ?? 'at a time not told'}, scope ${scope ?? 'not told'}`,
    ),
  ]
}
