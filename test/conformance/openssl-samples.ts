// Every certificate and CRL that the vectors hold, once each, with the vector where it stands first.
import { createHash } from 'node:crypto'
import { fromPem } from '../../src/encoding/pem.js'
import { readVectorFiles } from '../support/vectors/read.js'
import type { Sample, Samples } from './differential-samples.js'

const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'))

/** DER, out of PEM where it is that: both readers get the same bytes. */
function derOf(bytes: Uint8Array): Uint8Array {
  const [block, ...more] = fromPem(Buffer.from(bytes).toString('latin1')) ?? []
  return block === undefined || more.length > 0 ? bytes : block.bytes
}

export function vectorSamples(): Samples {
  const certificates = new Map<string, Sample>()
  const crls = new Map<string, Sample>()
  const add = (into: Map<string, Sample>, name: string, base64: string): void => {
    const der = derOf(bytesOf(base64))
    const digest = createHash('sha256').update(der).digest('hex')
    if (!into.has(digest)) into.set(digest, { name, der })
  }
  for (const { groups } of readVectorFiles()) {
    for (const { id, input, tests } of groups) {
      for (const test of tests) {
        const merged = { ...input, ...test.input }
        const name = `${id}: ${test.comment}`
        if (merged.endorsementKey != null) add(certificates, name, merged.endorsementKey)
        for (const certificate of merged.certificates ?? []) add(certificates, name, certificate)
        for (const { crl } of merged.crls ?? []) add(crls, name, crl)
      }
    }
  }
  return { certificates: [...certificates.values()], crls: [...crls.values()] }
}
