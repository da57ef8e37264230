/**
 * Follows the edges of a profile from fields of an appraised report to named claims. The first edge that does not
 * hold ends it with one code; nothing of what was found till then gets out.
 */
import { equalBytes, isFilledWith } from '../encoding/bytes.js'
import { toHex } from '../encoding/hex.js'
import { type ErrorCode, VerificationError } from '../errors/error.js'
import { acceptClaims } from './accept.js'
import type { BindingContext } from './binding.js'
import type { BoundClaims } from './claims.js'
import { claimsOf } from './claims-of-run.js'
import { readerOf } from './codec.js'
import {
  type CommitEdge,
  type DecodeEdge,
  type Edge,
  type ProfileDefinition,
  type SignEdge,
} from './definition.js'
import { evaluate } from './evaluate.js'
import { type Expression, type Segment, inputsOf } from './expression.js'
import { isFramedCarrier } from './frame.js'
import { mismatch, wrongSize } from './mismatch.js'
import { isHostChosen } from './profile-rules.js'
import type { Found, Run, RunInputs, Statement } from './run.js'
import { showsChallenge } from './sizes.js'
import { stepsTo } from './steps.js'

const checkOf = { commit: 'binding', sign: 'binding.signature', decode: 'binding.decode' } as const

/**
 * Runs a profile over an appraised report.
 *
 * @throws VerificationError with the code of the first edge that does not hold.
 */
export async function runProfile(
  definition: ProfileDefinition,
  given: RunInputs,
  context: BindingContext,
): Promise<BoundClaims> {
  const run: Run = {
    definition,
    given,
    context,
    found: new Map(),
    report: { by: 'guest', fresh: false, enforced: true },
    unbound: [],
    assumptions: [...(definition.assumptions ?? [])],
    commitments: [],
    manifest: given.manifest ?? null,
  }
  const { ledger } = context
  requireLevel(run)
  for (const edge of definition.edges) {
    try {
      await follow(edge, run)
    } catch (error) {
      if (error instanceof VerificationError) ledger.fail(failedCheck(error.code, edge), noteOf(error))
      throw error
    }
  }
  ledger.pass('binding.inputs')
  ledger.pass('binding.empty')
  ledger.pass('binding', run.commitments[0])
  const { freshness } = definition
  if ('none' in freshness) ledger.leaveUnchecked('binding.challenge', given.freshnessReason ?? freshness.none)
  else ledger.pass('binding.challenge')
  for (const kind of ['decode', 'sign'] as const) {
    const some = definition.edges.some((edge) => edge.kind === kind)
    ledger.pass(checkOf[kind], some ? {} : { reason: 'none in this profile' })
  }
  const accepted = await acceptClaims(run.found, run.manifest, given, definition, ledger)
  return claimsOf(run, accepted)
}

function requireLevel({ definition, context }: Run): void {
  const { ledger, authentic } = context
  const expected = definition.vmpl
  if (expected === undefined) {
    ledger.pass('binding.vmpl', { reason: 'any in this profile' })
    return
  }
  const actual = authentic.report.vmpl
  if (!expected.includes(actual)) {
    ledger.fail('binding.vmpl', { expected, actual })
    throw new VerificationError(
      'BINDING_VMPL',
      `${definition.id}: the report was asked for at VMPL ${String(actual)}`,
      { profile: definition.id, expected, actual },
    )
  }
  ledger.pass('binding.vmpl', { expected, actual })
}

function failedCheck(code: ErrorCode, edge: Edge): string {
  if (code === 'BINDING_EMPTY') return 'binding.empty'
  if (code === 'FRESHNESS_MISMATCH') return 'binding.challenge'
  return isAboutInputs(code) ? 'binding.inputs' : checkOf[edge.kind]
}

const isAboutInputs = (code: ErrorCode): boolean =>
  ['BINDING_INPUT_MISSING', 'BINDING_INPUT_LENGTH', 'MANIFEST_NOT_LOCKED'].includes(code)

const noteOf = ({ code, details }: VerificationError) => ({
  reason: code,
  ...(details['expected'] === undefined ? {} : { expected: details['expected'] }),
  ...(details['actual'] === undefined ? {} : { actual: details['actual'] }),
})

function follow(edge: Edge, run: Run): void | Promise<void> {
  switch (edge.kind) {
    case 'commit':
      if (!isLeftOpen(edge, run)) followCommit(edge, run)
      return
    case 'sign':
      return followSign(edge, run)
    case 'decode':
      return followDecode(edge, run)
  }
}

/** An input, from the caller or from the evidence, of the length that the profile demands. */
function valueOf({ definition, given, context, found }: Run, name: string): Uint8Array {
  const item = definition.inputs[name]
  const bytes =
    given.inputs.get(name) ??
    // What the caller has to know is never read from the evidence; a reference value only where it is left open.
    (item === undefined
      ? found.get(name)?.bytes
      : item.source === 'evidence' || item.source === 'reference'
        ? context.attachments.get(name)
        : undefined)
  if (bytes === undefined) {
    throw new VerificationError(
      item?.missing ?? 'BINDING_INPUT_MISSING',
      `${definition.id}: ${name} is missing`,
      {
        profile: definition.id,
        input: name,
      },
    )
  }
  const length = item?.length ?? { min: 0, max: Infinity }
  const { min, max } = typeof length === 'number' ? { min: length, max: length } : length
  if (bytes.length < min || bytes.length > max) {
    throw new VerificationError('BINDING_INPUT_LENGTH', `${definition.id}: ${name} has a wrong length`, {
      profile: definition.id,
      input: name,
      min,
      max,
      actual: bytes.length,
    })
  }
  return bytes
}

/** A reference value that the caller leaves open is what came with the evidence; if nothing came, nothing is compared. */
function isLeftOpen({ layout }: CommitEdge, { definition, given, context }: Run): boolean {
  return layout
    .flatMap(inputsOf)
    .some(
      (name) =>
        definition.inputs[name]?.source === 'reference' &&
        !given.inputs.has(name) &&
        !context.attachments.has(name),
    )
}

function followCommit({ carrier, layout, enforcement }: CommitEdge, run: Run): void {
  const { definition, context, found, report } = run
  const { path } = context.authentic
  const source = typeof carrier === 'string' ? null : foundNamed(run, carrier.claim)
  const name = typeof carrier === 'string' ? carrier : carrier.claim
  const actual = source?.bytes ?? fieldOf(context, name)
  const from = source === null ? path.names : source.path
  const statement =
    source?.statement ??
    (isHostChosen(carrier)
      ? { by: 'host' as const, fresh: false, enforced: enforcement !== undefined }
      : report)
  if (source === null && isFilledWith(actual, 0))
    throw new VerificationError('BINDING_EMPTY', `${name} is all zero and so commits to nothing`, {
      carrier: name,
    })
  const parts = layout.map((segment) => bytesOfSegment(segment, run, name))
  const size = parts.reduce<number>((sum, part) => sum + (typeof part === 'number' ? part : part.length), 0)
  if (size !== actual.length) throw wrongSize(definition, layout, name, size, actual.length)
  let at = 0
  for (const [index, part] of parts.entries()) {
    const segment = layout[index]
    const length = typeof part === 'number' ? part : part.length
    const range = length === actual.length ? name : `${name}[${String(at)}..${String(at + length)}]`
    const bytes = actual.subarray(at, at + length)
    at += length
    if (segment === undefined) continue
    if (typeof part === 'number') {
      run.unbound.push(range)
      continue
    }
    const [expected, seen] = [toHex(part), toHex(bytes)]
    if (!equalBytes(part, bytes)) throw mismatch(definition, [segment], range, expected, seen)
    if (statement.by !== 'host' && isChallengeIn(segment, definition)) statement.fresh = true
    for (const input of new Set(inputsOf(segment)))
      if (!found.has(input))
        found.set(input, {
          bytes: valueOf(run, input),
          path: [...stepsTo(segment, input), range, ...from],
          statement,
          parent: null,
        })
  }
  if (typeof carrier === 'string')
    run.commitments.push({ expected: commitmentHex(parts), actual: toHex(actual) })
}

const commitmentHex = (parts: readonly (Uint8Array | number)[]): string =>
  parts.map((part) => (typeof part === 'number' ? '..'.repeat(part) : toHex(part))).join('')

/** Its bytes, or how many bytes are free. */
function bytesOfSegment(segment: Segment, run: Run, carrier: string): Uint8Array | number {
  return segment.kind === 'any' ? segment.size : bytesOfExpression(segment, run, carrier)
}

function bytesOfExpression(expression: Expression, run: Run, carrier: string): Uint8Array {
  return evaluate(expression, {
    valueOf: (input) => valueOf(run, input),
    profile: run.definition.id,
    // Frames were refused everywhere else.
    carrier: isFramedCarrier(carrier) ? carrier : 'REPORT_DATA',
  })
}

function fieldOf({ authentic: { report } }: BindingContext, carrier: string): Uint8Array {
  switch (carrier) {
    case 'HOST_DATA':
      return report.hostData
    case 'FAMILY_ID':
      return report.familyId
    case 'IMAGE_ID':
      return report.imageId
    default:
      return report.reportData
  }
}

function isChallengeIn(segment: Segment, { freshness }: ProfileDefinition): boolean {
  const name =
    'challenge' in freshness ? freshness.challenge : 'session' in freshness ? freshness.session : null
  return name !== null && showsChallenge(segment, name)
}

function foundNamed({ found }: Run, name: string): Found {
  const claim = found.get(name)
  // defineProfile refuses an edge from what no earlier edge leads to.
  if (claim === undefined) throw new TypeError(`${name} is not proven`)
  return claim
}

async function followSign(edge: SignEdge, run: Run): Promise<void> {
  const { algorithm, saltLength, keyForm, message, signature, assumption } = edge
  const { definition, context, found } = run
  const key = foundNamed(run, edge.key)
  const signed = bytesOfExpression(message, run, '')
  const bytes = valueOf(run, signature)
  const { readStatementKey } = await import('../crypto/statement-key.js')
  const { verifyStatement } = await import('../crypto/statement.js')
  const statementKey = readStatementKey(key.bytes, keyForm)
  const holds = await verifyStatement({
    algorithm,
    ...(saltLength === undefined ? {} : { saltLength }),
    key: statementKey,
    message: signed,
    signature: bytes,
    engine: context.engine,
  })
  if (!holds) {
    throw new VerificationError(
      edge.code ?? 'BINDING_SIGNATURE_INVALID',
      `${signature} is not a signature by ${edge.key}`,
      {
        profile: definition.id,
        key: edge.key,
        signature,
        algorithm,
      },
    )
  }
  const assumed = assumption !== undefined && context.softwareIdentity !== 'none'
  if (assumption !== undefined)
    run.assumptions.push(
      assumed ? assumption : `not taken, because no policy states the software: ${assumption}`,
    )
  // A key that the host chose may be the host's own: it signs whatever the host wants, challenges included.
  const isHostKey = key.statement.by === 'host'
  const statement: Statement = {
    by: isHostKey ? 'host' : 'key',
    fresh: !isHostKey && (isChallengeIn(message, definition) || (assumed && key.statement.fresh)),
    enforced: key.statement.enforced,
  }
  for (const input of new Set(inputsOf(message)))
    if (!found.has(input))
      found.set(input, {
        bytes: valueOf(run, input),
        path: [...stepsTo(message, input), algorithm, edge.key, ...key.path],
        statement,
        parent: null,
      })
}

async function followDecode({ of, codec }: DecodeEdge, run: Run): Promise<void> {
  const source = foundNamed(run, of)
  const decoded = await readerOf(codec)(source.bytes)
  for (const name of codec.gives) {
    const bytes = decoded.claims[name]
    if (bytes === undefined) throw new TypeError(`codec ${codec.name} did not give ${name}`)
    run.found.set(name, {
      bytes,
      path: [codec.name, of, ...source.path],
      statement: source.statement,
      parent: of,
    })
  }
  if (decoded.manifest !== undefined) run.manifest = decoded.manifest
}
