// The story in docs/commitments.md: every command in it, in order, with the answer that the text promises.
import { copyFileSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { repositoryRoot } from '../support/real-folder.js'
import { type Ran, attested, lab, temporaryFolder } from './harness.js'

const root = repositoryRoot()
const { path: folder } = temporaryFolder()
const text = readFileSync(join(root, 'docs/commitments.md'), 'utf8')
const made = ['guest', 'other', 'agent']

const blocks = [...text.matchAll(/^```sh(?: status=(\d+))?\n([^]*?)^```$/gm)].map(
  ([, status = '0', code = '']) => ({
    status: Number(status),
    commands: code.trim().split('\n'),
  }),
)

/** Files are named as from inside the folder; tests do not change where they stand. */
const placed = (word: string): string =>
  /^[a-z-]+\.json$/.test(word) || made.includes(word.split('/')[0] ?? '') ? join(folder, word) : word

function run(command: string): Promise<Ran> {
  const [name, ...words] = command.split(' ')
  return name === 'lab' ? lab(words.map(placed)) : attested(words.map(placed))
}

beforeAll(() => {
  for (const name of readdirSync(join(root, 'docs/examples')))
    copyFileSync(join(root, 'docs/examples', name), join(folder, name))
})

describe('the story of two companies', { concurrent: false }, () => {
  const answers = new Map<string, Ran>()

  it('has commands', () => {
    expect(blocks.flatMap(({ commands }) => commands).length).toBeGreaterThanOrEqual(10)
  })

  it.each(blocks.map((block) => [block.commands.at(-1) ?? '', block] as const))(
    '%s',
    async (_, { status, commands }) => {
      for (const [at, command] of commands.entries()) {
        const answer = await run(command)
        answers.set(command, answer)
        expect([command, answer.status, answer.err]).toEqual([
          command,
          at === commands.length - 1 ? status : 0,
          answer.err,
        ])
      }
    },
  )

  it('ends as the text says', () => {
    const outputs = [...answers].filter(([command]) => command.includes('verify'))
    expect(
      outputs.map(([, { out }]) => /^(?:lab:? ?)?(?:\S+ )*?(accepted|rejected)/m.exec(out)?.[1]),
    ).toEqual(['accepted', 'rejected', 'rejected', 'accepted'])
    const [good, other, old, agent] = outputs.map(([, { out }]) => out)
    expect(good).toContain('← frame ← SHA-512 ← REPORT_DATA ← VCEK ← SEV-Milan ← ARK-Milan')
    expect(other).toContain('BINDING_MISMATCH')
    expect(old).toContain('BINDING_MISMATCH')
    expect(agent).toContain(
      'manifest ← RSA-PSS-SHA256 ← teeKeyPem ← SHA-256 ← REPORT_DATA[32..64] ← VCEK ← SEV-Milan ← ARK-Milan',
    )
    expect(agent).toContain('signs one manifest')
    expect(agent).toContain('possession none')
    expect(agent).toContain('unbound')
    const [, check] = [...answers].find(([command]) => command.includes('check widened')) ?? []
    expect(check?.out).toContain('M11')
  })
})
