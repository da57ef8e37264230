// The benchmarks run and print their rows. What they measure is for people: nothing here judges a time.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repositoryRoot } from '../support/real-folder.js'
import { interleave, median } from './measure.js'

const run = (...args: readonly string[]) =>
  spawnSync(process.execPath, [join(repositoryRoot(), '.build/test/bench/bench.js'), ...args], {
    encoding: 'utf8',
    timeout: 60_000,
  })

test('the group core prints every row with its limit', () => {
  const { status, stdout, stderr } = run('core', '--rounds', '2', '--processes', '1')
  expect([status, stderr]).toEqual([0, expect.not.stringMatching(/Error/)])
  expect(stdout).toMatch(/^Node \d+/)
  for (const name of ['Milan v5', 'Genoa v3', 'Turin v5']) expect(stdout).toContain(`\n${name}`)
  const rows = (what: string): number => stdout.split('\n').filter((line) => line.startsWith(what)).length
  for (const what of ['same chip again  ', 'parse report', 'parse VEK'])
    expect([what, rows(what)]).toEqual([what, 3])
  expect(rows('new chip')).toBe(6)
  expect(stdout).toMatch(/^import of the main entry +8\.00 ms +(within|ABOVE) +[\d.]+ ms$/m)
  expect(stdout).toMatch(/^import of \.\/report +[\d.]+ ms$/m)
  expect(stdout).not.toMatch(/NaN|undefined/)
})

test('without a group it lists them; anything else is wrong usage', () => {
  expect(run()).toMatchObject({ status: 0, stdout: expect.stringMatching(/Groups:\n {2}core/) as string })
  for (const args of [['cores'], ['core', 'core'], ['core', '--rounds', '0'], ['core', '--fast']])
    expect([args, run(...args).status]).toEqual([args, 2])
})

test('cases take turns, and medians are of the counted rounds', async () => {
  const order: string[] = []
  const note = (name: string) => ({ name, run: () => void order.push(name) })
  const medians = await interleave([note('a'), note('b')], 3, 1)
  expect(order.join('')).toBe('abababab')
  expect([...medians.keys()]).toEqual(['a', 'b'])
  expect([median([3]), median([1, 9, 2]), median([4, 1, 2, 3])]).toEqual([3, 2, 2.5])
  expect(() => median([])).toThrow()
})
