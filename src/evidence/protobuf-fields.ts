/** Containers that are protobuf: messages of known fields, read by name. Everything refuses by name. */
import { type ProtobufField, type ProtobufLimits, readProtobuf } from '../encoding/protobuf.js'
import { duplicate, malformed } from './container.js'

/** What a field is; `many` may stand more than once. */
export type FieldShape = readonly [name: string, type: 'varint' | 'bytes', times?: 'many']
/** The fields of a message by number. */
export type MessageShape = ReadonlyMap<number, FieldShape>
/** The fields of one message by name, in the order in which they stand. */
export type Fields = ReadonlyMap<string, readonly ProtobufField[]>

/** No message that is read has more: the largest has 31 of its own. */
const maxFields = 128
const limits = (what: string): ProtobufLimits => ({ code: 'EVIDENCE_MALFORMED', what, maxFields })

/**
 * Reads a message. Unknown fields are refused, although the format lets readers skip them: nothing is read past.
 *
 * @throws VerificationError `EVIDENCE_MALFORMED`, `EVIDENCE_DUPLICATE` for a field that may stand once.
 */
export function readFields(bytes: Uint8Array, what: string, shape: MessageShape): Fields {
  const fields = new Map<string, ProtobufField[]>()
  for (const field of readProtobuf(bytes, limits(what))) {
    const known = shape.get(field.number)
    if (known === undefined) throw malformed(what, `unknown field ${String(field.number)}`)
    const [name, type, times] = known
    if (field.type !== type) throw malformed(what, `${name} is a ${field.type}`)
    const before = fields.get(name)
    if (before === undefined) {
      fields.set(name, [field])
      continue
    }
    if (times !== 'many') throw duplicate(what, `${name} twice`)
    before.push(field)
  }
  return fields
}

/** The number of a field; an absent one is zero, as the format says. */
export function wordField(fields: Fields, name: string): bigint {
  const [field] = fields.get(name) ?? []
  return field?.type === 'varint' ? field.value : 0n
}

/** The bytes of a field; of an absent one there are none, as the format says. */
export function bytesField(fields: Fields, name: string): Uint8Array {
  const [first = new Uint8Array()] = manyBytes(fields, name)
  return first
}

/** The bytes of each field of a name. */
export function manyBytes(fields: Fields, name: string): readonly Uint8Array[] {
  return (fields.get(name) ?? []).flatMap((field) => (field.type === 'varint' ? [] : [field.value]))
}
