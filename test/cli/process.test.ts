// The built command as a process: what cannot be seen from inside.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { repositoryRoot } from '../support/real-folder.js'
import { temporaryFolder } from './harness.js'

const root = repositoryRoot()
const { file } = temporaryFolder()
const genuine = join(root, 'vectors/real/genoa-v3.tsm.json')

const run = (script: string, argv: readonly string[], input: Uint8Array | string = '') =>
  spawnSync(process.execPath, [join(root, script), ...argv], { input, encoding: 'utf8', cwd: file('') })

describe('dist/cli/main.js', () => {
  test('reads standard input, prints JSON alone, and exits with the verdict', () => {
    const drafted = run('dist/cli/main.js', ['policy', 'from-report', genuine])
    expect(drafted.status).toBe(0)
    const verify = (...argv: string[]) =>
      run(
        'dist/cli/main.js',
        ['verify', '-', '--policy', file('policy.json', drafted.stdout), '--json', ...argv],
        readFileSync(genuine),
      )
    const at = ['--at', '2026-08-15T00:00:00Z']
    const accepted = verify('--unchecked-report-data', 'stored', ...at)
    expect([accepted.status, JSON.parse(accepted.stdout).verdict]).toEqual([0, 'accepted'])
    const rejected = verify('--report-data', 'ab'.repeat(64), ...at)
    expect([rejected.status, JSON.parse(rejected.stdout).code]).toEqual([10, 'BINDING_MISMATCH'])
    const usage = verify()
    expect([usage.status, usage.stdout]).toEqual([2, ''])
  })

  test('a reader that has seen enough changes nothing', async () => {
    const child = spawn(process.execPath, [join(root, 'dist/cli/main.js'), 'inspect', genuine])
    child.stdout.destroy()
    const [status] = await once(child, 'exit')
    expect(status).toBe(0)
  })
})

test('npm start: the demonstration verifies the genuine report and ends accepted', () => {
  const { status, stdout, stderr } = run('dist/cli/demo.js', [])
  expect([status, stderr]).toEqual([0, ''])
  const lines = stdout.trimEnd().split('\n')
  expect(lines[0]).toContain('genoa-v3.tsm.json')
  expect(lines.at(-1)).toBe('accepted')
  // Every check is there, those that were left open too.
  for (const check of [
    'ok   signature',
    'ok   revocation.crl',
    'ok   binding',
    'open freshness: a stored sample',
  ])
    expect(lines).toContain(`  ${check}`)
})
