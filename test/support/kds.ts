// A key distribution service on this machine, over the lab's authorities, that can be told to misbehave.
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pem } from './cert-table.js'
import type { LabEvidence } from './pki.js'
import { labCrl, labPki } from './pki.js'
import type { Line } from './names.js'

/** Answers one request in its own way, or leaves it to the service: `false`. */
export type Misbehaviour = (request: IncomingMessage, response: ServerResponse) => boolean

export interface FakeKds {
  readonly baseUrl: string
  /** Method and path of what was asked, in order. */
  readonly asked: string[]
  /** What the next requests get, one each; when it is empty the service behaves. */
  readonly next: Misbehaviour[]
  /** What every request gets, until it is null again. */
  always: Misbehaviour | null
  readonly close: () => Promise<void>
}

/** Serves the VCEKs of this evidence under their addresses, and chains and CRLs of the lab. */
export async function startFakeKds(vceks: ReadonlyMap<string, LabEvidence>): Promise<FakeKds> {
  const kds = { asked: [] as string[], next: [] as Misbehaviour[], always: null as Misbehaviour | null }
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    kds.asked.push(`${request.method ?? ''} ${path}`)
    const misbehaviour = kds.next.shift() ?? kds.always
    if (misbehaviour?.(request, response) === true) return
    const body = vceks.get(path)?.vek ?? authorityDocument(path)
    if (body === null) response.writeHead(404).end('not found')
    else response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return Object.assign(kds, {
    baseUrl: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  })
}

function authorityDocument(path: string): Uint8Array | string | null {
  const [, kind, line, document] =
    /^\/(vcek|vlek)\/v1\/(Milan|Genoa|Turin)\/(cert_chain|crl)$/.exec(path) ?? []
  if (line === undefined) return null
  if (document === 'crl') return labCrl(line as Line)
  const { ark, ask, asvk } = labPki().lines[line as Line]
  return pem((kind === 'vcek' ? ask : asvk).der) + pem(ark.der)
}

/** An answer with this status and these headers. */
export const status =
  (code: number, headers: Readonly<Record<string, string>> = {}, body = 'no'): Misbehaviour =>
  (_, response) => {
    response.writeHead(code, headers).end(body)
    return true
  }

/** The status 200 over any bytes. */
export const body =
  (bytes: Uint8Array | string, headers: Readonly<Record<string, string>> = {}): Misbehaviour =>
  (_, response) => {
    response.writeHead(200, headers).end(bytes)
    return true
  }

/** Half of an announced answer, and then the end of the connection. */
export const cutAfter =
  (bytes: Uint8Array, length: number): Misbehaviour =>
  (_, response) => {
    response.writeHead(200, { 'content-length': String(bytes.length) })
    response.write(bytes.subarray(0, length), () => response.destroy())
    return true
  }

/** No answer at all. */
export const close: Misbehaviour = (request) => {
  request.socket.destroy()
  return true
}

/** Takes the request and says nothing. */
export const stall: Misbehaviour = () => true

/** The head of an answer, and nothing after it. */
export const stallInBody: Misbehaviour = (_, response) => {
  response.writeHead(200, { 'content-length': '50' })
  response.write('0')
  return true
}

/** A body without an end. */
export const endless: Misbehaviour = (_, response) => {
  response.writeHead(200)
  const more = (): void => {
    if (response.destroyed) return
    response.write(new Uint8Array(65_536), (error) => (error == null ? setImmediate(more) : undefined))
  }
  response.on('error', () => undefined)
  more()
  return true
}
