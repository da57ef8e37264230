// Writes the generated documentation, or with --check says which file is out of date. `npm run docs`.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generatedDocs } from './docs.js'

const check = process.argv.includes('--check')
let stale = 0
for (const [path, text] of generatedDocs()) {
  const file = join(process.cwd(), path)
  if (!check) writeFileSync(file, text)
  else if (readFileSync(file, 'utf8') !== text) {
    stale += 1
    process.stderr.write(`${path} is out of date: npm run docs\n`)
  }
}
process.exitCode = stale === 0 ? 0 : 1
