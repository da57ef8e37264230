// `lab make` and `lab sign`: synthetic evidence as files, to try the command on and to check it from outside.
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Context } from '../../src/cli/context.js'
import { exitStatus } from '../../src/cli/exit-status.js'
import { inputReader } from '../../src/cli/files.js'
import { readOptions } from '../../src/cli/options.js'
import type { Options } from '../../src/cli/options.js'
import { printText } from '../../src/cli/output.js'
import { UsageError } from '../../src/cli/usage-error.js'
import { policyFromReport } from '../../src/appraisal/index.js'
import type { PolicyDocument } from '../../src/appraisal/index.js'
import { parseReport, productLineOf } from '../../src/report/index.js'
import { parseManifest } from '../../src/manifest/index.js'
import { agentEvidence, manifestData, manifestNonceData } from './committed-evidence.js'
import { concat, toHex } from './der.js'
import { LAB_CRL_NUMBER } from './crl.js'
import { LINES } from './names.js'
import type { VekKind } from './names.js'
import { LAB_NOW, labEvidence } from './pki.js'
import type { LabEvidence } from './pki.js'
import { REPORT_SIZE, signReport } from './report.js'

export const labHelp = `The lab adds:
  lab make --out DIR [--product Milan|Genoa|Turin] [--signer vcek|vlek] [--report-version 2|3|4|5]
           [--report-data HEX | --manifest FILE [--nonce HEX] | --agent-manifest FILE --nonce HEX]
           [--measurement HEX] [--host-data HEX]
      --manifest commits to a manifest as manifest/1, or as manifest-nonce/1; --agent-manifest also writes agent.json,
      the answer of a 2cVM agent that is locked on these very bytes. Writes report.bin, its certificates vek.der, ask.der, ark.der, the CRL crl.der, extended.bin (report and
      certificate table) and policy.json, which accepts them with that CRL and a challenge
  lab sign REPORT --out FILE [--product Milan|Genoa|Turin]
      signs an edited report of ${String(REPORT_SIZE)} bytes again, with the lab key of its product, signer, chip and TCB, and
      writes vek.der, ask.der, ark.der and crl.der beside FILE. --product is for reports that do not say it
In the lab, --at is ${LAB_NOW.toISOString()} unless told: inside the validity of everything that it makes.`

export async function make(argv: readonly string[], context: Context): Promise<number> {
  const options = readOptions(argv, {
    out: 'once',
    product: 'once',
    signer: 'once',
    'report-version': 'once',
    'report-data': 'once',
    measurement: 'once',
    'host-data': 'once',
    manifest: 'once',
    'agent-manifest': 'once',
    nonce: 'once',
  })
  if (options.flag('help')) return printHelp(context)
  options.noArguments()
  const folder = options.required('out')
  const line = choice(options, 'product', LINES) ?? 'Milan'
  const signer = choice(options, 'signer', ['vcek', 'vlek'] as const) ?? 'vcek'
  const version = Number(choice(options, 'report-version', ['2', '3', '4', '5'] as const) ?? '3')
  if (line === 'Turin' && version === 2) throw new UsageError('no Turin machine makes reports of version 2')
  const fields = {
    ...bytesOption(options, 'report-data', 'reportData', 64),
    ...bytesOption(options, 'measurement', 'measurement', 48),
    ...bytesOption(options, 'host-data', 'hostData', 32),
  }
  const commitment = await commitmentOf(options, context)
  const agent =
    commitment?.kind === 'agent'
      ? agentEvidence(commitment.manifest, commitment.nonce, { line, signer, version, report: fields })
      : null
  const reportFields =
    commitment?.kind === 'native' ? { ...fields, reportData: commitment.reportData } : fields
  const evidence = agent ?? labEvidence({ line, signer, version, report: reportFields })
  await mkdir(folder, { recursive: true })
  const write = (name: string, content: Uint8Array | string) => writeFile(join(folder, name), content)
  await write('report.bin', evidence.report)
  await write('extended.bin', concat(evidence.report, evidence.table))
  await write('policy.json', JSON.stringify(policyFor(evidence), null, 2) + '\n')
  if (agent !== null) await write('agent.json', agent.body)
  await writeEndorsement(evidence, folder)
  const reportData = toHex(evidence.report.slice(0x50, 0x90))
  const binding = commitment === null ? `--report-data ${reportData} --challenge` : commitment.binding
  printText(
    context,
    `made a ${line} report of version ${String(version)}, signed by a ${signer}; to verify it:\n` +
      `lab verify ${join(folder, agent === null ? 'report.bin' : 'agent.json')} ` +
      `--vek ${join(folder, 'vek.der')} --crl ${join(folder, 'crl.der')},scope=${signer} ` +
      `--policy ${join(folder, 'policy.json')} ${binding}`,
  )
  return exitStatus.done
}

type Commitment =
  | {
      readonly kind: 'agent'
      readonly manifest: Uint8Array
      readonly nonce: Uint8Array
      readonly binding: string
    }
  | { readonly kind: 'native'; readonly reportData: Uint8Array; readonly binding: string }

/** What a guest would put into REPORT_DATA for a manifest. */
async function commitmentOf(options: Options, context: Context): Promise<Commitment | null> {
  const [own, agent] = [options.optional('manifest'), options.optional('agent-manifest')]
  const [path, ...more] = [options.optional('report-data'), own, agent].filter((value) => value !== null)
  if (more.length > 0)
    throw new UsageError('--report-data, --manifest and --agent-manifest exclude each other')
  const nonce = nonceOf(options.optional('nonce'))
  if (path === undefined || (own ?? agent) === null) {
    if (nonce !== null) throw new UsageError('--nonce needs --manifest or --agent-manifest')
    return null
  }
  const manifest = await inputReader(context.io)(path, 'manifest')
  const hex = nonce === null ? '' : ` --input nonce=hex:${toHex(nonce)}`
  if (agent !== null) {
    if (nonce === null) throw new UsageError('--agent-manifest needs --nonce')
    return { kind: 'agent', manifest, nonce, binding: `--binding 2cvm-agent/1${hex} --manifest ${path}` }
  }
  const { bytes } = parseManifest(manifest, { schema: 'attested/manifest@1', bytes: 'canonical' })
  return nonce === null
    ? { kind: 'native', reportData: manifestData(bytes), binding: `--binding manifest/1 --manifest ${path}` }
    : {
        kind: 'native',
        reportData: manifestNonceData(bytes, nonce),
        binding: `--binding manifest-nonce/1${hex} --manifest ${path}`,
      }
}

function nonceOf(text: string | null): Uint8Array | null {
  if (text === null) return null
  if (!/^(?:[0-9a-fA-F]{2}){16,64}$/.test(text)) throw new UsageError('--nonce must be 32 to 128 hex digits')
  return new Uint8Array(Buffer.from(text, 'hex'))
}

/** What the report says, and beyond it the lab's CRL and a challenge. */
function policyFor({ line, report, vek }: LabEvidence): PolicyDocument {
  const { policy } = policyFromReport(parseReport(report), { endorsementKey: vek })
  return {
    ...policy,
    revocation: {
      crl: 'required',
      graceDays: 0,
      minNumbers: { [line]: LAB_CRL_NUMBER },
      maxFetchAgeDays: 30,
    },
    freshness: 'challenge',
  }
}

async function writeEndorsement({ vek, ask, ark, crl }: LabEvidence, folder: string): Promise<void> {
  for (const [name, der] of Object.entries({ vek, ask, ark, crl })) {
    await writeFile(join(folder, `${name}.der`), der)
  }
}

/** Reads no more of the report than it must, by offsets of its own: the report may be wrong on purpose. */
export async function sign(argv: readonly string[], context: Context): Promise<number> {
  const options = readOptions(argv, { out: 'once', product: 'once' })
  if (options.flag('help')) return printHelp(context)
  const path = options.argument('REPORT')
  const out = options.required('out')
  const report = await inputReader(context.io)(path, 'report')
  if (report.length !== REPORT_SIZE)
    throw new UsageError(`a report has ${String(REPORT_SIZE)} bytes, this has ${String(report.length)}`)
  const view = new DataView(report.buffer, report.byteOffset, report.length)
  const [family, model] = [view.getUint8(0x188), view.getUint8(0x189)]
  const line = choice(options, 'product', LINES) ?? productLineOf({ family, model })
  if (line === null) throw new UsageError('the report names no known silicon: give --product')
  const signer: VekKind = ((view.getUint8(0x48) >> 2) & 7) === 1 ? 'vlek' : 'vcek'
  const chipId = report.slice(0x1a0, 0x1e0)
  const evidence = labEvidence({
    line,
    signer,
    report: { reportedTcb: view.getBigUint64(0x180, true), chipId },
  })
  await mkdir(dirname(out), { recursive: true })
  await writeFile(out, signReport(report, evidence.scalar))
  await writeEndorsement(evidence, dirname(out))
  printText(context, `signed by the ${signer} of ${line} in ${join(dirname(out), 'vek.der')}`)
  return exitStatus.done
}

function printHelp(context: Context): number {
  printText(context, labHelp)
  return exitStatus.done
}

function choice<T extends string>(options: Options, name: string, values: readonly T[]): T | null {
  const text = options.optional(name)
  if (text === null) return null
  const found = values.find((value) => value === text)
  if (found === undefined) throw new UsageError(`--${name} must be one of ${values.join(', ')}`)
  return found
}

function bytesOption<Name extends string>(
  options: Options,
  option: string,
  name: Name,
  length: number,
): Partial<Record<Name, Uint8Array>> {
  const text = options.optional(option)
  if (text === null) return {}
  if (text.length !== 2 * length || !/^[0-9a-fA-F]*$/.test(text))
    throw new UsageError(`--${option} must be ${String(2 * length)} hex digits`)
  return { [name]: new Uint8Array(Buffer.from(text, 'hex')) } as Partial<Record<Name, Uint8Array>>
}
