/** Commitments to a manifest by its digest, in formats of this library. */
export {
  manifestDigest,
  manifestDigest384,
  manifestDigest512,
  manifestHost,
  manifestNonce,
} from '../binding/native-profiles.js'
