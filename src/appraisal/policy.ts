/**
 * Policies: parsed, checked for sense, frozen, branded. Only {@link parsePolicy} makes one.
 */
import { sha256Hex } from '../crypto/digests.js'
import { canonicalJson } from '../encoding/canonical-json.js'
import { parseStrictJson } from '../encoding/json.js'
import { isBytes } from '../encoding/bytes.js'
import { toUtf8 } from '../encoding/text.js'
import { type JsonValue, VerificationError } from '../errors/error.js'
import { isUnchecked } from '../errors/ledger.js'
import { type FloorRule, floorsOf } from './floors.js'
import type { PolicyDocument } from './document.js'

declare const policyBrand: unique symbol

/** A policy that was parsed and makes sense. Deeply frozen; made by {@link parsePolicy} alone. */
export interface Policy extends PolicyDocument {
  readonly [policyBrand]: true
}

/** What says which software runs: the strongest statement of the policy that held. */
export type SoftwareIdentity = 'measurement' | 'idKey' | 'authorKey' | 'none'

interface PolicyFacts {
  readonly digest: string
  /** Of whatever the policy accepts. */
  readonly softwareIdentity: SoftwareIdentity
  readonly floors: readonly FloorRule[]
}

const factsOf = new WeakMap<Policy, PolicyFacts>()

/** Facts about a policy, for this package only. @throws TypeError for what {@link parsePolicy} did not make. */
export function factsOfPolicy(policy: Policy): PolicyFacts {
  const facts = factsOf.get(policy)
  if (facts === undefined) throw new TypeError('policy must come from parsePolicy')
  return facts
}

/** SHA-256 of the policy's canonical JSON (RFC 8785), hex: the name of a policy in results. */
export function policyDigest(policy: Policy): string {
  return factsOfPolicy(policy).digest
}

/** The largest policy document, in bytes. */
const maxPolicyBytes = 1024 * 1024

/**
 * Parses a policy document, version 1.
 *
 * @param input - JSON as text or UTF-8 bytes; an object would hide duplicate keys.
 * @returns A frozen, branded policy; hex is in lower case.
 * @throws VerificationError `POLICY_INVALID`, with the path of the problem in `details`.
 * @throws TypeError if `input` is neither text nor bytes.
 */
export async function parsePolicy(input: string | Uint8Array): Promise<Policy> {
  if (typeof input !== 'string' && !isBytes(input)) throw new TypeError('policy must be JSON text or bytes')
  const json = parseStrictJson(input, {
    code: 'POLICY_INVALID',
    what: 'policy',
    maxLength: maxPolicyBytes,
    maxDepth: 16,
  })
  const { readPolicyDocument } = await import('./schema.js')
  const document = readPolicyDocument(json)
  requireSense(document)
  const softwareIdentity = identityOf(document)
  const floors = floorsOf(document)
  const policy = deepFreeze(document) as Policy
  const digest = sha256Hex(toUtf8(canonicalJson(document as unknown as JsonValue)))
  factsOf.set(policy, { digest, softwareIdentity, floors })
  return policy
}

/** Combinations that would state nothing, or something that can never hold. */
function requireSense(document: PolicyDocument): void {
  const { idBlock, intermediates, revocation, firmware } = document
  if (typeof idBlock === 'object' && !isUnchecked(idBlock)) {
    if (isUnchecked(idBlock.idKeyDigests) && isUnchecked(idBlock.authorKeyDigests)) {
      throw invalid(
        'idBlock',
        'states neither idKeyDigests nor authorKeyDigests; the host chooses everything else',
      )
    }
    for (const name of ['idKeyDigests', 'authorKeyDigests'] as const) {
      const digests = idBlock[name]
      if (!isUnchecked(digests) && digests.some(isZeroHex))
        throw invalid(`idBlock.${name}`, 'zero means that there is no key')
    }
  }
  if (!isUnchecked(document.chips) && document.chips !== 'any' && document.chips.some(isZeroHex)) {
    throw invalid('chips', 'zero is a masked CHIP_ID, not a chip')
  }
  if (intermediates === 'arkSigned' && (isUnchecked(revocation) || revocation.crl !== 'required')) {
    throw invalid('intermediates', 'arkSigned needs revocation.crl to be required')
  }
  if (!isUnchecked(firmware) && !isUnchecked(firmware.minCommitted))
    requireDecimalFirmware(firmware.minCommitted)
}

/** What a policy says of the software. Where it says it must, something has to. */
function identityOf({ idBlock, identity, measurements }: PolicyDocument): SoftwareIdentity {
  if (isUnchecked(identity)) return 'none'
  if (!isUnchecked(measurements)) return 'measurement'
  if (isUnchecked(idBlock) || idBlock === 'none')
    throw invalid('identity', 'required, but neither measurements nor a key digest of idBlock is stated')
  // An ID block states one of the two.
  return isUnchecked(idBlock.idKeyDigests) ? 'authorKey' : 'idKey'
}

/** AMD's bulletins print versions in hexadecimal ("1.37.23" is 1.55.35); no SNP firmware is below minor 49. */
function requireDecimalFirmware(version: string): void {
  const [major = 0, minor = 0, build = 0] = version.split('.').map(Number)
  if (Math.max(major, minor, build) > 255) throw invalid('firmware.minCommitted', 'a part is above 255')
  if (minor < 49) {
    const decimal = version
      .split('.')
      .map((part) => Number.parseInt(part, 16))
      .join('.')
    throw invalid(
      'firmware.minCommitted',
      `minor ${String(minor)} is below 49; read as hexadecimal it is ${decimal}`,
    )
  }
}

const isZeroHex = (text: string): boolean => /^0+$/.test(text)

const invalid = (path: string, problem: string): VerificationError =>
  new VerificationError('POLICY_INVALID', `policy ${path}: ${problem}`, { path, problem })

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object') {
    for (const member of Object.values(value ?? {})) deepFreeze(member)
    Object.freeze(value)
  }
  return value
}
