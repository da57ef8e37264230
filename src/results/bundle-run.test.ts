import { beforeAll, describe, expect, it } from 'vitest'
import { labVerifier } from '../../test/support/lab-verifier.js'
import { type Loose, labBundle, recording, withRun } from '../../test/support/recorded-bundle.js'
import type { BundleRecord } from '../evidence/bundle-document.js'
import { decodeEvidence } from '../evidence/evidence.js'
import { replayBundleWith } from './replay.js'

const utf8 = (value: string): Uint8Array => new TextEncoder().encode(value)

let bundle: Uint8Array
beforeAll(async () => {
  bundle = await labBundle()
})

describe('a record that cannot be replayed is malformed', () => {
  const reportData = '00'.repeat(63) + '01'
  const profile = (stated: Loose): Loose => ({ profile: '2cvm-agent/1', inputs: {}, ...stated })
  it.each<[string, (run: Loose) => void, string]>([
    ['no time', (run) => Reflect.deleteProperty(run, 'at'), 'run must have at, binding, crls, format'],
    ['more than it has', (run) => (run['extra'] = 1), 'run must have at, binding, crls, format'],
    ['a local time', (run) => (run['at'] = '2026-06-01T00:00:00'), 'at is not a time'],
    ['a time without milliseconds', (run) => (run['at'] = '2026-06-01T00:00:00Z'), 'at is not a time'],
    ['a time that is none', (run) => (run['at'] = 'x'), 'at is not a time'],
    ['a time in a number', (run) => (run['at'] = 0), 'at is not a time'],
    ['no binding', (run) => (run['binding'] = null), 'binding is not an object'],
    ['a binding in a list', (run) => (run['binding'] = []), 'binding is not an object'],
    ['an empty binding', (run) => (run['binding'] = {}), 'binding must have challenge, reportData'],
    ['no reason', (run) => (run['binding'] = { unchecked: ' ' }), 'binding is unchecked without a reason'],
    [
      'a reason that is a number',
      (run) => (run['binding'] = { unchecked: 1 }),
      'binding is unchecked without',
    ],
    [
      'two bindings',
      (run) => (run['binding'] = { unchecked: 'x', reportData, challenge: false }),
      'binding must have unchecked and nothing else',
    ],
    [
      'a challenge that is text',
      (run) => (run['binding'] = { reportData, challenge: 'true' }),
      'challenge is not true or false',
    ],
    [
      'upper-case hex',
      (run) => (run['binding'] = { reportData: 'AB'.repeat(64), challenge: false }),
      'reportData is not hex',
    ],
    [
      '63 bytes',
      (run) => (run['binding'] = { reportData: '01'.repeat(63), challenge: false }),
      'cannot be replayed: expected REPORT_DATA must be 64 bytes',
    ],
    [
      'a challenge of zeros',
      (run) => (run['binding'] = { reportData: '00'.repeat(64), challenge: true }),
      'cannot be replayed: a challenge of zeros is no challenge',
    ],
    ['a profile in a number', (run) => (run['binding'] = profile({ profile: 1 })), 'profile is no id'],
    ['a long profile', (run) => (run['binding'] = profile({ profile: 'a'.repeat(65) })), 'profile is no id'],
    [
      'an unknown profile',
      (run) => (run['binding'] = profile({ profile: 'a'.repeat(64) })),
      `cannot be replayed: there is no profile ${'a'.repeat(64)}`,
    ],
    ['inputs in a list', (run) => (run['binding'] = profile({ inputs: [] })), 'inputs is not an object'],
    [
      'a missing input',
      (run) => (run['binding'] = profile({})),
      'cannot be replayed: input nonce is required',
    ],
    [
      'an odd input',
      (run) => (run['binding'] = profile({ inputs: { 'a b': '00' } })),
      '"a b" is no name of an input',
    ],
    [
      'an input that is a number',
      (run) => (run['binding'] = profile({ inputs: { nonce: 1 } })),
      'nonce is not hex',
    ],
    [
      'an unchecked input',
      (run) => (run['binding'] = profile({ inputs: { nonce: { unchecked: 'x' } } })),
      'cannot be replayed: input nonce: only a reference value can be unchecked',
    ],
    ['CRLs in an object', (run) => (run['crls'] = {}), 'crls is not a list with one entry for each CRL'],
    ['a CRL too few', (run) => (run['crls'] = []), 'crls is not a list with one entry for each CRL'],
    ['a CRL that is text', (run) => (run['crls'] = ['x']), 'a CRL is not an object'],
    [
      'a scope that is none',
      (run) => (run['crls'] = [{ fetchedAt: null, scope: 'all' }]),
      'scope of a CRL is not vcek, vlek or null',
    ],
    [
      'a fetch time that is none',
      (run) => (run['crls'] = [{ fetchedAt: 'x', scope: null }]),
      'fetchedAt of a CRL is not a time',
    ],
    ['no format', (run) => (run['format'] = 'auto'), 'format is no evidence format'],
  ])('%s', async (_, edit, problem) => {
    await expect(replayBundleWith(withRun(bundle, edit), labVerifier)).rejects.toMatchObject({
      code: 'EVIDENCE_MALFORMED',
      message: expect.stringContaining(`attested-bundle: record: ${problem}`) as string,
    })
  })

  it.each<[string, Partial<BundleRecord>, string, string]>([
    ['a run that is no JSON', { run: utf8('x') }, 'EVIDENCE_MALFORMED', 'record is not strict JSON'],
    ['a verdict that is no JSON', { verdict: utf8('x') }, 'EVIDENCE_MALFORMED', 'verdict is not strict JSON'],
    [
      'a verdict in a list',
      { verdict: utf8('[]') },
      'EVIDENCE_MALFORMED',
      'not of schema attested/verdict@1',
    ],
    [
      'a verdict of another schema',
      { verdict: utf8('{"libraryVersion":"1","schema":"attested/verdict@2"}') },
      'EVIDENCE_MALFORMED',
      'not of schema attested/verdict@1',
    ],
    [
      'a verdict without a version',
      { verdict: utf8('{"schema":"attested/verdict@1"}') },
      'EVIDENCE_MALFORMED',
      'not of schema attested/verdict@1',
    ],
    ...['1', '', '1.2', '1.2.3.4', 'v1.2.3', '1.2.3 accepted', '1.2.3-', '1.2.3\u001b[2J', '123456.0.0'].map(
      (version): [string, Partial<BundleRecord>, string, string] => [
        `a verdict of the version ${JSON.stringify(version)}`,
        { verdict: utf8(JSON.stringify({ libraryVersion: version, schema: 'attested/verdict@1' })) },
        'EVIDENCE_MALFORMED',
        'libraryVersion is no version',
      ],
    ),
    [
      'a verdict in another form',
      { verdict: utf8('{"schema":"attested/verdict@1","libraryVersion":"1.0.0"}') },
      'EVIDENCE_MALFORMED',
      'verdict is not canonical',
    ],
    ['a policy that is none', { policy: utf8('{}') }, 'POLICY_INVALID', ''],
    [
      'a manifest that nothing takes',
      { manifest: utf8('{}') },
      'EVIDENCE_MALFORMED',
      'a manifest or expectations that the binding does not take',
    ],
    [
      'expectations that nothing takes',
      { expectations: utf8('{}') },
      'EVIDENCE_MALFORMED',
      'a manifest or expectations that the binding does not take',
    ],
  ])('%s', async (_, record, code, problem) => {
    await expect(replayBundleWith(recording(bundle, record), labVerifier)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(problem) as string,
    })
  })

  it('and none of it is looked at by a verification', async () => {
    const junk = { policy: utf8('x'), run: utf8('x'), verdict: utf8('x'), manifest: utf8('x') }
    const evidence = await decodeEvidence(recording(bundle, junk), 'auto')
    expect(evidence).toMatchObject({ format: 'attested-bundle', crls: 1, endorsementKeys: 1 })
  })
})
