// Evidence to measure with: genuine where there is some, the lab's for a line without.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type * as api from '../../src/index.js'
import { parsePolicy } from '../../src/appraisal/policy.js'
import { policyFromReport } from '../../src/appraisal/from-report.js'
import { bindings } from '../../src/binding/forms.js'
import { fromHex } from '../../src/encoding/hex.js'
import { fromPem } from '../../src/encoding/pem.js'
import { type Issuer, type TrustAnchors, amdAnchors } from '../../src/endorsement/anchors.js'
import { createEndorsementCache } from '../../src/endorsement/cache.js'
import { parseEndorsementKey } from '../../src/endorsement/endorsement-key.js'
import { decodeEvidence } from '../../src/evidence/evidence.js'
import { parseReport } from '../../src/report/report.js'
import { genuineGenoa } from '../support/genuine-genoa.js'
import { labAnchors, labVerifier } from '../support/lab-verifier.js'
import { LAB_NOW, labEvidence } from '../support/pki.js'
import { realItems, repositoryRoot } from '../support/real-folder.js'

/** The functions that verify a sample: those of the built package, or the lab's beside their sources. */
export type Api = Pick<
  typeof api,
  'verifyEvidence' | 'decodeEvidence' | 'parsePolicy' | 'policyFromReport' | 'parseReport' | 'bindings'
> & { readonly createEndorsementCache: typeof createEndorsementCache }

export interface Sample {
  readonly name: string
  readonly report: Uint8Array
  /** DER of the endorsement key. */
  readonly leaf: Uint8Array
  readonly issuer: Issuer
  readonly at: Date
  /** PEM of a CRL that is current at `at`. */
  readonly crl: Uint8Array | null
  readonly api: Api
}

/** The built package, as users load it. */
export const distEntry = new URL('dist/index.js', `file://${repositoryRoot()}/`)

const labApi: Api = {
  ...{ decodeEvidence, parsePolicy, policyFromReport, parseReport, bindings, createEndorsementCache },
  verifyEvidence: labVerifier.verifyEvidence,
}

const stored = (name: string): Buffer => readFileSync(join(repositoryRoot(), 'vectors/real', name))

export async function readSamples(): Promise<readonly Sample[]> {
  const dist = (await import(distEntry.href)) as Api
  const sample = (
    name: string,
    report: Uint8Array,
    leaf: Uint8Array,
    at: string,
    crl: Uint8Array | null = null,
  ): Sample => ({ name, report, leaf, issuer: issuerOf(leaf, amdAnchors), at: new Date(at), crl, api: dist })
  const at = '2026-08-15T00:00:00Z'
  const milanReport = fromHex(stored('gcp-milan-v5.report.hex').toString('latin1').replace(/\s/g, ''))
  const [milanLeaf] = fromPem(stored('gcp-milan-v5.vcek.pem').toString('latin1')) ?? []
  if (milanReport === null || milanLeaf === undefined) throw new Error('vectors/real is damaged')
  const genoa = genuineGenoa()
  return [
    sample('Milan v5', milanReport, milanLeaf.bytes, at),
    sample('Genoa v3', genoa.report, genoa.leaf, at, new Uint8Array(stored('genoa-9.crl.pem'))),
    realTurin(sample) ?? labTurin(),
  ]
}

function realTurin(
  sample: (name: string, report: Uint8Array, leaf: Uint8Array, at: string) => Sample,
): Sample | null {
  const item = realItems().find(
    ({ meta }) => meta.productLine === 'Turin' && meta.expect.core === 'accepted' && 'vek' in meta.files,
  )
  if (item === undefined) return null
  const file = (role: string): Uint8Array =>
    new Uint8Array(readFileSync(join(item.folder, item.meta.files[role] ?? role)))
  return sample(`Turin v${item.meta.reportVersion}`, file('report'), file('vek'), item.meta.expect.at)
}

function labTurin(): Sample {
  const { report, vek } = labEvidence({ line: 'Turin', version: 5 })
  const issuer = issuerOf(vek, labAnchors())
  return { name: 'Turin v5 (lab)', report, leaf: vek, issuer, at: LAB_NOW, crl: null, api: labApi }
}

function issuerOf(leaf: Uint8Array, anchors: TrustAnchors): Issuer {
  const { productLine, kind } = parseEndorsementKey(leaf)
  return anchors(productLine)[kind === 'vcek' ? 'ask' : 'asvk']
}
