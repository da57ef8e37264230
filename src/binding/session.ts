/** The caller's own live connection: its key or exporter, as the caller's word. */
import { copyBytes, isFilledWith, lengthOf, requireBytes } from '../encoding/bytes.js'

declare const sessionBrand: unique symbol

/** Bytes that belong to the connection over which the caller talks. Made by {@link ownSession} alone. */
export interface Session {
  readonly [sessionBrand]: true
}

const bytesOf = new WeakMap<Session, Uint8Array>()

/**
 * Declares bytes to be the peer's key, or the exporter (RFC 5705, RFC 8446 §7.5), of a connection that the caller
 * holds open and whose handshake it verified. Nothing here can know that they are.
 *
 * @param bytes - 32 to 4096 bytes, copied.
 * @throws TypeError if they are fewer or more, or all zero.
 */
export function ownSession(bytes: Uint8Array): Session {
  const length = lengthOf(requireBytes(bytes, 'session'))
  if (length < 32 || length > 4096) throw new TypeError('a session has 32 to 4096 bytes')
  const copy = copyBytes(bytes)
  if (isFilledWith(copy, 0)) throw new TypeError('a session of zeros is no session')
  const session = Object.freeze({}) as Session
  bytesOf.set(session, copy)
  return session
}

/** The bytes, for this package only. @throws TypeError for anything that is no session. */
export function bytesOfSession(session: Session): Uint8Array {
  const bytes = typeof session === 'object' ? bytesOf.get(session) : undefined
  if (bytes === undefined) throw new TypeError('a session must come from ownSession')
  return bytes
}
