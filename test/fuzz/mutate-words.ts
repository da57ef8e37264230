// Mutations of texts that are made of words: a composition whose words still are words gets past the first of them.
import type { Mutator } from './mutate-structured.js'

const words =
  /\s+|"[^"\n]*"|\/\*|\*\/|\/\/|\.\.\.|[%A-Za-z0-9-]+(?::[%A-Za-z0-9-]+)*(?:\/[A-Za-z0-9-]+)*(?:@[\w.+-]+)?|./gsu
const odd = [
  ...[
    'new',
    'let',
    'export',
    'as',
    'package',
    'import',
    '...',
    '.',
    ',',
    ';',
    ':',
    '=',
    '(',
    ')',
    '{',
    '}',
    '[',
  ],
  ...[
    ']',
    '"',
    '""',
    '/*',
    '*/',
    '//',
    '\n',
    ' ',
    'a',
    'a:b',
    'a:b/c@1.0.0',
    'a:b@1.0.0',
    '%let',
    'A-b',
    '\u202e',
  ],
]

/** One to three words removed, repeated, moved or replaced. Seeds must be UTF-8. */
export const mutateWords: Mutator = (random, seeds) => {
  const text = new TextDecoder().decode(random.pick(seeds))
  const list = text.match(words) ?? []
  for (let left = 1 + random.below(3); left > 0; left -= 1) {
    const at = random.below(list.length + 1)
    const way = random.below(5)
    if (way === 0) list.splice(at, 1)
    else if (way === 1) list.splice(at, 0, random.pick([...list, ...odd]))
    else if (way === 2) list.splice(at, 1, random.pick(odd))
    else if (way === 3) list.splice(at, 0, ...list.slice(at, at + 1 + random.below(12)))
    else list.splice(random.below(list.length + 1), 0, ...list.splice(at, 1 + random.below(6)))
  }
  return new TextEncoder().encode(list.join(''))
}
