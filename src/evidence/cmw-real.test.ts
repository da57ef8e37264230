// Genuine evidence in a wrapper. The TSM report came without one: the wrapper is ours.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { jsonBytes } from '../../test/support/azure.js'
import { cborRecord, jsonRecord, tsmCborType, tsmJsonType } from '../../test/support/cmw.js'
import { realItems } from '../../test/support/real-folder.js'
import { decodeEvidence, partsOfEvidence } from './evidence.js'

const real = realItems().find(({ slug }) => slug === 'veraison-genoa-v3-tsm')
describe.skipIf(real === undefined)('the TSM report of Veraison', () => {
  const file = (name: string): Uint8Array => new Uint8Array(readFileSync(join(real?.folder ?? '', name)))
  it('in a record and in a collection', async () => {
    for (const bytes of [
      cborRecord(tsmCborType, file('tsm.cbor'), 4),
      jsonBytes({ 'tsm-report': jsonRecord(tsmCborType, file('tsm.cbor'), 4) }),
      jsonBytes({ 'tsm-report': jsonRecord(tsmJsonType, file('tsm.json'), 4) }),
    ]) {
      const evidence = await decodeEvidence(bytes, 'auto')
      expect(evidence.format).toBe('cmw')
      expect(evidence.report).toEqual(file('report.bin'))
      expect(partsOfEvidence(evidence).leaves).toEqual([{ kind: 'vcek', der: file('vek.der') }])
    }
  })
})
