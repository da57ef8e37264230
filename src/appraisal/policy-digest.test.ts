import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { editPolicy, pathsOf } from '../../test/support/policy-edit.js'
import { fullDocument } from '../../test/support/policy-document.js'
import type { JsonValue } from '../errors/error.js'
import { verifyEvidence } from '../verify/amd.js'
import { type Policy, factsOfPolicy, parsePolicy, policyDigest } from './policy.js'

const text = JSON.stringify(fullDocument)
const changed = (path: string, value: JsonValue): string =>
  JSON.stringify(editPolicy(fullDocument, { [path]: value }))

describe('the brand', () => {
  it.each<readonly [what: string, forge: (policy: Policy) => unknown]>([
    ['the plain document', () => fullDocument],
    ['a copy', (policy) => ({ ...policy })],
    ['a clone', (policy) => structuredClone({ ...policy })],
    ['an heir', (policy) => Object.create(policy) as unknown],
    ['a proxy', (policy) => new Proxy(policy, {})],
    ['JSON text', () => text],
    ['nothing', () => undefined],
  ])('is not had by %s', async (_, forge) => {
    const forged = forge(await parsePolicy(text)) as Policy
    expect(() => policyDigest(forged)).toThrow(TypeError)
    expect(() => factsOfPolicy(forged)).toThrow(TypeError)
    // The policy is asked for before the evidence is looked at, so this needs none.
    const input = { evidence: {}, policy: forged, binding: { unchecked: 'not this time' }, at: new Date(0) }
    await expect(verifyEvidence(input as Parameters<typeof verifyEvidence>[0])).rejects.toThrow(TypeError)
  })

  it.each([[fullDocument], [undefined], [null], [1], [[text]], [new ArrayBuffer(8)]])(
    'comes from text or bytes, not from %j',
    async (input) => {
      await expect(parsePolicy(input as unknown as string)).rejects.toThrow(TypeError)
    },
  )

  it('is on something frozen to its last member', async () => {
    const policy = await parsePolicy(text)
    const walk = (value: unknown): number => {
      if (typeof value !== 'object' || value === null) return 0
      expect(Object.isFrozen(value)).toBe(true)
      return Object.values(value).reduce((sum: number, member) => sum + walk(member), 1)
    }
    expect(walk(policy)).toBeGreaterThan(pathsOf(fullDocument).objects.length)
  })

  it('does not see what its bytes become', async () => {
    const bytes = new TextEncoder().encode(text)
    const parsing = parsePolicy(bytes)
    bytes.fill(0)
    expect(await parsing).toEqual(fullDocument)
  })
})

/** Canonical JSON, written down a second time: sorted keys, nothing else to decide for a policy's values. */
const sorted = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(sorted)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, member]) => [key, sorted(member)]),
        )
      : value

/** The same document with the keys of every object the other way round. */
const reversed = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(reversed)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .reverse()
            .map(([key, member]) => [key, reversed(member)]),
        )
      : value

describe('policyDigest', () => {
  const digestOf = async (input: string): Promise<string> => policyDigest(await parsePolicy(input))

  it('is SHA-256 of the canonical JSON', async () => {
    const canonical = JSON.stringify(sorted(fullDocument))
    expect(await digestOf(text)).toBe(createHash('sha256').update(canonical).digest('hex'))
  })

  it('does not depend on key order, white space or the case of hex', async () => {
    const digest = await digestOf(text)
    expect(JSON.stringify(reversed(fullDocument))).not.toBe(text)
    expect(await digestOf(JSON.stringify(reversed(fullDocument)))).toBe(digest)
    expect(await digestOf(JSON.stringify(fullDocument, null, 4) + '\r\n\t ')).toBe(digest)
    expect(await digestOf(changed('hostData', ['0D'.repeat(32)]))).toBe(digest)
  })

  it('depends on every value, the reasons included', async () => {
    const digests = new Set([await digestOf(text)])
    const changes: Readonly<Record<string, JsonValue>> = {
      'measurements.0.label': 'kernel 2',
      'denied.cspIds': [],
      vmpl: [0],
      'guestPolicy.smt': 'forbid',
      'tcb.floors.0.launch.tee': 1,
      hostData: { unchecked: 'this' },
      reportIds: { unchecked: 'that' },
      cspIds: { unchecked: 'this' },
    }
    for (const [path, value] of Object.entries(changes)) digests.add(await digestOf(changed(path, value)))
    expect(digests.size).toBe(1 + Object.keys(changes).length)
  })
})
