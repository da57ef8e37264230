// Documentation that is generated from the code, so that it cannot say something else.
import { errorCodes, explainCode } from '../../src/errors/explain.js'
import { guaranteesDoc } from './guarantees-doc.js'
import { separationDoc } from './separation-doc.js'

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;')

function errorsDoc(): string {
  const rows = errorCodes.map((code) => {
    const explained = explainCode(code)
    if (explained === null) throw new Error(`${code} has no explanation`)
    const { verdict, stage, meaning, source } = explained
    return `| \`${code}\` | ${stage} | ${verdict} | ${cell(meaning)} | ${cell(source)} |`
  })
  return [
    '# Error codes',
    '',
    'Generated from `src/errors` by `npm run docs`. Codes are never renamed or reused; a new one is a minor change.',
    'The verdict belongs to the code: `rejected` is a no, `unverifiable` means that something needed is missing or',
    'not known to this version, `malformed` that something could not be read.',
    '',
    '| Code | Stage | Verdict | Meaning | Source |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}

/** Path and text of every generated file. */
export const generatedDocs = (): readonly (readonly [path: string, text: string])[] => [
  ['docs/errors.md', errorsDoc()],
  ['docs/guarantees.md', guaranteesDoc()],
  ['docs/separation.md', separationDoc()],
]
