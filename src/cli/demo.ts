/**
 * What `npm start` runs: the main job, offline, on genuine hardware evidence that is stored in this repository.
 *
 * It uses nothing but the public API. Its files are in a checkout only, not in the package.
 */
import { readFile } from 'node:fs/promises'
import { appraiseEvidence, bindings, decodeEvidence, parsePolicy, recommendedPolicy } from '../index.js'
import { acceptedToJson, refusedToJson, verdictToText } from '../results/index.js'

const stored = (name: string): Promise<Uint8Array> =>
  readFile(new URL(`../../vectors/real/${name}`, import.meta.url))

// What the relying party knows beforehand: the time, the digest of the guest's image, and the 64 bytes to which
// the guest was asked to commit. Nothing of this is taken from the evidence.
const at = new Date('2026-08-15T00:00:00Z')
const measurement =
  '7699e6ac12ccdfd1dfac70e649ce1f046cb2afbb003438f4cdddfe2ccbe182fa5ffbe8dcdb930454324e10c52c788980'
const reportData =
  '4d4944424e48323869696f69736a5079787878787878787878787878787878784d4944424e48323869696f69736a507978787878787878787878787878787878'

const evidence = await decodeEvidence(await stored('genoa-v3.tsm.json'), 'tsm', {
  crls: [{ crl: await stored('genoa-9.crl.pem'), fetchedAt: at }],
})
const recommended = recommendedPolicy({
  environment: 'bare-metal',
  products: ['Genoa'],
  measurements: [{ label: 'veraison sample', value: measurement }],
})
const policy = await parsePolicy(
  JSON.stringify({ ...recommended, freshness: { unchecked: 'a stored sample' } }),
)
const binding = bindings.reportData(Buffer.from(reportData, 'hex'), {
  freshness: { unchecked: 'a stored sample' },
})

process.stdout.write(
  "Verifying vectors/real/genoa-v3.tsm.json, a genuine report of an EPYC Genoa machine, with AMD's CRL number 9, " +
    `at ${at.toISOString()}, under the recommended bare-metal policy.\n\n`,
)
const appraisal = await appraiseEvidence({ evidence, policy, binding, at })
const verdict =
  appraisal.verdict === 'accepted' ? acceptedToJson(appraisal.verified) : refusedToJson(appraisal)
process.stdout.write(`${verdictToText(verdict)}\n${verdict.verdict}\n`)
process.exitCode = verdict.verdict === 'accepted' ? 0 : 10
