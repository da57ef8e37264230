/**
 * A directory as the tool snpguest fills it: a report, and certificates by name as PEM or DER.
 * Source: virtee/snpguest, README and `src/certs`. `attested kds fetch --out` may have added to it.
 */
import {
  type ContainerParts,
  type LeafCandidate,
  duplicate,
  malformed,
  readCertificates,
  readCrl,
  readLeaf,
  unknownName,
} from './container.js'
import type { FilesFormat } from './format.js'
import type { Files } from './input.js'

const what = 'snpguest-dir'

const reportNames = ['attestation-report.bin', 'report.bin'] as const
/** Certificates and lists by what they are; `asvk` stands in the place of `ask` above a VLEK. */
const stems = ['vcek', 'vlek', 'ask', 'asvk', 'ark', 'crl'] as const
type Stem = (typeof stems)[number]
/** The content says if it is PEM or DER, as the tool itself reads it. */
const endings = ['pem', 'der'] as const
/** The REPORT_DATA that was asked for, as the tool keeps it beside the report. It proves nothing. */
const requests = ['request-data', 'request-file', 'random-request-file'].flatMap((stem) => [
  `${stem}.txt`,
  `${stem}.bin`,
])

/** When `kds fetch` got what it wrote. It is in reach of whoever fills the directory, and so no word of the caller's. */
const fetchRecord = 'kds.json'

const known: ReadonlySet<string> = new Set<string>([
  ...reportNames,
  ...stems.flatMap((stem) => endings.map((ending) => `${stem}.${ending}`)),
  ...requests,
  fetchRecord,
])

export const snpguestDir: FilesFormat = {
  name: 'snpguest-dir',
  takes: 'files',
  recognises: (files) => reportNames.some((name) => files.has(name)) && [...files.keys()].every(isKnown),
  decode: (files): ContainerParts => {
    for (const name of files.keys()) if (!isKnown(name)) throw unknownName(what, 'file', name)
    const report = only(files, reportNames)
    if (report === null) throw malformed(what, `no file ${reportNames.join(' or ')}`)
    return {
      report,
      leaves: (['vcek', 'vlek'] as const).flatMap((kind): readonly LeafCandidate[] =>
        held(files, kind, (bytes) => [{ kind, der: readLeaf(bytes, kind) }]),
      ),
      authorities: (['ask', 'asvk', 'ark'] as const).flatMap((stem) =>
        held(files, stem, (bytes) => readCertificates(bytes, stem)),
      ),
      crls: held(files, 'crl', (bytes) => [readCrl(bytes, 'crl')]),
    }
  },
}

const isKnown = (name: string): boolean => known.has(name)

function held<T>(files: Files, stem: Stem, read: (bytes: Uint8Array) => readonly T[]): readonly T[] {
  const bytes = only(
    files,
    endings.map((ending) => `${stem}.${ending}`),
  )
  return bytes === null ? [] : read(bytes)
}

/** The one file of several names for the same thing. Two would be read differently by two readers. */
function only(files: Files, names: readonly string[]): Uint8Array | null {
  const [name, ...more] = names.filter((one) => files.has(one))
  if (more.length > 0) throw duplicate(what, [name, ...more].join(' and '))
  return name === undefined ? null : (files.get(name) ?? null)
}
