/** The streams of this process. */
import type { Io } from './context.js'
import { collect } from './files.js'

export function processIo(): Io {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // A reader that has seen enough (`| head`) closes the pipe. The exit status is the verdict all the same.
    if (error.code !== 'EPIPE') throw error
  })
  return {
    out: (text) => {
      process.stdout.write(text)
    },
    err: (text) => {
      process.stderr.write(text)
    },
    readStdin: (max) => collect(process.stdin, max),
  }
}
