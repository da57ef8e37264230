// Every place of src/ that refuses, found in the text: `throw`, and the calls that throw when something is left over.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from '../real-folder.js'
import type { Edit } from './point.js'

export interface Refusal {
  readonly file: string
  readonly line: number
  /** The line, trimmed. */
  readonly text: string
  /** From the condition in front of it to its end. */
  readonly from: number
  readonly to: number
}

const source = join(repositoryRoot(), 'src')
const isComment = (line: string): boolean => /^\s*(?:\*|\/\/|\/\*)/.test(line)
const refuses = /\bthrow\b|^\s*finish\(/

/** The refusals in the text of one file. */
export function refusalsIn(file: string, text: string): readonly Refusal[] {
  const found: Refusal[] = []
  let offset = 0
  for (const [index, line] of text.split('\n').entries()) {
    const end = offset + line.length
    const at = refuses.exec(line)
    if (at !== null && !isComment(line)) {
      const isCall = !line.includes('throw')
      // The condition that it hangs on is the nearest one before it.
      const condition = text.lastIndexOf('if (', end)
      found.push({ file, line: index + 1, text: line.trim(), from: isCall ? offset : condition, to: end })
    }
    offset = end + 1
  }
  return found
}

/** The files below src/ in some folders, without tests. */
export function sourceFiles(folders: readonly string[]): readonly string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(source, folder))
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => `${folder}/${name}`),
  )
}

/** The refusals of files that no edit touches. */
export function untouched(files: readonly string[], edits: readonly Edit[]): readonly Refusal[] {
  return files.flatMap((file) => {
    const text = readFileSync(join(source, file), 'utf8')
    const ranges = edits
      .filter((edit) => edit.file === file)
      .flatMap(({ find, covers = [] }) => [find, ...covers])
      .map((part) => ({ from: text.indexOf(part), to: text.indexOf(part) + part.length }))
    return refusalsIn(file, text).filter(
      (one) => !ranges.some(({ from, to }) => from < one.to && to > one.from),
    )
  })
}
