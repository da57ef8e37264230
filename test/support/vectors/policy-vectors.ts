// Stage policy: documents that state nothing, too much, or something that can never hold.
import { accepted, basePolicy, policyWith, policyWithout } from './inputs.js'
import { type Json, type TestSketch, type VectorFile, group, vectorFile } from './format.js'

const source = 'attested policy, version 1'
const open = { unchecked: 'not part of this vector' }
const invalid = (comment: string, why: string, policy: Json): TestSketch => ({
  comment,
  why,
  source,
  flags: ['missingStep'],
  input: { policy },
  code: 'POLICY_INVALID',
  verdict: 'malformed',
})
const text = (comment: string, why: string, policyText: string): TestSketch => ({
  ...invalid(comment, why, null),
  flags: ['container'],
  input: { policyText },
})
const valid = (comment: string, why: string, policy: Json): TestSketch => ({
  comment,
  why,
  source,
  flags: ['valid', 'edge'],
  input: { policy },
})
const on = policyWith

const absentWhy = 'a key that is not there would be something that is not checked'
const keys = Object.keys(basePolicy)
const nested = ['guestPolicy', 'platform', 'denied'].flatMap((key) =>
  Object.keys(basePolicy[key] as object).map((name) => `${key}.${name}`),
)
const unopenable = ['version', 'products', 'signers', 'reportVersions', 'intermediates', 'denied']
const revocation = { crl: 'required', graceDays: 0, minNumbers: { Genoa: 7 }, maxFetchAgeDays: 30 }
const idBlock = {
  idKeyDigests: ['ab'.repeat(48)],
  authorKeyDigests: open,
  minGuestSvn: open,
  familyIds: open,
  imageIds: open,
}
const levels = { bootloader: 0, tee: 0, snp: 0, microcode: 0 }
const floor = {
  product: 'Genoa',
  family: 25,
  model: 17,
  stepping: 1,
  reported: levels,
  committed: levels,
  current: levels,
  launch: levels,
  mitigations: open,
}
const floors = (...list: readonly Json[]): Json => on('tcb', { floors: list })

const required: readonly TestSketch[] = [
  ...[...keys, ...nested].map((path) => invalid(`without ${path}`, absentWhy, policyWithout(path))),
  ...Object.keys(revocation).map((name) =>
    invalid(`without revocation.${name}`, absentWhy, on('revocation', policyWithout(name, revocation))),
  ),
  ...Object.keys(idBlock).map((name) =>
    invalid(`without idBlock.${name}`, absentWhy, on('idBlock', policyWithout(name, idBlock))),
  ),
  ...Object.keys(floor).map((name) =>
    invalid(`without tcb.floors.0.${name}`, absentWhy, floors(policyWithout(name, floor))),
  ),
  ...unopenable.map((key) => invalid(`${key} unchecked`, 'this is never left open', on(key, open))),
  invalid(
    'tcb.floors.0.reported unchecked',
    'it alone is proven by the key',
    floors({ ...floor, reported: open }),
  ),
  ...['', 'denied', 'guestPolicy', 'platform'].map((path) =>
    invalid(
      `an unknown key ${path === '' ? '' : `in ${path}`}`,
      'a mistyped key would not be checked',
      on(path === '' ? 'mesurements' : `${path}.mesurements`, open),
    ),
  ),
  invalid('a reason beside a statement', 'both cannot hold', on('hostData', { unchecked: 'x', values: [] })),
  invalid('an empty reason', 'a reason says why', on('hostData', { unchecked: '' })),
  invalid('a reason that is no text', 'a reason says why', on('hostData', { unchecked: true })),
]

const values: readonly TestSketch[] = [
  ...[
    'products',
    'signers',
    'reportVersions',
    'measurements',
    'hostData',
    'vmpl',
    'chips',
    'cspIds',
    'endorsementKeys',
    'reportIds',
  ].map((key) => invalid(`${key} is empty`, 'an empty list accepts nothing', on(key, []))),
  invalid('version 2', 'another version has another meaning', on('version', 2)),
  invalid('version "1"', 'a number', on('version', '1')),
  invalid('product Venice', 'unknown', on('products', ['Venice'])),
  invalid('report version 6', 'unknown', on('reportVersions', [6])),
  invalid('VMPL 4', 'there are four levels', on('vmpl', [4])),
  invalid(
    'a measurement of 47 bytes',
    'a launch digest has 48',
    on('measurements', [{ label: 'x', value: 'ab'.repeat(47) }]),
  ),
  invalid(
    'a measurement that is not hex',
    'a launch digest is hex',
    on('measurements', [{ label: 'x', value: 'zz'.repeat(48) }]),
  ),
  invalid(
    'a measurement without a label',
    'the label is in the result',
    on('measurements', [{ value: 'ab'.repeat(48) }]),
  ),
  invalid(
    'a day that does not exist',
    '31 February',
    on('measurements', [{ label: 'x', value: 'ab'.repeat(48), notAfter: '2026-02-31' }]),
  ),
  invalid('a chip of 32 bytes', 'chips have 64 bytes, or 8 on Turin', on('chips', ['ab'.repeat(32)])),
  invalid('a chip of zeros', 'zero is a masked CHIP_ID', on('chips', ['00'.repeat(64)])),
  invalid('a requirement "deny"', 'require, forbid or allow', on('guestPolicy.smt', 'deny')),
  invalid('a requirement true', 'require, forbid or allow', on('guestPolicy.smt', true)),
  invalid('minAbi 1.55.0', 'two parts', on('guestPolicy.minAbi', '1.55.0')),
  invalid('minAbi 01.55', 'decimal, no leading zero', on('guestPolicy.minAbi', '01.55')),
  invalid(
    "firmware 1.37.23, a bulletin's hexadecimal",
    'read as decimal it would accept everything',
    on('firmware', { minCommitted: '1.37.23' }),
  ),
  invalid('firmware 1.256.0', 'a part is a byte', on('firmware', { minCommitted: '1.256.0' })),
  invalid('intermediates "any"', 'pinned or arkSigned', on('intermediates', 'any')),
  invalid('freshness "none"', 'it can only be left unchecked', on('freshness', 'none')),
  invalid('graceDays -1', 'from 0 up', on('revocation', { ...revocation, graceDays: -1 })),
  invalid('graceDays 0.5', 'whole days', on('revocation', { ...revocation, graceDays: 0.5 })),
  invalid(
    'no number floor',
    'an empty map states nothing',
    on('revocation', { ...revocation, minNumbers: {} }),
  ),
  invalid(
    'a number floor for Venice',
    'unknown',
    on('revocation', { ...revocation, minNumbers: { Venice: 1 } }),
  ),
]

const sense: readonly TestSketch[] = [
  invalid(
    'identity required, nothing states the software',
    'any software would pass',
    on('measurements', open),
  ),
  invalid(
    'idBlock states no key',
    'the host chooses everything else',
    on('idBlock', { ...idBlock, idKeyDigests: open }),
  ),
  invalid(
    'an ID key digest of zeros',
    'zero means that there is none',
    on('idBlock', { ...idBlock, idKeyDigests: ['00'.repeat(48)] }),
  ),
  invalid(
    'an author key digest of zeros',
    'zero means that there is none',
    on('idBlock', { ...idBlock, authorKeyDigests: ['00'.repeat(48)] }),
  ),
  invalid(
    'arkSigned with revocation unchecked',
    'a revoked intermediate would pass',
    on('intermediates', 'arkSigned'),
  ),
  invalid(
    'arkSigned with crl unchecked',
    'a revoked intermediate would pass',
    on('intermediates', 'arkSigned', on('revocation', { ...revocation, crl: open })),
  ),
  invalid('two equal floors', 'which one decides?', floors(floor, floor)),
  invalid(
    'two floors that are equally specific',
    'which one decides?',
    floors({ ...floor, model: 'any' }, { ...floor, stepping: 'any' }),
  ),
  invalid(
    'a microcode floor for any stepping',
    'microcode counts per silicon',
    floors({ ...floor, stepping: 'any', committed: { ...levels, microcode: 1 } }),
  ),
  invalid('family 26 for Genoa', 'it can never match', floors({ ...floor, family: 26 })),
  invalid('model 1 for Genoa', 'it can never match', floors({ ...floor, model: 1 })),
  invalid('fmc for Genoa', 'Genoa has none', floors({ ...floor, reported: { ...levels, fmc: 0 } })),
  invalid('no fmc for Turin', 'Turin has one', floors({ ...floor, product: 'Turin', family: 26, model: 2 })),
  invalid(
    'recommended floors before the first edition',
    'there are none',
    on('tcb', { recommended: { asOf: '2026-10-31' } }),
  ),
  valid(
    'two floors, one more specific',
    'the more specific decides',
    floors(floor, { ...floor, stepping: 'any' }),
  ),
  valid(
    'a floor for every product beside it',
    'floors count for their product',
    floors(floor, { ...floor, product: 'Milan', model: 1 }),
  ),
]

const document = JSON.stringify(basePolicy)
const texts: readonly TestSketch[] = [
  text('a duplicate key', 'two readers could take different ones', document.replace('{', '{"version":1,')),
  text(
    'a duplicate key, escaped',
    'two readers could take different ones',
    document.replace('{', '{"\\u0076ersion":1,'),
  ),
  text('a key __proto__', 'it would vanish', document.replace('{', '{"__proto__":{},')),
  text('a lone surrogate', 'not every reader keeps it', document.replace('"lab"', '"\\ud800"')),
  text('a byte order mark', 'JSON has none', '\ufeff' + document),
  text('text after the document', 'a document ends where it ends', document + ' x'),
  text('a comment', 'JSON has none', document.replace('{', '{/* */')),
  text('a trailing comma', 'JSON has none', document.replace(/}$/, ',}')),
  text(
    'a number beyond 2^53',
    'not every reader keeps it',
    document.replace('"version":1', '"version":9007199254740993'),
  ),
  text(
    'VMPL 1e-999',
    'a reader that rounds takes it for 0',
    document.replace('"vmpl":[0]', '"vmpl":[1e-999]'),
  ),
  text(
    'VMPL 0.00000000000000000000001',
    'a reader that rounds takes it for 0',
    document.replace('"vmpl":[0]', '"vmpl":[0.00000000000000000000001]'),
  ),
  text(
    'VMPL 2.99999999999999999999',
    'a reader that rounds takes it for 3',
    document.replace('"vmpl":[0]', '"vmpl":[2.99999999999999999999]'),
  ),
  text('nested too deeply', 'depth is bounded', '['.repeat(10_000)),
  text('nothing', 'no document', ''),
  text('an array', 'no document', '[]'),
  text('null', 'no document', 'null'),
]

export function policyVectors(): VectorFile {
  const input = accepted({ line: 'Genoa', version: 5 })
  return vectorFile('policy', [
    group('policy/required', 'Every key is there', input, required),
    group('policy/values', 'Values', input, values),
    group('policy/sense', 'Combinations', input, sense),
    group('policy/text', 'Text that is not strict JSON', input, texts),
  ])
}
