/** The bytes of an expression over given inputs. */
import { hashBytes } from '../crypto/more-digests.js'
import { toBase64 } from '../encoding/base64.js'
import { concatBytes } from '../encoding/bytes.js'
import { toUtf8 } from '../encoding/text.js'
import { type Expression, integerBytes } from './expression.js'
import { type FramedCarrier, frameBytes } from './frame.js'

export interface Evaluation {
  /** The value of an input; what it throws for one that is missing goes through. */
  readonly valueOf: (name: string) => Uint8Array
  readonly profile: string
  /** What a frame names as its carrier. */
  readonly carrier: FramedCarrier
}

/** Sizes were checked against the definition of the profile, so nothing here can fail but a missing input. */
export function evaluate(expression: Expression, evaluation: Evaluation): Uint8Array {
  const { valueOf, profile, carrier } = evaluation
  switch (expression.kind) {
    case 'literal':
      return expression.bytes
    case 'input':
      return valueOf(expression.name)
    case 'length':
      return integerBytes(valueOf(expression.name).length, expression.size, expression.order)
    case 'frame':
      return frameBytes(
        carrier,
        profile,
        expression.inputs.map((name) => [name, valueOf(name)]),
      )
    case 'concat':
      return concatBytes(...expression.parts.map((part) => evaluate(part, evaluation)))
    case 'hash':
      return hashBytes(expression.algorithm, evaluate(expression.of, evaluation))
    case 'base64url':
      return toUtf8(base64urlText(evaluate(expression.of, evaluation)))
    case 'truncate':
      return evaluate(expression.of, evaluation).slice(0, expression.size)
    case 'pad': {
      const bytes = evaluate(expression.of, evaluation)
      return concatBytes(bytes, new Uint8Array(expression.size - bytes.length))
    }
  }
}

const base64urlText = (bytes: Uint8Array): string =>
  toBase64(bytes).replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_')
