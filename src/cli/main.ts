#!/usr/bin/env node
/** The `attested` command over AMD's roots. */
import { appraiseEvidence } from '../index.js'
import { runCommand } from './command.js'
import { processIo } from './process-io.js'

process.exitCode = await runCommand(process.argv.slice(2), processIo(), {
  verifier: { appraiseEvidence },
  lab: false,
  now: () => new Date(),
})
