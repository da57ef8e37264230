/** The streams of this process. */
import type { Io } from './context.js'
import { collect } from './files.js'

/** Output that did not arrive: then the status is that of an internal error, whatever the verdict was. */
export interface ProcessIo extends Io {
  readonly outputFailed: () => boolean
}

export function processIo(): ProcessIo {
  let failed = false
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // A reader that has seen enough (`| head`) closes the pipe. The exit status is the verdict all the same.
    if (error.code === 'EPIPE') return
    failed = true
    process.exitCode = 1
    process.stderr.write(`attested: cannot write output: ${error.code ?? 'unknown error'}\n`)
  })
  // Remarks that nobody reads change nothing.
  process.stderr.on('error', () => undefined)
  return {
    out: (text) => {
      process.stdout.write(text)
    },
    err: (text) => {
      process.stderr.write(text)
    },
    readStdin: (max) => collect(process.stdin, max),
    outputFailed: () => failed,
  }
}
