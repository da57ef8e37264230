// A crypto engine that computes each answer once: the same key, signature and message have the same answer, and the
// pure engine takes some ten milliseconds for one.
import type { CryptoEngine, EngineKey } from '../../src/crypto/engine.js'

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

type Verify = CryptoEngine['verifyP384']

export function rememberingEngine(engine: CryptoEngine): CryptoEngine {
  const names = new WeakMap<EngineKey, string>()
  const imported =
    (importKey: (bytes: Uint8Array) => Promise<EngineKey>) =>
    async (bytes: Uint8Array): Promise<EngineKey> => {
      const key = await importKey(bytes)
      names.set(key, `${key.algorithm} ${textOf(bytes)}`)
      return key
    }
  const answers = new Map<string, Promise<boolean>>()
  const remembered =
    (verify: Verify): Verify =>
    (key, signature, message) => {
      const name = names.get(key)
      // A key of another engine: its answer is a mistake, and the engine's to give.
      if (name === undefined) return verify(key, signature, message)
      const question = `${name} ${textOf(signature)} ${textOf(message)}`
      const answer = answers.get(question) ?? verify(key, signature, message)
      answers.set(question, answer)
      return answer
    }
  return {
    name: engine.name,
    importRsaKey: imported((spki) => engine.importRsaKey(spki)),
    importP384Key: imported((point) => engine.importP384Key(point)),
    verifyRsaPss: remembered((...question) => engine.verifyRsaPss(...question)),
    verifyP384: remembered((...question) => engine.verifyP384(...question)),
  }
}
