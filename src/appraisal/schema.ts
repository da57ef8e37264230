/**
 * The schema of policy version 1. Loaded when the first policy is parsed: zod costs more to import than a
 * verification takes.
 */
import * as z from 'zod/mini'
import { type JsonValue, VerificationError } from '../errors/error.js'
import { firstOf } from './check.js'
import type { PolicyDocument } from './document.js'

const lower = z.transform((text: string) => text.toLowerCase())
const hex = (digits: number, what: string) =>
  z.pipe(
    z
      .string()
      .check(
        z.regex(
          new RegExp(`^[0-9a-fA-F]{${String(digits)}}$`),
          `${what} must be ${String(digits)} hex digits`,
        ),
      ),
    lower,
  )
const list = <T extends z.ZodMiniType>(item: T) =>
  z.array(item).check(z.minLength(1, 'an empty list accepts nothing'), z.maxLength(10_000))
const unchecked = z.strictObject({
  unchecked: z.string().check(z.regex(/\S/, 'the reason must not be empty'), z.maxLength(500)),
})
const orUnchecked = <T extends z.ZodMiniType>(stated: T) => z.union([stated, unchecked])
const count = (max: number) => z.int().check(z.minimum(0), z.maximum(max))
// A floor of 0 states nothing, and would let any CRL do for one that was fetched.
const crlNumber = z.int().check(z.minimum(1), z.maximum(Number.MAX_SAFE_INTEGER))
const text = z.string().check(z.minLength(1), z.maxLength(256))

const product = z.enum(['Milan', 'Genoa', 'Turin'])
const chip = z.pipe(
  z
    .string()
    .check(
      z.regex(/^(?:[0-9a-fA-F]{128}|[0-9a-fA-F]{16})$/, 'a chip must be 128 hex digits, or 16 on Turin'),
    ),
  lower,
)
const bit = orUnchecked(z.enum(['require', 'forbid', 'allow']))
const byte = count(255)
const levels = z.strictObject({
  bootloader: byte,
  tee: byte,
  snp: byte,
  microcode: byte,
  fmc: z.exactOptional(byte),
})
const dayPattern = /^\d{4}-\d\d-\d\d$/
const timePattern = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d{1,3})?Z)?$/
// A round trip shows 31 February, which Date takes for 3 March.
const isRealTime = (value: string): boolean => {
  const time = new Date(value)
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(value.slice(0, 10))
}
const time = z
  .string()
  .check(
    z.regex(timePattern, 'must be a day (YYYY-MM-DD) or an RFC 3339 time in UTC'),
    z.refine(isRealTime, 'must be a time that exists'),
  )
const day = z
  .string()
  .check(z.regex(dayPattern, 'must be a day, YYYY-MM-DD'), z.refine(isRealTime, 'must be a day that exists'))

const floor = z.strictObject({
  product,
  family: z.union([byte, z.literal('any')]),
  model: z.union([byte, z.literal('any')]),
  stepping: z.union([byte, z.literal('any')]),
  reported: levels,
  committed: orUnchecked(levels),
  current: orUnchecked(levels),
  launch: orUnchecked(levels),
  mitigations: orUnchecked(hex(16, 'mitigations')),
})

const idBlock = z.strictObject({
  idKeyDigests: orUnchecked(list(hex(96, 'an ID key digest'))),
  authorKeyDigests: orUnchecked(list(hex(96, 'an author key digest'))),
  minGuestSvn: orUnchecked(count(0xffffffff)),
  familyIds: orUnchecked(list(hex(32, 'a family id'))),
  imageIds: orUnchecked(list(hex(32, 'an image id'))),
})

const measurement = z.strictObject({
  label: text,
  value: hex(96, 'a measurement'),
  notAfter: z.exactOptional(time),
})

const policy = z.strictObject({
  version: z.literal(1),
  products: list(product),
  signers: list(z.enum(['vcek', 'vlek'])),
  reportVersions: list(z.literal([2, 3, 4, 5])),
  measurements: orUnchecked(list(measurement)),
  idBlock: orUnchecked(z.union([idBlock, z.literal('none')])),
  identity: orUnchecked(z.literal('required')),
  hostData: orUnchecked(list(hex(64, 'host data'))),
  vmpl: orUnchecked(list(count(3))),
  chips: orUnchecked(z.union([list(chip), z.literal('any')])),
  cspIds: orUnchecked(list(text)),
  endorsementKeys: orUnchecked(list(hex(64, 'an endorsement key'))),
  reportIds: orUnchecked(list(hex(64, 'a report id'))),
  denied: z.strictObject({
    chips: z.array(chip),
    endorsementKeys: z.array(hex(64, 'an endorsement key')),
    measurements: z.array(hex(96, 'a measurement')),
    cspIds: z.array(text),
  }),
  guestPolicy: orUnchecked(
    z.strictObject({
      minAbi: orUnchecked(
        z.string().check(z.regex(/^(?:0|[1-9]\d{0,2})\.(?:0|[1-9]\d{0,2})$/, 'must be MAJOR.MINOR, decimal')),
      ),
      smt: bit,
      singleSocket: bit,
      cxl: bit,
      memAes256Xts: bit,
      raplDisabled: bit,
      ciphertextHidingDram: bit,
      pageSwapDisabled: bit,
    }),
  ),
  platform: orUnchecked(
    z.strictObject({
      smtEnabled: bit,
      tsmeEnabled: bit,
      eccEnabled: bit,
      raplDisabled: bit,
      ciphertextHidingDramEnabled: bit,
      aliasCheckComplete: bit,
      iommuWriteSafe: bit,
      tioEnabled: bit,
      unknownBits: orUnchecked(z.enum(['forbid', 'allow'])),
    }),
  ),
  tcb: orUnchecked(
    z.union([
      z.strictObject({ floors: list(floor).check(z.maxLength(256)) }),
      z.strictObject({ recommended: z.strictObject({ asOf: day }) }),
    ]),
  ),
  firmware: orUnchecked(
    z.strictObject({
      minCommitted: orUnchecked(
        z
          .string()
          .check(
            z.regex(
              /^(?:0|[1-9]\d{0,2})\.(?:0|[1-9]\d{0,2})\.(?:0|[1-9]\d{0,2})$/,
              'must be MAJOR.MINOR.BUILD, decimal',
            ),
          ),
      ),
    }),
  ),
  provisionalFirmware: orUnchecked(z.enum(['forbid', 'microcodeOnly', 'allow'])),
  revocation: orUnchecked(
    z.strictObject({
      crl: orUnchecked(z.literal('required')),
      graceDays: orUnchecked(count(3650)),
      minNumbers: orUnchecked(
        z
          .strictObject({
            Milan: z.exactOptional(crlNumber),
            Genoa: z.exactOptional(crlNumber),
            Turin: z.exactOptional(crlNumber),
          })
          .check(z.refine((floors) => Object.keys(floors).length > 0, 'states no floor')),
      ),
      maxFetchAgeDays: orUnchecked(count(3650)),
    }),
  ),
  intermediates: z.enum(['pinned', 'arkSigned']),
  freshness: orUnchecked(z.enum(['challenge', 'session', 'monotonic', 'ledger'])),
})

/**
 * Reads a policy document of version 1.
 *
 * @throws VerificationError `POLICY_INVALID`, with the path of the first problem.
 */
export function readPolicyDocument(value: JsonValue): PolicyDocument {
  const read = z.safeParse(policy, value)
  if (read.success) return read.data
  const { path, problem } = problemOf(firstOf(read.error.issues), value, [])
  throw new VerificationError('POLICY_INVALID', `policy ${path === '' ? 'document' : path}: ${problem}`, {
    path,
    problem,
  })
}

type Issue = z.core.$ZodIssue

/** The most telling problem of an issue: into the branch of a union that the author meant. */
function problemOf(
  issue: Issue,
  root: unknown,
  above: readonly PropertyKey[],
): { readonly path: string; readonly problem: string } {
  const path = [...above, ...issue.path]
  const value = issue.path.reduce<unknown>(
    (inner, key) => (inner as Readonly<Record<PropertyKey, unknown>>)[key],
    root,
  )
  if (issue.code === 'invalid_union')
    return problemOf(
      issueMeant(
        issue.errors.map((branch) => firstOf(branch)),
        value,
      ),
      value,
      path,
    )
  return { path: path.map(String).join('.'), problem: value === undefined ? 'is missing' : describe(issue) }
}

/** Of the first issues of the two branches of a union, the one of the branch that the author tried to write. */
function issueMeant(issues: readonly Issue[], value: unknown): Issue {
  if (typeof value !== 'object' || value === null) return firstOf(issues)
  // A reason is the second branch wherever there is one.
  if ('unchecked' in value) return firstOf(issues.slice(1))
  // A branch whose problem is inside a member that is there, before one that misses a member of its own.
  const isInside = ({ path }: Issue): boolean => path.some((member) => Object.hasOwn(value, member))
  return issues.find(isInside) ?? firstOf(issues)
}

function describe(issue: Issue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return `unknown key ${issue.keys.map((key) => JSON.stringify(key.slice(0, 64))).join(', ')}`
    case 'invalid_type':
      return `must be ${issue.expected}`
    case 'invalid_value':
      return `must be one of ${issue.values.map((allowed) => JSON.stringify(allowed)).join(', ')}`
    case 'too_small':
      return issue.message === 'Invalid input' ? `must be at least ${String(issue.minimum)}` : issue.message
    case 'too_big':
      return `must be at most ${String(issue.maximum)}`
    default:
      return issue.message
  }
}
