// Standard output and standard error that go away or are full: the exit status is the verdict where it can be, and
// nobody ever sees a stack trace.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, openSync, closeSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { repositoryRoot } from '../support/real-folder.js'

const root = repositoryRoot()
const genuine = join(root, 'vectors/real/genoa-v3.tsm.json')

type Stream = 'read' | 'closed' | 'full'

/** Runs the built command. A closed stream is a pipe whose reader is gone before the process has begun. */
async function run(argv: readonly string[], streams: { readonly out?: Stream; readonly err?: Stream }) {
  const { out = 'read', err = 'read' } = streams
  const full = [out, err].includes('full') ? openSync('/dev/full', 'w') : null
  const stdio = (stream: Stream) => (stream === 'full' ? (full ?? 'pipe') : 'pipe')
  const child = spawn(process.execPath, [join(root, 'dist/cli/main.js'), ...argv], {
    stdio: ['ignore', stdio(out), stdio(err)],
  })
  const text = { out: '', err: '' }
  for (const [name, stream, how] of [
    ['out', child.stdout, out],
    ['err', child.stderr, err],
  ] as const) {
    if (how === 'closed') stream?.destroy()
    else stream?.on('data', (data) => (text[name] += String(data)))
  }
  const [status] = (await once(child, 'close')) as [number | null]
  if (full !== null) closeSync(full)
  return { status, ...text }
}

/** A command, and its exit status when everything can be written. */
const commands: readonly (readonly [argv: readonly string[], status: number])[] = [
  [['explain', 'DER_LIMIT'], 0],
  [['inspect', join(root, 'package.json'), '--format', 'tsm'], 30],
  [['verify'], 2],
]

test.each(commands)('%j keeps its exit status when nobody reads', async (argv, expected) => {
  const cases: readonly { readonly out?: Stream; readonly err?: Stream }[] = [
    { out: 'closed' },
    { err: 'closed' },
    { out: 'closed', err: 'closed' },
  ]
  const ends = await Promise.all(cases.map((streams) => run(argv, streams)))
  expect(ends.map(({ status }) => status)).toEqual([expected, expected, expected])
  for (const { out, err } of ends) expect(out + err).not.toMatch(/^ {4}at |Unhandled|EPIPE/m)
})

describe.skipIf(!existsSync('/dev/full'))('where nothing more can be written', () => {
  test('output that did not arrive is no success', async () => {
    expect(await run(['inspect', genuine, '--json'], { out: 'full' })).toMatchObject({
      status: 1,
      err: expect.stringMatching(/(^|\n)attested: cannot write output: ENOSPC\n$/),
    })
    expect(await run(['explain', 'DER_LIMIT'], { out: 'full', err: 'full' })).toMatchObject({ status: 1 })
  })

  test('remarks that did not arrive change nothing', async () => {
    const { status, out } = await run(['policy', 'from-report', genuine], { err: 'full' })
    expect(status).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ version: 1 })
    expect(await run(['verify'], { err: 'full' })).toMatchObject({ status: 2, out: '' })
  })
})
