// A thread that ends the process if one input takes forever: the thread that hangs can't say so itself. The last input
// lies in shared memory, so it is saved like any other finding.
import { Worker } from 'node:worker_threads'
import type { Watch } from './campaign.js'

const room = 256 * 1024
const patienceMs = 20_000

/** What the thread runs. It has no imports, so it needs no file of its own. */
const guard = `
const { workerData: { head, body, patienceMs, folder } } = require('node:worker_threads')
const fs = require('node:fs')
let last = -1
setInterval(() => {
  const tick = Atomics.load(head, 0)
  if (tick !== last || tick === 0) return void (last = tick)
  const text = (at, length) => Buffer.from(body.slice(at, at + length))
  const finding = { target: text(0, head[2]).toString(), run: head[1], seed: head[4], problem: 'hangs',
    input: text(1024, head[3]).toString('base64') }
  fs.mkdirSync(folder, { recursive: true })
  const path = folder + '/hang.json'
  fs.writeFileSync(path, JSON.stringify(finding, null, 1))
  fs.writeSync(2, 'FINDING: ' + finding.target + ', input ' + finding.run + ' hangs: ' + path + '\\n')
  process.kill(process.pid, 'SIGKILL')
}, patienceMs)`

export interface Watchdog {
  readonly watch: Watch
  readonly stop: () => Promise<number>
}

export function startWatchdog(folder: string, seed: number): Watchdog {
  const head = new Int32Array(new SharedArrayBuffer(20))
  const body = new Uint8Array(new SharedArrayBuffer(room))
  const worker = new Worker(guard, { eval: true, workerData: { head, body, patienceMs, folder } })
  const encoder = new TextEncoder()
  head[4] = seed
  let known = ''
  return {
    watch: (target, run, input) => {
      if (target !== known) {
        const name = encoder.encode(target).subarray(0, 1024)
        body.set(name)
        head[2] = name.length
        known = target
      }
      const kept = Math.min(input.length, room - 1024)
      body.set(input.subarray(0, kept), 1024)
      head[1] = run
      head[3] = kept
      Atomics.add(head, 0, 1)
    },
    stop: () => worker.terminate(),
  }
}
