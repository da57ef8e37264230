// Every element of genuine and lab certificates, spoiled in every way that BER allows and DER does not: one code each.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type DerNode, type Spoil, derNodes, derTree, writeSpoiled } from '../../test/fuzz/der-tree.js'
import { type Outcome, outcomeOf } from '../../test/fuzz/outcome.js'
import { concat, hex, longFormTlv, nullValue, tlv, toHex } from '../../test/support/der.js'
import { labEvidence } from '../../test/support/pki.js'
import { realFolder } from '../../test/support/real-folder.js'
import { parseEndorsementKey } from '../endorsement/endorsement-key.js'
import { amdRoots } from '../product/roots.js'
import { parseCertificate } from './certificate.js'

interface Sample {
  readonly name: string
  readonly der: Uint8Array
  readonly parse: (der: Uint8Array) => unknown
}

const lab = (options: Parameters<typeof labEvidence>[0], name: string): Sample => ({
  name,
  der: labEvidence(options).vek,
  parse: parseEndorsementKey,
})
const samples: readonly Sample[] = [
  lab({ line: 'Milan' }, 'lab Milan VCEK'),
  lab({ line: 'Turin' }, 'lab Turin VCEK'),
  lab({ line: 'Genoa', signer: 'vlek' }, 'lab Genoa VLEK'),
  { name: 'the ARK of Milan', der: amdRoots('Milan').ark, parse: parseCertificate },
  { name: 'the ASK of Genoa', der: amdRoots('Genoa').ask, parse: parseCertificate },
  { name: 'the ASVK of Turin', der: amdRoots('Turin').asvk, parse: parseCertificate },
]

// One of each kind: with and without an explicit trailerField, VCEK of each line, VLEK.
const realNames = [
  'go-sev-guest-milan-v2-debug',
  'dstack-milan-v3',
  'mstav-turin-v5',
  'trustee-aws-milan-v3-vlek',
]
const folder = realFolder()
const real: readonly Sample[] =
  folder === null
    ? []
    : realNames.map((name) => ({
        name: `real ${name}`,
        der: new Uint8Array(readFileSync(join(folder, name, 'vek.der'))),
        parse: parseEndorsementKey,
      }))

// Places in a certificate, as paths of the tree.
const issuer = '0.3'
const innerAlgorithm = '0.2'
const subject = '0.5'
const publicKey = '0.6'
const wrapper = '0.7'
const outerAlgorithm = '1'
const inside = (path: string, top: string): boolean => path.startsWith(`${top}.`)
const at = (path: string, ...places: readonly string[]): boolean => places.includes(path)

/**
 * What a spoiled element must give. Algorithm identifiers and keys are compared as bytes, not walked, so whatever is
 * wrong inside them is another algorithm or another key; `own` is the code wherever the reader walks.
 */
function expectedCode(path: string, own: Outcome, isEc: boolean): Outcome {
  if (inside(path, innerAlgorithm)) return 'CERTIFICATE_ALGORITHM'
  if (inside(path, outerAlgorithm)) return 'CERTIFICATE_ALGORITHM_MISMATCH'
  if (inside(path, `${publicKey}.0`) || (isEc && inside(path, `${publicKey}.1`)))
    return 'CERTIFICATE_MALFORMED'
  if (isEc && path === `${publicKey}.1`) return 'CERTIFICATE_MALFORMED'
  return own
}

interface Way {
  readonly name: string
  readonly spoil: Spoil
  readonly applies: (node: DerNode) => boolean
  /** The code where the reader walks. */
  readonly own: (path: string) => Outcome
}

const always = (): boolean => true
const isConstructed = (node: DerNode): boolean => node.children !== null
/** The reader looks at this tag before it steps in, to say that there are no extensions. */
const unlessWrapper = (path: string): Outcome =>
  path === wrapper ? 'CERTIFICATE_MALFORMED' : 'DER_UNEXPECTED'
/** The value of a name attribute may be of two types; of any other the name is not AMD's. */
const nameValue = /^0\.[35]\.\d+\.0\.1$/
const unlessNameValue = (path: string): Outcome =>
  nameValue.test(path) ? 'CERTIFICATE_MALFORMED' : unlessWrapper(path)

const ways: readonly Way[] = [
  ...[1, 2].map((extra) => ({
    name: `a length with ${extra} zero byte too many`,
    spoil: (tag: number, content: Uint8Array) => longFormTlv(tag, extra, content),
    applies: (node: DerNode) => node.content.length > 0,
    own: (): Outcome => 'DER_NOT_CANONICAL',
  })),
  {
    name: 'a length in the long form that fits the short one',
    spoil: (tag, content) => longFormTlv(tag, 0, content),
    applies: (node) => node.content.length > 0 && node.content.length < 0x80,
    own: () => 'DER_NOT_CANONICAL',
  },
  {
    name: 'an indefinite length',
    spoil: (tag, content) => concat(Uint8Array.of(tag, 0x80), content, hex('0000')),
    applies: always,
    own: () => 'DER_NOT_CANONICAL',
  },
  {
    name: 'a tag of more than one byte',
    spoil: (tag, content) => {
      const short = tlv(tag, content)
      return concat(Uint8Array.of(tag | 0x1f, tag & 0x1f), short.subarray(1))
    },
    applies: always,
    own: unlessWrapper,
  },
  {
    name: 'the other form, constructed or primitive',
    spoil: (tag, content) => tlv(tag ^ 0x20, (tag & 0x20) === 0 ? tlv(tag, content) : content),
    applies: always,
    own: unlessNameValue,
  },
  {
    name: 'another class',
    spoil: (tag, content) => tlv(tag ^ 0x40, content),
    applies: always,
    own: unlessNameValue,
  },
  {
    name: 'an element after its last',
    spoil: (tag, content) => tlv(tag, content, nullValue()),
    applies: isConstructed,
    own: (path) =>
      at(path, issuer, subject, `${wrapper}.0`)
        ? 'DER_UNEXPECTED'
        : at(path, publicKey, `${publicKey}.0`)
          ? 'CERTIFICATE_MALFORMED'
          : path === innerAlgorithm
            ? 'CERTIFICATE_ALGORITHM'
            : path === outerAlgorithm
              ? 'CERTIFICATE_ALGORITHM_MISMATCH'
              : 'DER_TRAILING_DATA',
  },
]

it.skipIf(folder === null)('genuine leaves of four kinds are among the samples', () => {
  expect(real).toHaveLength(4)
})

describe.each([...samples, ...real])('$name', ({ der, parse }) => {
  const tree = derTree(der)
  const nodes = derNodes(tree)
  const isEc = parseCertificate(der).key.kind === 'p384'

  it('is read as it is, and the tree writes it back', () => {
    expect(outcomeOf(() => parse(der))).toBe('accepted')
    for (const { path } of nodes) expect(toHex(writeSpoiled(tree, path, tlv))).toBe(toHex(der))
    expect(nodes.length).toBeGreaterThan(100)
  })

  it.each(ways)('with $name at each element', ({ spoil, applies, own }) => {
    const wrong: string[] = []
    let count = 0
    for (const node of nodes.filter(applies)) {
      const expected = expectedCode(node.path, own(node.path), isEc)
      const got = outcomeOf(() => parse(writeSpoiled(tree, node.path, spoil)))
      if (got !== expected) wrong.push(`${node.path}: expected ${expected}, got ${got}`)
      count += 1
    }
    expect(wrong).toEqual([])
    expect(count).toBeGreaterThan(40)
  })

  it('cut at every byte, or with bytes after it', () => {
    const got = new Set<Outcome>()
    for (let length = 0; length < der.length; length += 1)
      got.add(outcomeOf(() => parse(der.subarray(0, length))))
    expect([...got]).toEqual(['DER_TRUNCATED'])
    for (const tail of ['00', '0000', '0500', '30'])
      expect(outcomeOf(() => parse(concat(der, hex(tail))))).toBe('DER_TRAILING_DATA')
    expect(outcomeOf(() => parse(concat(der, der)))).toBe('DER_TRAILING_DATA')
  })
})
