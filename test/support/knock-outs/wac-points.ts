// Guards of compositions: src/manifest/wac and the rules on what it reads. Knocked out, a guard lets the text through as
// a careless reader would understand it.
import { compactJson } from '../agent-body.js'
import { changed, agentDocument, agentExpectations } from '../manifest-documents.js'
import { agentBinding, agentEvidence, agentInput, expecting } from '../vectors/commitment-sketch.js'
import { type Edit, type MadeCase, becomes, of, pointsOf, refuses } from './point.js'

const text = (...comments: readonly string[]): readonly string[] =>
  of('manifest/agent-composition', ...comments)
const wiring = (...comments: readonly string[]): readonly string[] => of('manifest/agent-wiring', ...comments)

const manyInstances: MadeCase = {
  name: 'a composition of 4097 instances',
  code: 'MANIFEST_COMPOSITION',
  make: () => {
    const composition = `${String(agentDocument['composition'])}${'export new hospital:cohort{...};'.repeat(4095)}`
    return {
      ...agentInput,
      ...agentEvidence({ manifest: compactJson(changed(agentDocument, { composition })) }),
      binding: agentBinding(expecting(agentExpectations, '2cvm-agent/1')),
    }
  },
}

export const wacEdits: readonly Edit[] = [
  ...pointsOf('manifest/wac/token.ts', [
    becomes(
      'forbidden',
      'if (found === null) return cursor',
      "if (found === null || !on('.forbidden')) return cursor",
      text(
        'a control of the writing direction in a comment',
        'a control character in a comment',
        'a carriage return alone in a comment',
      ),
    ),
    // It is skipped.
    becomes(
      'character',
      'if (!symbols.has(symbol)) {',
      "if (!symbols.has(symbol) && !on('.character')) {\n    cursor.offset += symbol.length\n    return nextToken(cursor)\n  }\n  if (!symbols.has(symbol)) {",
      text('a character that WAC has not'),
    ),
    // It ends where the text does.
    becomes(
      'comment',
      'if (mark === null) throw',
      "if (mark === null && !on('.comment')) {\n      marks.lastIndex = cursor.text.length\n      break\n    }\n    if (mark === null) throw",
      text('a comment that does not end'),
    ),
    // It ends before the next semicolon.
    becomes(
      'string',
      "const end = cursor.text.indexOf('\"', cursor.offset + 1)",
      "const quote = cursor.text.indexOf('\"', cursor.offset + 1)\n  const end = quote < 0 && !on('.string') ? cursor.text.indexOf(';', cursor.offset) - 1 : quote",
      text('a string that does not end'),
      { covers: ["throw compositionError('a string does not end'"] },
    ),
    refuses('line', "text.includes('\\n')", text('a string over two lines')),
    refuses(
      'words',
      '/^[\\w%-]/.test(text.slice(cursor.offset, cursor.offset + 1))',
      text('two words without a space'),
    ),
  ]),
  ...pointsOf('manifest/wac/parse.ts', [
    // It is skipped, word by word.
    becomes(
      'statement',
      'throw unexpected(reader, \'a "let" or "export" statement\')',
      'if (!on(\'.statement\')) {\n    take(reader)\n    return statement(reader)\n  }\n  throw unexpected(reader, \'a "let" or "export" statement\')',
      text('a semicolon too many', 'an import of its own'),
    ),
    refuses('twice', 'reader.names.has(name)', text('a name that is declared twice')),
    becomes(
      'depth',
      'if (depth === maxDepth && ',
      "if (on('.depth') && depth === maxDepth && ",
      text('65 parentheses'),
      { covers: ['throw compositionError(`nested deeper'] },
    ),
    becomes(
      'value',
      'if (token.kind !== \'name\') throw unexpected(reader, \'a name, "new" or "("\')',
      "if (on('.value') && token.kind !== 'name') throw unexpected(reader, 'a name, \"new\" or \"(\"')",
      text('a string where a value is expected'),
    ),
    refuses('version', 'if (version !== null)', text('a package with a version')),
    refuses('self', 'name === reader.self', text('the name of a component for itself')),
    refuses('instances', 'reader.instances > maxInstances', [manyInstances]),
    refuses('argumentTwice', 'written.has(key)', text('a spread twice')),
    refuses('argument', "token.kind !== 'name' && token.kind !== 'string'", text('a keyword as an argument')),
    becomes(
      'argumentValue',
      "if (token.kind === 'string') throw",
      "if (on('.argumentValue') && token.kind === 'string') throw",
      text('a string as an argument without a value'),
    ),
    refuses('declared', '!names.has(text)', text('a name that is not declared'), {
      instead: { code: 'TypeError', reason: 'nothing is there that could be wired' },
    }),
    refuses('package', "token.kind !== 'package'", text('a package without a namespace'), {
      behind: ['manifest/wac/parse.packageName'],
    }),
    refuses(
      'packageName',
      'name === undefined || (version !== null && !versionPattern.test(version))',
      text('a package with a version of one number'),
    ),
    becomes(
      'symbol',
      'if (!takeSymbol(reader, symbol))',
      "if (!takeSymbol(reader, symbol) && on('.symbol'))",
      text('no semicolon at the end'),
    ),
    refuses('keyword', '!isKeyword(reader.token, word)', text('another keyword than package')),
    refuses('quotes', "reader.token.kind !== 'string'", text('an access without quotes')),
    becomes(
      'name',
      "if (reader.token.kind !== 'name') throw unexpected(reader, what)",
      "if (on('.name') && reader.token.kind !== 'name') throw unexpected(reader, what)",
      text('a name in quotes after let'),
    ),
  ]),
  ...pointsOf('manifest/composition.ts', [
    // What is foreign needs nothing.
    becomes(
      'foreign',
      'if (part === undefined) {',
      "if (part === undefined && !on('.foreign')) continue\n    if (part === undefined) {",
      text(
        'a package that nobody declared',
        'a package that the agent put aside',
        'a component under the name of another party',
      ),
    ),
    becomes(
      'noEntry',
      "return fill ? [error('lists no imports",
      "return fill && on('.noEntry') ? [error('lists no imports",
      wiring('an instance without a permission entry that takes all from the host'),
      { behind: ['manifest/permission-rules.noEntry'] },
    ),
    refuses('twice', 'twice.length > 0', wiring('an import that is given twice')),
    refuses('unlisted', 'unlisted.length > 0', wiring('an argument that is no listed import')),
    refuses('left', 'left.length > 0', wiring('an import left to "..."', 'an import that is not given')),
  ]),
]
