// Guards of src/crypto/statement*: committed keys, and what they may sign with.
import { type Edit, becomes, of, pointsOf, refuses, requires } from './point.js'

const keys = (...comments: readonly string[]): readonly string[] => of('binding/keys', ...comments)
const signature = 'binding/run-profile.signature'

/** Whatever OpenSSL takes for an RSA key, with its own spelling. */
const lenient = "{ kind: 'rsa', value: modulusOf(der), spelt: der }"

export const statementEdits: readonly Edit[] = [
  ...pointsOf('crypto/statement-key.ts', [
    {
      find: "import { readJwk } from './jwk.js'",
      replace: `import { readJwk } from './jwk.js'
import { createPublicKey } from 'node:crypto'
const modulusOf = (der) => {
  const { n } = createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' }).export({ format: 'jwk' })
  return new Uint8Array(Buffer.from(n, 'base64url'))
}`,
      points: [],
    },
    {
      find: 'const spki = toSpki(bare)',
      replace: 'const spki = bare.spelt ?? toSpki(bare)',
      points: [],
    },
    refuses('longest', 'lengthOf(bytes) > longest', keys('801 bytes'), {
      behind: ['crypto/statement-key.form'],
    }),
    becomes(
      'der',
      'const key = fromSpki(der)',
      `const key = fromSpki(der) ?? (on('.der') ? null : ${lenient})`,
      keys('RSA with e = 3', 'no NULL behind rsaEncryption', 'a byte behind the key'),
      { covers: ['if (key === null) {'] },
    ),
    // The first one is taken.
    refuses('block', 'block === undefined || another !== undefined', keys('two keys'), {
      behind: ['crypto/statement-key.form', 'crypto/statement-key.longest'],
    }),
    refuses(
      'form',
      'text !== written && text !== `${written}\\n`',
      keys(
        'a block called RSA PUBLIC KEY',
        'lines of 76 characters',
        'lines that end in CR LF',
        'a second line end behind it',
        'a line end before it',
      ),
    ),
    becomes(
      'size',
      'if (!hasKeySize(key))',
      "if (on('.size') && !hasKeySize(key))",
      keys('RSA of 1024 bits'),
      { behind: ['crypto/statement-key.der'] },
    ),
    // Nobody can sign with such a key.
    becomes(
      'even',
      '(value.at(-1) ?? 0) % 2 === 0 ?',
      "on('.even') && (value.at(-1) ?? 0) % 2 === 0 ?",
      keys('RSA with an even modulus'),
      { behind: [signature], covers: ['if (problem !== null) throw malformed(problem)'] },
    ),
  ]),
  ...pointsOf('crypto/statement.ts', [
    requires('kind', 'kind === rule.key', keys('a key on P-256', 'a key on P-384'), { behind: [signature] }),
  ]),
]
