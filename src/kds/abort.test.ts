import { describe, expect, it } from 'vitest'
import { refuseAborted, sleep, unlessAborted } from './abort.js'

describe('unlessAborted', () => {
  it('gives what the work gives, and its failure', async () => {
    const { signal } = new AbortController()
    expect(await unlessAborted(Promise.resolve(1), signal)).toBe(1)
    expect(await unlessAborted(Promise.resolve(2), undefined)).toBe(2)
    await expect(unlessAborted(Promise.reject(new Error('own')), signal)).rejects.toThrow('own')
  })

  it('waits no longer than the signal lets it, and says why', async () => {
    const controller = new AbortController()
    const given = unlessAborted(new Promise(() => undefined), controller.signal)
    controller.abort('enough')
    await expect(given).rejects.toMatchObject({
      code: 'KDS_ABORTED',
      verdict: 'unverifiable',
      cause: 'enough',
    })
    await expect(unlessAborted(Promise.resolve(1), controller.signal)).rejects.toMatchObject({
      code: 'KDS_ABORTED',
    })
  })

  it('leaves no listener behind', async () => {
    const listeners = new Set<unknown>()
    const { signal } = new AbortController()
    signal.addEventListener = (_: string, listener: unknown) => void listeners.add(listener)
    signal.removeEventListener = (_: string, listener: unknown) => void listeners.delete(listener)
    const work = unlessAborted(Promise.resolve(1), signal)
    expect(listeners.size).toBe(1)
    await work
    expect(listeners.size).toBe(0)
  })
})

it('refuseAborted refuses only what is aborted', () => {
  expect(() => refuseAborted(AbortSignal.abort())).toThrow('the caller gave up')
  refuseAborted(new AbortController().signal)
  refuseAborted(undefined)
})

describe('sleep', () => {
  it('takes its time', async () => {
    const began = performance.now()
    await sleep(20, new AbortController().signal)
    expect(performance.now() - began).toBeGreaterThan(15)
  })

  it('ends early when the signal says so, before or meanwhile', async () => {
    const controller = new AbortController()
    const slept = sleep(1_000_000, controller.signal)
    controller.abort()
    await slept
    await sleep(1_000_000, controller.signal)
  })
})
