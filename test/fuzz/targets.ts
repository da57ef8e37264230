// Every decoder that bytes of others reach, and what may come out of it: a value that holds what is said of it here,
// or a refusal with one of the codes that its documentation names.
import { parsePolicy } from '../../src/appraisal/policy.js'
import { assertDer } from '../../src/asn1/der.js'
import { parseAsn1 } from '../../src/asn1/general.js'
import { fromBase64, toBase64 } from '../../src/encoding/base64.js'
import { containsBytes, equalBytes } from '../../src/encoding/bytes.js'
import { canonicalJson } from '../../src/encoding/canonical-json.js'
import { fromHex, toHex } from '../../src/encoding/hex.js'
import { parseStrictJsonWithSpans } from '../../src/encoding/json-spans.js'
import { parseStrictJson } from '../../src/encoding/json.js'
import { fromPem } from '../../src/encoding/pem.js'
import { fromUtf8 } from '../../src/encoding/text.js'
import { parseEndorsementKey } from '../../src/endorsement/endorsement-key.js'
import { readBundleDocument, writeBundle } from '../../src/evidence/bundle-document.js'
import { readCertTable } from '../../src/evidence/cert-table.js'
import {
  type EvidenceExtras,
  attachmentsOf,
  decodeEvidence,
  partsOfEvidence,
} from '../../src/evidence/evidence.js'
import { bytesOfReport, parseReport } from '../../src/report/report.js'
import { reportToJson } from '../../src/report/to-json.js'
import { parseCertificate } from '../../src/x509/certificate.js'
import { parseCrl } from '../../src/x509/crl.js'
import { summarizeCertificate } from '../../src/x509/general.js'
import { azureTargets } from './azure-targets.js'
import { evidenceBTargets } from './evidence-b-targets.js'
import { evidenceCTargets } from './evidence-c-targets.js'
import { foreignContainerTargets } from './container-a-targets.js'
import { cmwTargets } from './cmw-targets.js'
import { commitmentTargets } from './commitment-targets.js'
import { type Mutator, mutateDer, mutateInPlace, mutateJson } from './mutate-structured.js'
import { require } from './require.js'
import {
  agentAnswers,
  bundles,
  certificates,
  containers,
  crls,
  directories,
  filesOf,
  leaves,
  policies,
  reports,
  tables,
  texts,
  tsmReports,
} from './seeds.js'
import type { Seeds } from './seeds.js'

type Found = 'accepted' | 'nothing'

export interface Target {
  readonly name: string
  readonly seeds: Seeds
  /** Codes that it may refuse with. */
  readonly codes: RegExp
  /** Of how many inputs it gets one: the general parsers are slow, and only ours are between them and the world. */
  readonly every?: number
  /** Mutations that know the shape of the seeds, beside blind ones. */
  readonly mutator?: Mutator
  /** Decodes, checks what came out, and says if it was nothing: null where that is documented. */
  readonly run: (bytes: Uint8Array) => unknown
}

const wide = { maxBytes: 1 << 20, maxDepth: 64, maxElements: 100_000 }
const jsonLimits = { code: 'POLICY_INVALID', what: 'fuzz', maxLength: 1 << 16, maxDepth: 12 } as const
const inReport = reports[0] ?? new Uint8Array()

async function decodeWith(extras: EvidenceExtras): Promise<void> {
  const parts = partsOfEvidence(await decodeEvidence(inReport, 'snp-report', extras))
  require(equalBytes(parts.report, inReport), 'the report is the one that was given')
}

/** Decoders of text get what is UTF-8; the rest is nothing to them. */
const ofText =
  (run: (text: string) => Found) =>
  (bytes: Uint8Array): Found =>
    run(fromUtf8(bytes) ?? Buffer.from(bytes).toString('latin1'))

export const targets: readonly Target[] = [
  {
    name: 'parseReport',
    seeds: reports,
    mutator: mutateInPlace,
    codes: /^REPORT_/,
    run: (bytes) => {
      const report = parseReport(bytes)
      require(equalBytes(bytesOfReport(report), bytes), 'a report is its bytes')
      JSON.stringify(reportToJson(report))
    },
  },
  {
    name: 'parseCertificate',
    seeds: certificates,
    mutator: mutateDer,
    codes: /^(DER_|CERTIFICATE_(MALFORMED|ALGORITHM|ALGORITHM_MISMATCH)$)/,
    run: (bytes) => {
      const read = parseCertificate(bytes)
      require(equalBytes(read.der, bytes), 'a certificate is its bytes')
      assertDer(bytes, wide)
    },
  },
  {
    name: 'parseEndorsementKey',
    seeds: leaves,
    mutator: mutateDer,
    codes: /^(DER_|CERTIFICATE_(MALFORMED|ALGORITHM|ALGORITHM_MISMATCH|PROFILE|UNSUPPORTED)$)/,
    run: (bytes) => {
      const { kind, hwId, cspId, point } = parseEndorsementKey(bytes)
      require((kind === 'vcek') === (hwId !== null) && (kind === 'vlek') === (cspId !== null), 'one owner')
      require(point.length === 97, 'an uncompressed point')
    },
  },
  {
    name: 'parseCrl',
    seeds: crls,
    mutator: mutateDer,
    codes: /^(DER_|REVOCATION_(MALFORMED|UNSUPPORTED)$)/,
    run: (bytes) => {
      const { number, nextUpdate } = parseCrl(bytes)
      require(number >= 0n && Number.isSafeInteger(nextUpdate), 'a number and an end')
      assertDer(bytes, wide)
    },
  },
  {
    name: 'assertDer',
    seeds: [...certificates, ...crls],
    mutator: mutateDer,
    codes: /^DER_/,
    run: (bytes) => assertDer(bytes, wide),
  },
  {
    name: 'parseAsn1',
    every: 4,
    seeds: [...certificates, ...crls],
    mutator: mutateDer,
    codes: /^DER_/,
    run: (bytes) => {
      require(parseAsn1(bytes).blockLength === bytes.length, 'the whole document')
    },
  },
  {
    name: 'summarizeCertificate',
    every: 4,
    seeds: certificates,
    mutator: mutateDer,
    codes: /^(DER_|CERTIFICATE_MALFORMED$)/,
    run: (bytes) => {
      require(!Number.isNaN(Date.parse(summarizeCertificate(bytes).notAfter)), 'a time')
    },
  },
  {
    name: 'readCertTable',
    seeds: tables,
    mutator: mutateInPlace,
    codes: /^EVIDENCE_(TABLE|SIZE|DUPLICATE|MALFORMED)$/,
    run: (bytes) => {
      const { leaves: found, authorities, crls: lists } = readCertTable(bytes)
      require(found.length <= 2 && lists.length <= 1 && authorities.length <= 32, 'few parts')
    },
  },
  {
    name: 'decodeEvidence as tsm',
    seeds: tsmReports,
    mutator: mutateJson,
    codes: /^(EVIDENCE_(MALFORMED|TABLE|SIZE|DUPLICATE|PROVIDER)|REPORT_LENGTH)$/,
    run: async (bytes) => {
      require((await decodeEvidence(bytes, 'tsm')).report.length === 1184, 'a report')
    },
  },
  {
    name: 'decodeEvidence as 2cvm-agent',
    seeds: agentAnswers,
    mutator: mutateJson,
    codes: /^(EVIDENCE_(MALFORMED|SIZE)|REPORT_LENGTH)$/,
    run: async (bytes) => {
      const evidence = await decodeEvidence(bytes, '2cvm-agent')
      const manifest = attachmentsOf(evidence).get('manifest')
      require(evidence.report.length === 1184, 'a report')
      require(manifest === undefined || containsBytes(bytes, manifest), 'the bytes that came')
      require(manifest === undefined || manifest[0] === 0x7b, 'an object')
    },
  },
  {
    name: 'decodeEvidence as attested-bundle',
    seeds: bundles,
    mutator: mutateJson,
    codes: /^(EVIDENCE_(MALFORMED|SIZE|DUPLICATE)|REPORT_LENGTH)$/,
    run: async (bytes) => {
      const { crls, endorsementKeys } = await decodeEvidence(bytes, 'attested-bundle')
      const bundle = readBundleDocument(bytes)
      require(equalBytes(writeBundle(bundle), bytes), 'one form')
      require(crls <= bundle.crls.length && endorsementKeys === bundle.keys.length, 'what it holds')
    },
  },
  {
    name: 'decodeEvidence of a directory',
    seeds: directories,
    mutator: mutateJson,
    codes: /^(EVIDENCE_\w+|REPORT_LENGTH)$/,
    run: async (bytes) => {
      require((await decodeEvidence(filesOf(bytes), 'auto')).report.length === 1184, 'a report')
    },
  },
  {
    name: 'parseStrictJsonWithSpans',
    seeds: [...policies, ...agentAnswers],
    mutator: mutateJson,
    codes: /^POLICY_INVALID$/,
    run: (bytes) => {
      const keys = Object.keys(parseStrictJson(bytes, jsonLimits) ?? {})
      const paths = keys.map((key) => [key])
      const { value, spans } = parseStrictJsonWithSpans(bytes, jsonLimits, paths)
      if (Array.isArray(value) || typeof value !== 'object') return 'accepted'
      for (const [index, key] of keys.entries()) {
        const span = spans[index] ?? [0, 0]
        const there = parseStrictJson(bytes.subarray(...span), jsonLimits)
        const same =
          canonicalJson(there) ===
          canonicalJson(Object.entries(value ?? {}).find(([one]) => one === key)?.[1] ?? null)
        require(same, 'the value that stands there')
      }
      return 'accepted'
    },
  },
  ...azureTargets,
  ...evidenceBTargets,
  ...evidenceCTargets,
  ...cmwTargets,
  ...foreignContainerTargets,
  {
    name: 'decodeEvidence as auto',
    seeds: containers,
    codes: /^(EVIDENCE_\w+|REPORT_LENGTH)$/,
    run: async (bytes) => {
      require((await decodeEvidence(bytes, 'auto')).report.length === 1184, 'a report')
    },
  },
  {
    name: 'an endorsement key beside the report',
    seeds: [...leaves, ...texts],
    codes: /^EVIDENCE_(MALFORMED|SIZE)$/,
    run: (bytes) => decodeWith({ endorsementKey: bytes }),
  },
  {
    name: 'certificates beside the report',
    seeds: [...certificates, ...texts],
    codes: /^EVIDENCE_(MALFORMED|SIZE)$/,
    run: (bytes) => decodeWith({ certificates: [bytes] }),
  },
  {
    name: 'a CRL beside the report',
    seeds: [...crls, ...texts],
    codes: /^EVIDENCE_(MALFORMED|SIZE)$/,
    run: (bytes) => decodeWith({ crls: [{ crl: bytes }] }),
  },
  {
    name: 'parseStrictJson',
    seeds: [...policies, ...tsmReports],
    mutator: mutateJson,
    codes: /^POLICY_INVALID$/,
    run: (bytes) => {
      const value = parseStrictJson(bytes, jsonLimits)
      const same = JSON.stringify(JSON.parse(Buffer.from(bytes).toString('utf8'))) === JSON.stringify(value)
      require(same, 'the value that JSON.parse gives')
      require(canonicalJson(parseStrictJson(canonicalJson(value), jsonLimits)) ===
        canonicalJson(value), 'one form')
    },
  },
  {
    name: 'parsePolicy',
    seeds: policies,
    mutator: mutateJson,
    codes: /^POLICY_INVALID$/,
    run: async (bytes) => {
      require(Object.isFrozen(await parsePolicy(bytes)), 'a frozen policy')
    },
  },
  {
    name: 'fromPem',
    seeds: texts,
    codes: /^$/,
    run: ofText((text) => {
      const blocks = fromPem(text)
      if (blocks === null) return 'nothing'
      for (const { label, bytes } of blocks)
        require(text.includes(`-----BEGIN ${label}-----`) && bytes.length > 0, 'blocks that are there')
      return 'accepted'
    }),
  },
  {
    name: 'fromBase64',
    seeds: certificates.map((der) => new TextEncoder().encode(toBase64(der.subarray(0, 60)))),
    codes: /^$/,
    run: ofText((text) => {
      const bytes = fromBase64(text)
      if (bytes === null) return 'nothing'
      const back = toBase64(bytes)
      require(back === text || back === text.replaceAll('-', '+').replaceAll('_', '/'), 'one text per value')
      return 'accepted'
    }),
  },
  {
    name: 'fromHex',
    seeds: certificates.map((der) => new TextEncoder().encode(toHex(der.subarray(0, 60)))),
    codes: /^$/,
    run: ofText((text) => {
      const bytes = fromHex(text)
      if (bytes === null) return 'nothing'
      require(toHex(bytes) === text.toLowerCase(), 'one text per value')
      return 'accepted'
    }),
  },
  ...commitmentTargets,
]
