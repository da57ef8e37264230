import { describe, expect, it } from 'vitest'
import { agentBody, agentKeyPem } from '../../test/support/agent-2cvm.js'
import { labEvidence } from '../../test/support/pki.js'
import { type Evidence, attachmentsOf, decodeEvidence, partsOfEvidence } from './evidence.js'

const { report } = labEvidence({ line: 'Genoa' })
const agent = (): Promise<Evidence> => decodeEvidence(agentBody(report), '2cvm-agent')
const names = ['teeKeyPem', 'manifest', 'manifestSignature']

describe('what came beside the report', () => {
  it('is named by the evidence, in a list that stays', async () => {
    const evidence = await agent()
    expect(evidence.attachments).toEqual(names)
    expect(Object.isFrozen(evidence.attachments)).toBe(true)
    expect([...attachmentsOf(evidence).keys()]).toEqual(names)
    expect([...partsOfEvidence(evidence).attachments.keys()]).toEqual(names)
  })

  it('is handed out as copies', async () => {
    const evidence = await agent()
    for (const of of [attachmentsOf, (one: Evidence) => partsOfEvidence(one).attachments]) {
      const given = of(evidence) as Map<string, Uint8Array>
      given.get('teeKeyPem')?.fill(0)
      given.delete('manifest')
      given.set('other', report)
      expect(new TextDecoder().decode(of(evidence).get('teeKeyPem'))).toBe(agentKeyPem)
      expect([...of(evidence).keys()]).toEqual(names)
    }
  })

  it('holds nothing of the container but itself', async () => {
    for (const bytes of attachmentsOf(await agent()).values())
      expect(bytes.buffer.byteLength).toBe(bytes.length)
  })

  it('is nothing where a format has none', async () => {
    const evidence = await decodeEvidence(report, 'snp-report')
    expect(evidence).toMatchObject({ attachments: [], reconstructed: false })
    expect(attachmentsOf(evidence)).toEqual(new Map())
  })

  it('is asked of evidence alone', () => {
    for (const fake of [{}, null, { attachments: names }])
      expect(() => attachmentsOf(fake as unknown as Evidence)).toThrow(TypeError)
  })
})

describe('a directory', () => {
  it('is copied before any wait', async () => {
    const file = report.slice()
    const files = new Map([['outblob', file]])
    const decoding = decodeEvidence(files, 'tsm-dir')
    file.fill(0)
    files.set('auxblob', new Uint8Array(1))
    expect((await decoding).report).toEqual(report)
  })

  it('of more than 1 MiB, or 64 files, is refused', async () => {
    const large = new Map([
      ['outblob', report],
      ['manifestblob', new Uint8Array((1 << 20) - report.length + 1)],
    ])
    const many = new Map(Array.from({ length: 65 }, (_, index) => [String(index), new Uint8Array()] as const))
    for (const format of ['auto', 'tsm-dir', 'snpguest-dir'] as const) {
      for (const files of [large, many])
        await expect(decodeEvidence(files, format)).rejects.toMatchObject({ code: 'EVIDENCE_SIZE' })
    }
    large.set('manifestblob', new Uint8Array((1 << 20) - report.length))
    await expect(decodeEvidence(large, 'tsm-dir')).resolves.toMatchObject({ format: 'tsm-dir' })
  })
})
