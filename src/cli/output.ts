/** What commands print. In the lab all of it says so. */
import type { Context } from './context.js'

/** One JSON object, and nothing else, on standard output. */
export function printJson({ io, settings }: Context, value: { readonly schema: string }): void {
  const { schema, ...rest } = value
  io.out(json(settings.lab ? { schema, lab: true, ...rest } : value))
}

/** A document that has a fixed form, such as a policy: nothing can be added to it. */
export function printDocument(context: Context, document: object): void {
  if (context.settings.lab) context.io.err(labLine)
  context.io.out(json(document))
}

export function printText({ io, settings }: Context, text: string): void {
  const body = printable(text)
  io.out((settings.lab ? labLine : '') + (body.endsWith('\n') ? body : body + '\n'))
}

/** A remark for people, on standard error. */
export function note({ io }: Context, message: string): void {
  io.err(`attested: ${printable(message)}\n`)
}

const labLine = 'LAB: synthetic keys. This says nothing about any real machine.\n'

const json = (value: object): string => JSON.stringify(value, null, 2) + '\n'

// Controls but the line feed, and marks that reorder text: evidence could hide or forge lines with them.
// eslint-disable-next-line no-control-regex
const unsafe = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

const escaped = (char: string): string => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`

/** Text without anything that a terminal acts on. */
export function printable(text: string): string {
  return text.replace(unsafe, escaped)
}

/** As {@link printable}, on one line: for a value out of evidence. */
export function printableValue(text: string): string {
  return printable(text).replaceAll('\n', escaped('\n'))
}
