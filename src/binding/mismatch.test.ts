import { describe, expect, it } from 'vitest'
import { keyAndNonce } from '../../test/support/binding-lab.js'
import type { ProfileDefinition } from './definition.js'
import { type Segment, any, concat, hash, input, literal } from './expression.js'
import { codeOfMismatch, mismatch, wrongSize } from './mismatch.js'

const definition: ProfileDefinition = {
  ...keyAndNonce,
  inputs: { ...keyAndNonce.inputs, signature: { source: 'evidence', length: 64 } },
  edges: [
    ...keyAndNonce.edges,
    {
      kind: 'sign',
      algorithm: 'ED25519',
      key: 'key',
      keyForm: 'spki-der',
      message: input('nonce'),
      signature: 'signature',
    },
  ],
}
const [nonce, key] = [input('nonce'), input('key')]

describe('the code of a commitment that does not hold', () => {
  it.each<readonly [string, readonly Segment[], string]>([
    ['a challenge', [nonce], 'FRESHNESS_MISMATCH'],
    [
      'the digest of a challenge behind a tag',
      [hash('sha256', concat(literal('x'), nonce))],
      'FRESHNESS_MISMATCH',
    ],
    ['a challenge twice', [nonce, hash('sha256', nonce)], 'FRESHNESS_MISMATCH'],
    ['a challenge and bytes that are free', [nonce, any(4)], 'FRESHNESS_MISMATCH'],
    ['a key that signs', [hash('sha256', key)], 'BINDING_KEY_NOT_COMMITTED'],
    ['both', [hash('sha256', concat(nonce, key))], 'BINDING_MISMATCH'],
    ['both, one after the other', [nonce, key], 'BINDING_MISMATCH'],
    ['something else', [input('signature')], 'BINDING_MISMATCH'],
    ['fixed bytes', [literal('x')], 'BINDING_MISMATCH'],
    ['a name of Object’s own', [input('constructor')], 'BINDING_MISMATCH'],
    ['nothing', [], 'BINDING_MISMATCH'],
  ])('of %s', (_, layout, code) => {
    expect(codeOfMismatch(layout, definition)).toBe(code)
  })

  it('is that of its layout, whether the bytes or their number differ', () => {
    expect(mismatch(definition, [nonce], 'quote', 'aa', 'bb')).toMatchObject({
      code: 'FRESHNESS_MISMATCH',
      message: 'quote is not what test/1 expects',
      details: { profile: 'test/1', range: 'quote', expected: 'aa', actual: 'bb' },
    })
    expect(wrongSize(definition, [nonce], 'quote', 32, 16)).toMatchObject({
      code: 'FRESHNESS_MISMATCH',
      message: 'quote has 16 bytes, and test/1 expects 32 bytes',
      details: { profile: 'test/1', range: 'quote', expected: '32 bytes', actual: '16 bytes' },
    })
    expect(wrongSize(definition, [nonce, key], 'quote', 1, 0).code).toBe('BINDING_MISMATCH')
  })

  it('shows the first 128 bytes of both', () => {
    const long = 'ab'.repeat(200)
    const { details } = mismatch(definition, [key], 'REPORT_DATA', long, long)
    expect(details).toMatchObject({ expected: 'ab'.repeat(128), actual: 'ab'.repeat(128) })
  })
})
