#!/usr/bin/env node
// `npm run --silent lab -- ARGS`: the command over the lab's synthetic authorities instead of AMD's, and what makes
// evidence for it. Everything it prints says so. It is compiled into a git-ignored folder and never packed.
import { processIo } from '../../src/cli/process-io.js'
import { runLab } from './lab-command.js'

// npm starts scripts at the top of the repository; file names are meant from where the user stands.
const from = process.env['npm_lifecycle_event'] === 'lab' ? process.env['INIT_CWD'] : undefined
if (from !== undefined && from !== '') process.chdir(from)

process.exitCode = await runLab(process.argv.slice(2), processIo())
