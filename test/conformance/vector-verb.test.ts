// The vectors from outside: a runner in another language drives the command, case by case and all at once.
import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { repositoryRoot } from '../support/real-folder.js'
import { readTrustFiles, readVectorFiles } from '../support/vectors/read.js'
import { runVectorCase } from './adapter-vector.js'

const files = readVectorFiles()
const total = files.reduce((sum, { numberOfTests }) => sum + numberOfTests, 0)
const [group] = files.find(({ stage }) => stage === 'signature')?.groups ?? []
const { trust, ...input } = group!.input
const plain = { anchors: readTrustFiles().get(trust), ...input }

async function answer(value: unknown): Promise<readonly [exitCode: number, output: Record<string, unknown>]> {
  const { exitCode, stdout } = await runVectorCase(typeof value === 'string' ? value : JSON.stringify(value))
  return [exitCode, JSON.parse(stdout)]
}

describe('the verb vector', () => {
  it('answers a case', async () => {
    expect(await answer(plain)).toEqual([0, { result: 'accepted', code: null, failed: [] }])
    const report = Buffer.from(plain.evidence, 'base64')
    report[0x90] = (report[0x90] ?? 0) ^ 1
    const evidence = report.toString('base64')
    const refused = { result: 'rejected', code: 'SIGNATURE_INVALID', failed: ['signature'] }
    expect(await answer({ ...plain, evidence })).toEqual([0, refused])
  })

  it.each<[string, unknown]>([
    ['no JSON', '{'],
    ['a list', []],
    ['no anchors', { ...plain, anchors: undefined }],
    ['a trust file by name', { ...plain, trust: 'lab' }],
    ['anchors of one line alone', { ...plain, anchors: { Milan: {} } }],
    ['base64url', { ...plain, evidence: '-_-_' }],
    ['an unknown format', { ...plain, format: 'tdx' }],
    ['a time without a zone', { ...plain, at: '2026-06-01T00:00:00' }],
    ['a time that is none', { ...plain, at: '2026-13-01T00:00:00Z' }],
    ['no policy', { ...plain, policy: undefined }],
    ['no binding', { ...plain, binding: undefined }],
    ['an unknown member', { ...plain, crl: [] }],
  ])('says of %s that it is no case', async (_, value) => {
    const [exitCode, output] = await answer(value)
    expect([exitCode, Object.keys(output)]).toEqual([30, ['error']])
  })
})

const hasPython = /^Python 3\./.test(spawnSync('python3', ['--version'], { encoding: 'utf8' }).stdout ?? '')
if (!hasPython) console.warn('SKIPPED: no python3 here, run_vectors.py is not run')

/** Without blocking this process, which runs other tests. */
function python(...args: readonly string[]): Promise<readonly [status: number | null, lastLine: string]> {
  return new Promise((resolve, reject) => {
    const script = join(repositoryRoot(), 'test/conformance/run_vectors.py')
    const child = spawn('python3', [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')))
    child.on('error', reject)
    child.on('close', (status) => {
      resolve([status, text.trimEnd().split('\n').at(-1) ?? ''])
    })
  })
}

describe.skipIf(!hasPython)('run_vectors.py', () => {
  it('passes all vectors, by way of the command', async () => {
    expect(await python()).toEqual([0, `${total} passed, 0 failed`])
  }, 240_000)

  it('passes them one at a time', async () => {
    expect(await python('--one-at-a-time', '--match', 'debug: POLICY allows DEBUG')).toEqual([
      0,
      '1 passed, 0 failed',
    ])
  }, 240_000)

  it('fails with a verifier that accepts everything, and with one that accepts nothing', async () => {
    const always = (result: string): readonly string[] => {
      const answerLine = JSON.stringify({ result, code: null })
      const program = `import sys\nfor _ in sys.stdin: print('${answerLine}')`
      return ['--', 'python3', '-c', program]
    }
    const accepted = files.flatMap(({ groups }) =>
      groups.flatMap(({ tests }) => tests.filter(({ result }) => result === 'accepted')),
    ).length
    expect(await python(...always('accepted'))).toEqual([1, `${accepted} passed, ${total - accepted} failed`])
    expect(await python(...always('rejected'))).toEqual([1, `0 passed, ${total} failed`])
  }, 240_000)
})
