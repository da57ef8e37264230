/** The codec of the 2cVM agent's manifest: the very bytes that the agent signs, and a document that follows its model. */
import { parseManifest } from '../manifest/parse.js'
import { type Codec, makeCodec } from './codec.js'

/**
 * Bytes that the agent would write differently were not written by it, or say something that it drops: they are
 * refused (`MANIFEST_NOT_CANONICAL`) although they are signed.
 */
export const agentManifest: Codec = makeCodec(
  { name: '2cvm-agent/1 manifest', gives: [], mustAccept: true, manifest: true },
  (bytes) => ({
    claims: {},
    manifest: parseManifest(bytes, { schema: '2cvm-agent/1', bytes: 'raw', requireExact: true }),
  }),
)
