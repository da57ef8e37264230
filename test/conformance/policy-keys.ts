// Runs over the keys that say who and what: products, signers, measurements, ID block, chips, providers, denials.
import type { JsonValue } from '../../src/errors/error.js'
import { type PolicyCase, reason, right, wrong } from '../support/policy-case.js'
import { flipHex, keysOf, strangeHex, unchecked } from '../support/policy-edit.js'
import type { Subject } from '../support/policy-subject.js'

const day = (time: number): string => new Date(time).toISOString().slice(0, 10)
const dayMs = 86_400_000

function accepted({ policy }: Subject, name: 'products' | 'signers' | 'reportVersions'): JsonValue {
  return policy[name]
}

function* scope(subject: Subject): Iterable<PolicyCase> {
  const { facts, line, signer } = subject
  const others = (['Milan', 'Genoa', 'Turin'] as const).filter((one) => one !== line)
  yield right(subject, 'products', 'as drafted', { products: accepted(subject, 'products') })
  yield wrong(subject, 'products', 'the other lines', { products: others })
  yield wrong(subject, 'signers', 'the other kind', { signers: [signer === 'vcek' ? 'vlek' : 'vcek'] })
  yield wrong(subject, 'reportVersions', 'the other versions', {
    reportVersions: [2, 3, 4, 5].filter((version) => version !== facts.version),
  })
}

function* measurements(subject: Subject): Iterable<PolicyCase> {
  const { facts, at } = subject
  const key = 'measurements.value'
  const check = 'measurements'
  const value = facts.measurement
  const time = at.getTime()
  yield wrong(
    subject,
    key,
    'one bit differs',
    { measurements: [{ label: 'x', value: flipHex(value) }] },
    { check },
  )
  yield right(
    subject,
    'measurements.label',
    'the label that matched is in the result',
    {
      measurements: [
        { label: 'other', value: flipHex(value) },
        { label: 'mine', value },
      ],
    },
    { label: 'mine' },
  )
  const lapsing = (notAfter: string): JsonValue => [{ label: 'x', value, notAfter }]
  const until = 'measurements.notAfter'
  yield wrong(
    subject,
    until,
    'a time one millisecond ago',
    { measurements: lapsing(new Date(time - 1).toISOString()) },
    { check },
  )
  yield right(subject, until, 'this very time', { measurements: lapsing(at.toISOString()) })
  yield wrong(subject, until, 'yesterday', { measurements: lapsing(day(time - dayMs)) }, { check })
  yield right(subject, until, 'today', { measurements: lapsing(day(time)) })
}

function* idBlock(subject: Subject): Iterable<PolicyCase> {
  const { policy, facts } = subject
  const strange = strangeHex(48)
  const open = unchecked()
  if (policy.idBlock === 'none') {
    const rule = {
      idKeyDigests: open,
      authorKeyDigests: open,
      minGuestSvn: open,
      familyIds: open,
      imageIds: open,
    }
    yield wrong(subject, 'idBlock.idKeyDigests', 'a key, but there is no ID block', {
      idBlock: { ...rule, idKeyDigests: [strange] },
    })
    yield wrong(subject, 'idBlock.authorKeyDigests', 'a key, but there is no ID block', {
      idBlock: { ...rule, authorKeyDigests: [strange] },
    })
    return
  }
  yield wrong(subject, 'idBlock', 'none', { idBlock: 'none' })
  yield wrong(subject, 'idBlock.idKeyDigests', 'one bit differs', {
    'idBlock.idKeyDigests': [flipHex(facts.idKeyDigest)],
  })
  yield wrong(
    subject,
    'idBlock.authorKeyDigests',
    facts.authorKeyEn ? 'one bit differs' : 'AUTHOR_KEY_EN is not set',
    {
      'idBlock.authorKeyDigests': [facts.authorKeyEn ? flipHex(facts.authorKeyDigest) : strange],
    },
  )
  yield wrong(subject, 'idBlock.minGuestSvn', 'one above', { 'idBlock.minGuestSvn': facts.guestSvn + 1 })
  yield wrong(subject, 'idBlock.familyIds', 'one bit differs', {
    'idBlock.familyIds': [flipHex(facts.familyId)],
  })
  yield wrong(subject, 'idBlock.imageIds', 'one bit differs', {
    'idBlock.imageIds': [flipHex(facts.imageId)],
  })
  yield right(
    subject,
    'identity',
    'by the ID key',
    { measurements: open },
    { softwareIdentity: 'idKey', label: 'null' },
  )
  if (facts.authorKeyEn) {
    const changes = { measurements: open, 'idBlock.idKeyDigests': open }
    yield right(subject, 'identity', 'by the author key', changes, { softwareIdentity: 'authorKey' })
  }
}

function* identity(subject: Subject): Iterable<PolicyCase> {
  const kind = 'unchecked' in subject.binding ? 'unbound' : 'unidentified'
  yield right(
    subject,
    'identity',
    'by the measurement',
    {},
    {
      softwareIdentity: 'measurement',
      kind: kind === 'unbound' ? kind : 'verified',
    },
  )
  const left = { kind, softwareIdentity: 'none', unchecked: 'identity' }
  yield right(subject, 'identity', 'left open', { identity: unchecked(reason) }, left)
}

function* chip(subject: Subject): Iterable<PolicyCase> {
  const { policy, facts, signer } = subject
  yield wrong(subject, 'hostData', 'one bit differs', { hostData: [flipHex(facts.hostData)] })
  yield wrong(subject, 'vmpl', 'the other levels', { vmpl: [0, 1, 2, 3].filter((one) => one !== facts.vmpl) })
  yield right(subject, 'chips', 'any', { chips: 'any' })
  if (policy.chips === 'any') {
    yield wrong(subject, 'chips', `a list, and a ${signer}`, { chips: [strangeHex(64)] })
  } else if ('unchecked' in policy.chips) {
    throw new Error('a draft leaves chips to nobody')
  } else {
    const [mine = ''] = policy.chips
    const full = mine.padEnd(128, '0')
    yield wrong(subject, 'chips', 'one bit differs', { chips: [flipHex(mine)] })
    yield right(subject, 'chips', 'all 64 bytes', { chips: [full] })
    yield wrong(subject, 'denied.chips', 'this chip', { 'denied.chips': [mine] })
    yield wrong(subject, 'denied.chips', 'this chip, all 64 bytes', { 'denied.chips': [full] })
  }
  yield right(subject, 'denied.chips', 'another chip', { 'denied.chips': [strangeHex(64), strangeHex(8)] })
}

function* keys(subject: Subject): Iterable<PolicyCase> {
  const { policy, facts } = subject
  const keyDigests = policy.endorsementKeys
  if ('unchecked' in keyDigests) throw new Error('the draft was made with the key')
  const [mine = ''] = keyDigests
  yield wrong(subject, 'endorsementKeys', 'one bit differs', { endorsementKeys: [flipHex(mine)] })
  yield wrong(subject, 'denied.endorsementKeys', 'this key', { 'denied.endorsementKeys': [mine] })
  yield right(subject, 'denied.endorsementKeys', 'another key', {
    'denied.endorsementKeys': [flipHex(mine)],
  })
  yield wrong(subject, 'reportIds', 'one bit differs', { reportIds: [flipHex(facts.reportId)] })
  yield wrong(subject, 'denied.measurements', 'this one', { 'denied.measurements': [facts.measurement] })
  yield right(subject, 'denied.measurements', 'another one', {
    'denied.measurements': [flipHex(facts.measurement)],
  })
}

function* provider(subject: Subject): Iterable<PolicyCase> {
  const { policy } = subject
  if ('unchecked' in policy.cspIds) {
    yield right(subject, 'cspIds', 'not applied to a VCEK', { cspIds: ['CN=nobody.example'] })
    return
  }
  const [mine = ''] = policy.cspIds
  yield wrong(subject, 'cspIds', 'longer by one', { cspIds: [`${mine}x`] })
  yield wrong(subject, 'cspIds', 'shorter by one', { cspIds: [mine.slice(0, -1)] })
  yield wrong(subject, 'cspIds', 'other case', { cspIds: [mine.toUpperCase()] })
  yield wrong(subject, 'denied.cspIds', 'this provider', { 'denied.cspIds': [mine] })
  yield right(subject, 'denied.cspIds', 'another provider', { 'denied.cspIds': [`${mine}x`] })
}

const idBlockParts = ['idKeyDigests', 'authorKeyDigests', 'minGuestSvn', 'familyIds', 'imageIds']
  .map((part) => `idBlock.${part}`)
  .join(' ')

/** Each key whose check can be left open, left open alone: the result must say so, with the reason. */
export function* leftOpenCases(subject: Subject): Iterable<PolicyCase> {
  const open = { unchecked: reason }
  const never = [
    'version',
    'products',
    'signers',
    'reportVersions',
    'intermediates',
    'denied',
    // These have runs of their own, below or elsewhere.
    'identity',
    'revocation',
    'tcb',
    'measurements',
  ]
  for (const key of keysOf(subject.policy)) {
    const [top = ''] = key.split('.')
    if (never.includes(top)) continue
    // The digest of the ID key may be left open only where that of the author key is stated.
    if (key === 'idBlock.idKeyDigests' && !subject.facts.authorKeyEn) continue
    const ids = key === 'idBlock' ? `idBlock ${idBlockParts}` : key
    yield right(subject, key, 'left open', { [key]: open }, { unchecked: ids })
  }
  yield right(
    subject,
    'measurements',
    'left open, and so who runs there',
    { measurements: open, identity: unchecked() },
    { unchecked: 'measurements', softwareIdentity: 'none' },
  )
  for (const name of ['committed', 'current', 'launch', 'mitigations']) {
    yield right(
      subject,
      `tcb.floors.${name}`,
      'left open',
      { [`tcb.floors.0.${name}`]: open },
      { unchecked: `tcb.${name}` },
    )
  }
  yield right(
    subject,
    'tcb',
    'left open',
    { tcb: open },
    { unchecked: 'tcb.reported tcb.committed tcb.current tcb.launch tcb.mitigations' },
  )
}

/** Every key above that can be wrong on a subject, wrong alone. */
export function* keyCases(subject: Subject): Iterable<PolicyCase> {
  yield* scope(subject)
  yield* measurements(subject)
  yield* idBlock(subject)
  yield* identity(subject)
  yield* chip(subject)
  yield* keys(subject)
  yield* provider(subject)
}
