// Guards of the readers of text and of single keys below the others: src/encoding, src/crypto, src/verify.
import { accepted, basePolicy } from '../vectors/inputs.js'
import { type Edit, type MadeCase, becomes, of, pointsOf, refuses } from './point.js'

const json = (...comments: readonly string[]): readonly string[] => of('policy/guards', ...comments)
const texts = (...comments: readonly string[]): readonly string[] => of('policy/text', ...comments)
const pem = (...comments: readonly string[]): readonly string[] =>
  of('container/guards', ...comments.map((comment) => `PEM: ${comment}`))
const base64 = (...comments: readonly string[]): readonly string[] =>
  of('container/guards', ...comments.map((comment) => `base64: ${comment}`))

const policyText = (name: string, text: string): MadeCase => ({
  name,
  code: 'POLICY_INVALID',
  make: () => {
    const { policy: _, ...input } = accepted({ line: 'Genoa', version: 3 })
    return { ...input, policyText: text }
  },
})
const document = JSON.stringify(basePolicy)
const { intermediates, ...others } = basePolicy
/** `{ …, "intermediates": "pinned` */
const unfinished = JSON.stringify({ ...others, intermediates }).slice(0, -2)

export const textEdits: readonly Edit[] = [
  ...pointsOf('encoding/json.ts', [
    refuses('length', 'length > limits.maxLength', [
      policyText('a policy and 1 MiB of white space', document + ' '.repeat(2 ** 20)),
    ]),
    // What is no UTF-8 is read with replacements.
    becomes(
      'utf8',
      'isBytes(input) ? fromUtf8(input) : input',
      "isBytes(input) ? (fromUtf8(input) ?? (on('.utf8') ? null : new TextDecoder().decode(input))) : input",
      of('container/guards', 'tsm: a string that is not UTF-8'),
      { covers: ["if (text === null) throw refuse('not UTF-8')"] },
    ),
    refuses('end', 'this.#at !== this.#text.length', texts('text after the document')),
    refuses('depth', 'depth > this.#maxDepth', json('arrays 17 deep'), {
      behind: ['appraisal/schema.document'],
    }),
    refuses('key', "this.#text[this.#at] !== '\"'", json('a key without its first quote')),
    refuses('proto', "key === '__proto__'", texts('a key __proto__')),
    refuses('twice', 'Object.hasOwn(out, key)', texts('a duplicate key', 'a duplicate key, escaped')),
    becomes(
      'colon',
      "!this.#skip(':')",
      "(!this.#skip(':') && on('.colon'))",
      json('a key and a value without a colon'),
    ),
    becomes(
      'member',
      'if (!this.#skip(\',\')) throw this.#refuseHere(\'"," or "}" is expected\')',
      "if (!this.#skip(',') && on('.member')) throw this.#refuseHere('\",\" or \"}\" is expected')",
      json('two members without a comma'),
    ),
    becomes(
      'element',
      'if (!this.#skip(\',\')) throw this.#refuseHere(\'"," or "]" is expected\')',
      "if (!this.#skip(',') && on('.element')) throw this.#refuseHere('\",\" or \"]\" is expected')",
      json('two elements without a comma'),
    ),
    // A string that does not end has its end there; so have the object and the document around it.
    becomes(
      'stringEnd',
      "if (char === undefined) throw this.#refuse('a string does not end')",
      "if (char === undefined && !on('.stringEnd')) {\n        this.#text += '\"}'\n        continue\n      }\n      if (char === undefined) throw this.#refuse('a string does not end')",
      [policyText('a policy without its end', unfinished)],
    ),
    refuses('control', "char < ' '", json('a control character in a string')),
    refuses('surrogate', '!isWellFormed(out)', texts('a lone surrogate')),
    refuses('hexEscape', '!/^[0-9a-fA-F]{4}$/.test(digits)', json('an escape of two hex digits')),
    refuses('escape', 'plain === undefined', json('an unknown escape')),
    // A value that is not there is 0.
    becomes(
      'value',
      'numberPattern.exec(this.#text)?.[0]',
      "(numberPattern.exec(this.#text)?.[0] ?? (on('.value') ? undefined : ''))",
      json('a number that is not there'),
      { covers: ["if (text === undefined) throw this.#refuseHere('a value is expected')"] },
    ),
    becomes(
      'exact',
      'isExact(text, value) ? value : null',
      "isExact(text, value) || !on('.exact') ? value : null",
      json('a number of -0'),
      { covers: ['if (value === null) throw this.#refuse('] },
    ),
    becomes(
      'numberLength',
      'text.length > maxNumberLength ? null',
      "on('.numberLength') && text.length > maxNumberLength ? null",
      json('a number of 401 characters'),
    ),
  ]),
  ...pointsOf('encoding/pem.ts', [
    refuses('nested', 'label !== null', pem('a second BEGIN in a block')),
    refuses('many', 'blocks.length === maxBlocks', pem('17 blocks'), {
      behind: ['evidence/assemble.manyCertificates'],
    }),
    refuses(
      'outside',
      '!/^[ \\t]*$/.test(line)',
      of('container/guards', 'two PEM blocks and text between them'),
    ),
    refuses('empty', 'bytes.length === 0', pem('an empty block'), { behind: ['check:intermediates'] }),
    refuses('emptyLine', 'line.length === 0', pem('an empty line in a block')),
    refuses('longLine', 'line.length > 76', pem('a line of 80 characters')),
    becomes(
      'end',
      'return label === null &&',
      "return (label === null || !on('.end')) &&",
      pem('a block that does not end'),
    ),
  ]),
  ...pointsOf('encoding/base64.ts', [
    refuses('padding', 'text.length % 4 !== 0', base64('one padding character too many')),
    refuses('missingPadding', "padding === 'required' && end % 4 !== 0", pem('base64 without padding')),
    refuses('rest', 'end % 4 === 1', base64('one character more than bytes need')),
    refuses('alphabet', 'value === undefined', base64('a character that is none in place of a zero')),
    becomes(
      'unusedBits',
      '(buffer & ((1 << bits) - 1)) === 0 ?',
      "(buffer & ((1 << bits) - 1)) === 0 || !on('.unusedBits') ?",
      base64('an unused bit that is set'),
    ),
  ]),
  ...pointsOf('crypto/p384-point.ts', [
    // No report is signed with such a key, so the signature is taken for valid as well.
    refuses(
      'coordinates',
      'x >= p || y >= p',
      of('certificate/guards', 'a coordinate of x + p, for a point of small x'),
      { behind: ['check:signature'] },
    ),
    becomes(
      'equation',
      'return (y * y - (x * x * x - 3n * x + b)) % p === 0n',
      "return (y * y - (x * x * x - 3n * x + b)) % p === 0n || !on('.equation')",
      of('certificate/subject', 'a point off the curve'),
      { behind: ['check:signature'] },
    ),
  ]),
  ...pointsOf('verify/leaf.ts', [
    // Containers refuse two certificates of a kind: this guard is for formats to come.
    refuses('two', 'candidates.length > 1', of('container/cert-table', 'a GUID twice'), {
      behind: ['evidence/cert-table.twice', 'evidence/assemble.ofAKind'],
    }),
    refuses('none', 'leaf === undefined', of('endorsement/missing', 'no certificate at all'), {
      instead: { code: 'TypeError', reason: 'without a certificate there is no key to verify anything with' },
    }),
  ]),
]
