/** Takes a container apart and puts what the caller adds beside it. Loaded with the first evidence. */
import { copyBytes, equalBytes, isBytes } from '../encoding/bytes.js'
import { VerificationError } from '../errors/error.js'
import { reportBytes } from '../report/layout.js'
import {
  type ContainerParts,
  type EvidenceFormat,
  type LeafCandidate,
  isRoot,
  kindOfLeaf,
  malformed,
  readCertificates,
  readCrl,
} from './container.js'
import type { ContainerFormat } from './format.js'
import type { CopiedExtras, EvidenceCrl, Files } from './input.js'
import { maxCertificates, maxCrls, requireSize, tooMany } from './limits.js'
import { recogniseFormat } from './recognise.js'
import { formatNamed, maxBytesOf } from './registry.js'

/** What evidence consists of. Untrusted in every part. */
export interface EvidenceParts {
  readonly report: Uint8Array
  readonly reconstructed: boolean
  readonly leaves: readonly LeafCandidate[]
  readonly intermediates: readonly Uint8Array[]
  readonly roots: readonly Uint8Array[]
  readonly crls: readonly EvidenceCrl[]
  /** A copy each time it is asked for. */
  readonly attachments: ReadonlyMap<string, Uint8Array>
}

/** @throws VerificationError `EVIDENCE_*`, `REPORT_LENGTH`. */
export async function assemble(
  input: Uint8Array | Files,
  name: EvidenceFormat | 'auto',
  extras: CopiedExtras,
): Promise<{ readonly format: EvidenceFormat; readonly parts: EvidenceParts }> {
  const added = await readExtras(extras)
  const format = name === 'auto' ? await recogniseFormat(input) : await formatNamed(name)
  return { format: format.name, parts: merge(await decodeAs(format, input), added) }
}

function decodeAs(
  format: ContainerFormat,
  input: Uint8Array | Files,
): ContainerParts | Promise<ContainerParts> {
  if (isBytes(input)) {
    if (format.takes === 'files') throw wrongKind(format.name, 'a directory, not a file')
    // A recognised format has its own limit, below that of unknown ones.
    requireSize(input, maxBytesOf(format.name), 'evidence')
    return format.decode(input)
  }
  if (format.takes === 'bytes') throw wrongKind(format.name, 'a file, not a directory')
  return format.decode(input)
}

const wrongKind = (name: EvidenceFormat, problem: string): VerificationError =>
  new VerificationError('EVIDENCE_FORMAT', `${name} is ${problem}`, { format: name })

/** The caller's additions as DER. */
async function readExtras({ leaf, authorities, crls }: CopiedExtras): Promise<CopiedExtras> {
  const key = await readKey(leaf)
  return {
    leaf: key.leaf,
    authorities: [
      ...key.authorities,
      ...authorities.flatMap((bytes) => readCertificates(bytes, 'certificate')),
    ],
    crls: crls.map((crl) => ({ ...crl, der: readCrl(crl.der, 'CRL') })),
  }
}

/**
 * The key, and what came with it: certificates over it as PEM, the key first, or what Azure's metadata service answers, an
 * object of JSON, which begins as no certificate does.
 */
async function readKey(bytes: Uint8Array | null): Promise<Pick<CopiedExtras, 'leaf' | 'authorities'>> {
  if (bytes === null) return { leaf: null, authorities: [] }
  if (bytes[0] !== 0x7b) {
    const [leaf = null, ...authorities] = readCertificates(bytes, 'endorsement key')
    // Which of two keys was meant is not guessed.
    if (authorities.some((der) => kindOfLeaf(der) !== null))
      throw malformed('endorsement key', 'it is not the first of the certificates, or not the only one')
    return { leaf, authorities }
  }
  const { readThim } = await import('./thim.js')
  return readThim(bytes)
}

function merge(held: ContainerParts, added: CopiedExtras): EvidenceParts {
  if (held.report.length !== reportBytes) {
    throw new VerificationError(
      'REPORT_LENGTH',
      `report: expected ${String(reportBytes)} bytes, got ${String(held.report.length)}`,
      {
        expected: reportBytes,
        actual: held.report.length,
      },
    )
  }
  requireOneOfAKind(held.leaves)
  const authorities = [...held.authorities, ...added.authorities]
  if (authorities.length > maxCertificates) throw tooMany('certificates', maxCertificates)
  // The same CRL out of the container adds nothing to what the caller says of it.
  const ownCrls = held.crls.filter((der) => !added.crls.some((crl) => equalBytes(crl.der, der)))
  const crls = [...ownCrls.map((der): EvidenceCrl => ({ der, fetchedAt: null, scope: null })), ...added.crls]
  if (crls.length > maxCrls) throw tooMany('CRLs', maxCrls)
  const attachments = copiesOf(Object.entries(held.attachments ?? {}))
  return {
    report: copyBytes(held.report),
    reconstructed: held.reconstructed ?? false,
    leaves: mergeLeaves(held.leaves, added.leaf),
    intermediates: authorities.filter((der) => !isRoot(der)),
    roots: authorities.filter(isRoot),
    crls,
    get attachments() {
      return copiesOf(attachments)
    },
  }
}

function copiesOf(
  entries: Iterable<readonly [name: string, bytes: Uint8Array | null]>,
): ReadonlyMap<string, Uint8Array> {
  const copies = new Map<string, Uint8Array>()
  for (const [name, bytes] of entries) if (bytes !== null) copies.set(name, copyBytes(bytes))
  return copies
}

/** Of two keys that a container calls by one kind, two readers could take different ones, whatever the report says. */
function requireOneOfAKind(leaves: readonly LeafCandidate[]): void {
  const kinds = leaves.map(({ kind }) => kind)
  if (new Set(kinds).size === kinds.length) return
  throw new VerificationError('EVIDENCE_DUPLICATE', 'the container holds two endorsement keys of one kind', {
    kinds,
  })
}

/** The caller's key beside one of its kind in the container is refused unless they are the same. */
function mergeLeaves(held: readonly LeafCandidate[], added: Uint8Array | null): readonly LeafCandidate[] {
  if (added === null || held.some(({ der }) => equalBytes(der, added))) return held
  const kind = held.length === 0 ? null : kindOfLeaf(added)
  if (held.length > 0 && (kind === null || held.some((leaf) => leaf.kind === kind))) {
    throw new VerificationError(
      'EVIDENCE_DUPLICATE',
      'the container already holds an endorsement key, another one',
      { kinds: held.map((leaf) => leaf.kind) },
    )
  }
  return [...held, { kind, der: added }]
}
