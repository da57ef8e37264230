/** What commands print. In the lab all of it says so. */
import { printableLine, printableText } from '../errors/printable.js'
import type { Context } from './context.js'

/** One JSON object, and nothing else, on standard output. */
export function printJson({ io, settings }: Context, value: { readonly schema: string }): void {
  const { schema, ...rest } = value
  io.out(json(settings.lab ? { schema, lab: true, ...rest } : value))
}

/** A document that has a fixed form, such as a policy: nothing can be added to it. */
export function printDocument(context: Context, document: object): void {
  labNote(context)
  context.io.out(json(document))
}

/** For what is printed as it is: in the lab, says so on standard error. */
export function labNote({ io, settings }: Context): void {
  if (settings.lab) io.err(labLine)
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

/** Text without anything that a terminal acts on. */
export const printable: (text: string) => string = printableText

/** As {@link printable}, on one line: for a value out of evidence. */
export const printableValue: (text: string) => string = printableLine
