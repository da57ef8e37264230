/**
 * Text that a terminal shows as it is: control and format characters and line separators are escaped. They would
 * move the cursor, turn the reading order or write lines of their own, and names in evidence are the attacker's.
 */
const escaped = (char: string): string => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`

/** On one line: for a value. */
export function printableLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escaped)
}

/** With its line feeds: for text whose values were escaped before. */
export function printableText(text: string): string {
  return text.replace(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escaped)
}
