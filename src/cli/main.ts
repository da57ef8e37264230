#!/usr/bin/env node
/** The `attested` command over AMD's roots. */
import { appraiseEvidence } from '../index.js'
import { runCommand } from './command.js'
import { processIo } from './process-io.js'

const io = processIo()
const status = await runCommand(process.argv.slice(2), io, {
  verifier: { appraiseEvidence },
  lab: false,
  now: () => new Date(),
  network: { fetch: (url, init) => globalThis.fetch(url, init), random: () => Math.random() },
})
if (!io.outputFailed()) process.exitCode = status
