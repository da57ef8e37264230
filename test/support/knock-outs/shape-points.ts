// Guards of the shape of manifests and of expectations, and of the bytes that a manifest is read from.
import { attestedExpectations, changed } from '../manifest-documents.js'
import {
  attestedText,
  digestOf,
  expecting,
  reportInput,
  utf8,
  withReportData,
} from '../vectors/commitment-sketch.js'
import { type Edit, type MadeCase, becomes, of, pointsOf, refuses } from './point.js'

const shape = (...comments: readonly string[]): readonly string[] => of('manifest/shape', ...comments)
const expected = (...comments: readonly string[]): readonly string[] =>
  of('manifest/expectations', ...comments)

const schema = 'attested/manifest@1'
const committed = (manifest: string, accept = expecting(attestedExpectations, schema)) => ({
  ...reportInput,
  ...withReportData(digestOf('sha256', utf8(manifest))),
  binding: { form: 'manifest' as const, manifest, accept },
})

/** Fewer characters than bytes. */
const longText: MadeCase = {
  name: 'a manifest of a million characters and more bytes',
  code: 'MANIFEST_MALFORMED',
  make: () => {
    const participants = Array.from({ length: 300 }, (_, at) => ({ name: String(at), did: 'é'.repeat(2000) }))
    return committed(attestedText({ participants }), { unchecked: 'its bytes are many' })
  },
}
const manyParticipants: MadeCase = {
  name: '10 000 participants',
  code: 'MANIFEST_SCHEMA',
  make: () => {
    const more = Array.from({ length: 10_000 }, (_, at) => ({
      name: `p${String(at)}`,
      did: `did:web:${String(at)}`,
    }))
    const names = ['hospital', 'pharma'].map((name) => ({ name, did: `did:web:${name}.example` }))
    return committed(attestedText({ participants: [...names, ...more] }))
  },
}
const manyExpectations: MadeCase = {
  name: 'expectations of 4097 data items',
  code: 'MANIFEST_EXPECTATIONS_MALFORMED',
  make: () => {
    const more = Array.from({ length: 4096 }, (_, at) => [`receiversOf.d${String(at)}`, []] as const)
    const document = changed(attestedExpectations, Object.fromEntries(more))
    return committed(attestedText(), expecting(document, schema))
  },
}

export const shapeEdits: readonly Edit[] = [
  ...pointsOf('manifest/shape.ts', [
    // What is no text is taken as it prints.
    becomes(
      'text',
      "if (typeof value !== 'string') {",
      "if (typeof value !== 'string' && !on('.text')) return String(value)\n    if (typeof value !== 'string') {",
      [...shape('a title that is a number'), ...expected('a receiver that is no text')],
    ),
    becomes(
      'long',
      'if (value.length > max) {\n      problems.push({ path, message: `is longer',
      "if (on('.long') && value.length > max) {\n      problems.push({ path, message: `is longer",
      shape('a title of 257 characters'),
    ),
    refuses(
      'pattern',
      'pattern !== null && !pattern.test(value)',
      shape('a digest in capitals', 'a digest of another length', 'a digest with a line feed behind it'),
    ),
    becomes(
      'oneOf',
      'if (known === undefined) problems.push({ path, message })\n    return known',
      "if (known === undefined && !on('.oneOf')) return value\n    if (known === undefined) problems.push({ path, message })\n    return known",
      [
        ...shape('an unknown capability', 'the schema of a later version'),
        ...expected('an unknown capability'),
      ],
    ),
    // What is no list is a list of one.
    becomes(
      'list',
      'if (!isList(value)) {',
      "if (!isList(value) && !on('.list')) return [value]\n    if (!isList(value)) {",
      shape('capabilities that are no list'),
    ),
    becomes(
      'items',
      'if (value.length > max) {\n      problems.push({ path, message: `has',
      "if (on('.items') && value.length > max) {\n      problems.push({ path, message: `has",
      [...shape('eight capabilities'), manyParticipants],
    ),
    // A list is its first element.
    becomes(
      'record',
      "if (!isObject(value)) {\n      problems.push({ path, message: 'must be an object' })\n      return undefined\n    }\n    const before",
      "if (!isObject(value) && !on('.record')) value = value[0]\n    if (!isObject(value)) {\n      problems.push({ path, message: 'must be an object' })\n      return undefined\n    }\n    const before",
      shape('an array of one manifest'),
    ),
    refuses('unknown', 'unknown.length > 0', [
      ...shape('an unknown member', 'an unknown member of a component', 'a member called constructor'),
      ...expected('an unknown member', 'the members of another schema'),
    ]),
    becomes(
      'missing',
      'if (member === undefined) problems.push(',
      "if (member === undefined && !on('.missing')) continue\n      if (member === undefined) problems.push(",
      shape('no title'),
    ),
    // A list has no members.
    becomes(
      'dictionary',
      "if (!isObject(value)) {\n      problems.push({ path, message: 'must be an object' })\n      return undefined\n    }\n    const entries",
      "if (on('.dictionary') && !isObject(value)) {\n      problems.push({ path, message: 'must be an object' })\n      return undefined\n    }\n    const entries",
      expected('a list in the place of receiversOf'),
    ),
    refuses('members', 'entries.length > max', [manyExpectations]),
    refuses('key', 'key.length > maxKey', expected('receiversOf with a name of 129 characters')),
  ]),
  ...pointsOf('manifest/agent-document.ts', [
    refuses(
      'both',
      "if (Object.hasOwn(value, 'source'))",
      of('manifest/agent-shape', 'source beside sources'),
      {
        behind: ['manifest/shape.unknown', 'manifest/parse.exact'],
      },
    ),
  ]),
  ...pointsOf('manifest/parse.ts', [
    refuses('bytes', 'given.length > maxBytes', [longText]),
    becomes(
      'exact',
      'if (at < 0 && expected.length === bytes.length) return',
      "if (!on('.exact') || (at < 0 && expected.length === bytes.length)) return",
      of(
        'profile/2cvm-agent/document',
        'signed with white space in it',
        'signed with two members exchanged',
        'signed with an escape that is not needed',
      ),
    ),
  ]),
]
