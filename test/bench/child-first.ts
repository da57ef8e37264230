// A process that imports the package and verifies once: the time of the import, of the policy, of the verification.
import { readFileSync } from 'node:fs'
import type * as api from '../../src/index.js'
import type { ColdInput } from './child-input.js'

const input = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as ColdInput
const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'))

const started = performance.now()
const { bindings, decodeEvidence, parsePolicy, verifyEvidence } = (await import(
  process.argv[3] ?? ''
)) as typeof api
const imported = performance.now()
const policy = await parsePolicy(input.policy)
const prepared = performance.now()
const evidence = await decodeEvidence(bytes(input.report), 'snp-report', {
  endorsementKey: bytes(input.leaf),
})
const binding = bindings.reportData(bytes(input.reportData), { freshness: { unchecked: 'a stored sample' } })
const { verdict } = await verifyEvidence({ evidence, policy, binding, at: new Date(input.at) })
const verified = performance.now()
if (verdict !== 'accepted') throw new Error('the sample is not accepted')
process.stdout.write([imported - started, prepared - imported, verified - prepared].join(' '))
