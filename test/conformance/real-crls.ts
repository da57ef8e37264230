// Genuine CRLs, the revoked intermediate, and endorsement keys without a report.
import { amdAnchors } from '../../src/endorsement/anchors.js'
import { verifyChain } from '../../src/endorsement/chain.js'
import { parseEndorsementKey } from '../../src/endorsement/endorsement-key.js'
import { defaultEngine } from '../../src/crypto/default-engine.js'
import { sha256Hex } from '../../src/crypto/digests.js'
import { toHex } from '../../src/encoding/hex.js'
import { openLedger } from '../../src/errors/ledger.js'
import { checkRegistry } from '../../src/verify/registry.js'
import { parseCrl } from '../../src/x509/crl.js'
import { type PolicyCase, refused, right, runCase } from '../support/policy-case.js'
import { unchecked } from '../support/policy-edit.js'
import type { Subject } from '../support/policy-subject.js'
import type { ItemRow } from './real-items.js'
import { type RealCrl, acceptedSubjects, realCrls, realKeys, revokedAsk } from './real-evidence.js'

const row = (
  item: string,
  note: string,
  expected: string,
  got: string,
  code = '',
  failing: readonly string[] = [],
): ItemRow => ({
  source: 'real',
  item,
  note,
  expected,
  got,
  code,
  ok: expected === got,
  failing,
})

const second = (time: number): string => new Date(time).toISOString().replace('.000Z', 'Z')

/** What the CRL says, as somebody else read it. */
function fieldsRow({ name, der, meta }: RealCrl): ItemRow {
  const crl = parseCrl(der)
  const entries = (list: readonly (readonly [string, string])[]): string =>
    list.map(([serial, at]) => `${serial} at ${at}`).join(', ')
  return row(
    name,
    'issuer, number, window, entries, bytes',
    [
      meta.issuer,
      meta.crlNumber,
      meta.thisUpdate,
      meta.nextUpdate,
      entries(meta.entries.map(({ serial, revoked }) => [serial, revoked])),
      meta.sha256,
    ].join(' '),
    [
      crl.issuer.commonName,
      crl.number,
      second(crl.thisUpdate),
      second(crl.nextUpdate),
      entries([...crl.revoked].map(([serial, at]) => [`0x${serial.replace(/^0+/, '')}`, second(at)])),
      sha256Hex(der),
    ].join(' '),
  )
}

/** A moment inside the window of a CRL at which an item of its line has a valid leaf; else one after it, with grace. */
function verification(crl: RealCrl, subjects: readonly Subject[]): PolicyCase {
  const ofLine = subjects.filter(({ line, signer }) => line === crl.line && signer === 'vcek')
  const from = new Date(crl.meta.thisUpdate).getTime()
  const inside = ofLine.find(({ leafFrom }) => leafFrom <= crl.nextUpdate)
  const subject = inside ?? ofLine[0]
  if (subject === undefined) throw new Error(`no item of ${crl.line}`)
  const at = new Date(Math.max(subject.leafFrom.getTime(), from))
  const graceDays = Math.max(0, Math.ceil((at.getTime() - crl.nextUpdate.getTime()) / 86_400_000))
  const open = unchecked()
  return right(
    subject,
    'revocation.crl',
    inside === undefined
      ? `with ${subject.name}, after its window: ${graceDays} days of grace`
      : `with ${subject.name}, inside its window`,
    { revocation: { crl: 'required', graceDays, minNumbers: open, maxFetchAgeDays: 0 } },
    { crl: String(crl.number) },
    { at, extras: { crls: [{ crl: crl.der, fetchedAt: at }] } },
  )
}

async function caseRow(item: string, one: PolicyCase): Promise<ItemRow> {
  const { note, expected, got, code, failing } = await runCase(one)
  return row(item, note, expected, got, code, failing)
}

/** The revoked ASK beside evidence of its line, with and without a CRL that lists it. */
function revokedCases(subject: Subject, ask: Uint8Array): readonly PolicyCase[] {
  const expected = { code: 'REVOCATION_REVOKED', failed: ['chain.revokedIntermediates'] } as const
  const certificates = [ask]
  const { at } = subject
  const open = unchecked()
  const required = {
    revocation: { crl: 'required', graceDays: open, minNumbers: open, maxFetchAgeDays: open },
  }
  const crls = subject.crls.map(({ der }) => ({ crl: der, fetchedAt: at }))
  const key = 'revocation.revoked'
  return [
    refused(subject, key, `beside ${subject.name}, no CRL`, {}, expected, { extras: { certificates } }),
    refused(subject, key, `beside ${subject.name}, CRLs`, required, expected, {
      extras: { certificates, crls },
    }),
    refused(
      subject,
      key,
      `beside ${subject.name}, arkSigned, CRLs`,
      { ...required, intermediates: 'arkSigned' },
      expected,
      { extras: { certificates, crls } },
    ),
    refused(
      subject,
      key,
      `beside ${subject.name}, arkSigned, no CRL`,
      { ...required, intermediates: 'arkSigned' },
      expected,
      { extras: { certificates } },
    ),
  ]
}

async function keyRow({ meta, der }: ReturnType<typeof realKeys>[number]): Promise<ItemRow> {
  const key = parseEndorsementKey(der)
  const engine = await defaultEngine()
  const ledger = openLedger(checkRegistry)
  const path = await verifyChain({
    key,
    anchors: amdAnchors,
    intermediates: [],
    roots: [],
    crls: [],
    intermediateRule: 'pinned',
    revocationRule: { unchecked: 'no CRL of Turin is known' },
    at: new Date(meta.notBefore).getTime(),
    engine,
    cache: null,
    ledger,
  })
  const { bootloader, tee, snp, microcode } = key.tcb
  const fmc = key.tcb.layout === 'family1Ah' ? key.tcb.fmc : null
  const levels = (tcb: Readonly<Record<string, unknown>>): string =>
    ['fmc', 'bootloader', 'tee', 'snp', 'microcode'].map((name) => String(tcb[name])).join('.')
  return row(
    meta.file,
    'parses as an endorsement key under the pinned roots',
    [meta.issuer, meta.productName, meta.hwId, levels(meta.tcb), meta.sha256].join(' '),
    [
      path.names[1],
      key.productName,
      key.hwId === null ? '' : toHex(key.hwId),
      levels({ fmc, bootloader, tee, snp, microcode }),
      sha256Hex(der),
    ].join(' '),
  )
}

/** All rows about CRLs, the revoked intermediate and lone keys; empty without the folder of real evidence. */
export async function crlRows(): Promise<readonly ItemRow[]> {
  const ask = revokedAsk()
  if (ask === null) return []
  const subjects = acceptedSubjects()
  const genoa = subjects.filter(({ line }) => line === 'Genoa')
  return Promise.all([
    ...realCrls().flatMap((crl) => [fieldsRow(crl), caseRow(crl.name, verification(crl, subjects))]),
    ...genoa.flatMap((subject) => revokedCases(subject, ask).map((one) => caseRow('revoked-ask-genoa', one))),
    ...realKeys().map(keyRow),
  ])
}
