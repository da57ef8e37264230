// The exact form: bytes of a 2cvm-agent/1 manifest are accepted only as the agent itself writes them.
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { isVerificationError } from '../errors/error.js'
import { fromUtf8, toUtf8 } from '../encoding/text.js'
import { agentDocument, changed } from '../../test/support/manifest-documents.js'
import { type ManifestOptions, parseManifest } from './parse.js'

const agent: ManifestOptions = { schema: '2cvm-agent/1', bytes: 'raw' }
const exact: ManifestOptions = { ...agent, requireExact: true }
const plain = JSON.stringify(agentDocument)

/** The offset of the byte that is refused. */
function refusedAt(text: string): unknown {
  try {
    parseManifest(text, exact)
  } catch (error) {
    if (!isVerificationError(error)) throw error
    expect(error.code).toBe('MANIFEST_NOT_CANONICAL')
    const { offset } = error.details
    expect(error.message).toBe(
      `manifest is not written as the agent writes it: byte ${offset as number} differs`,
    )
    return offset
  }
  return expect.unreachable('accepted')
}

describe('exact bytes of the agent', () => {
  it('are those of its field order, with one source or several', () => {
    expect(parseManifest(plain, exact).mode).toBe('raw')
    const sources = changed(agentDocument, { 'permissions.0.data_permissions.0': { type: 'a', sources: [] } })
    expect(parseManifest(JSON.stringify(sources), exact).mode).toBe('raw')
  })

  const lastFirst = { ...changed(agentDocument, { data: undefined }), data: agentDocument['data'] }
  const id = (value: string): string =>
    JSON.stringify(changed(agentDocument, { transferRequestIdIMEC: value }))
  test.each<readonly [string, string]>([
    ['white space', plain.replace('{', '{ ')],
    ['a line feed at the end', `${plain}\n`],
    ['another order', JSON.stringify(lastFirst)],
    [
      'an order inside',
      plain.replace('"name":"records","participant":"hospital"', '"participant":"hospital","name":"records"'),
    ],
    [
      'sources before their type',
      plain.replace('"type":"read","sources":["weights"]', '"sources":["weights"],"type":"read"'),
    ],
    ['ASCII escapes', id('é').replace('é', '\\u00e9')],
    ['an escaped slash', plain.replace('/rows', '\\/rows')],
    ['a control character in upper case', id('\u001f').replace('001f', '001F')],
    ['a long escape for a short one', plain.replace('\\n', '\\u000a')],
    ['an escape for a letter', plain.replace('records', '\\u0072ecords')],
  ])('%s is not', (_, text) => {
    const { document } = parseManifest(text, agent)
    const given = toUtf8(text)
    const written = toUtf8(JSON.stringify(document))
    const at = refusedAt(text)
    expect(at).toBe([...given].findIndex((byte, i) => byte !== written[i]))
  })

  it('keep every character but control characters, quotes and backslashes as it is', () => {
    const text = JSON.stringify(
      changed(agentDocument, {
        transferRequestIdIMEC: 'é設🧪\u2028\u2029\u007f\ufeff\uffff</&',
        transferRequestIdFabless: '\b\t\n\f\r\0\u001f"\\',
      }),
    )
    expect(text).toContain('\u2028\u2029\u007f')
    expect(text).toContain('"\\b\\t\\n\\f\\r\\u0000\\u001f\\"\\\\"')
    expect(parseManifest(text, exact).mode).toBe('raw')
  })

  it('are kept for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (value) => {
        const text = JSON.stringify(changed(agentDocument, { transferRequestIdIMEC: value }))
        expect(fromUtf8(parseManifest(text, exact).bytes)).toBe(text)
      }),
    )
  })

  it('a schema violation is told first', () => {
    expect(() => parseManifest('{ }', exact)).toThrow(expect.objectContaining({ code: 'MANIFEST_SCHEMA' }))
  })
})
