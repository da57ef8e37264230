// The input of the outside suite's stage `verify-attestation-sev`: strict JSON of exactly these keys.
import * as z from 'zod/mini'
import { fromBase64 } from '../../src/encoding/base64.js'
import { parseStrictJson } from '../../src/encoding/json.js'
import { isVerificationError } from '../../src/errors/error.js'

/** The verb or a capability behind it is not ours. Exit status 20. */
export class UnsupportedInput extends Error {}
/** Not JSON, not of this schema, or bad base64. Exit status 30. */
export class MalformedInput extends Error {}

const hex = (bytes: number) =>
  z.pipe(
    z.string().check(z.regex(new RegExp(`^[0-9a-fA-F]{${2 * bytes}}$`))),
    z.transform((text: string) => text.toLowerCase()),
  )
const level = z.int().check(z.minimum(0), z.maximum(255))
const flag = z.boolean()

const policy = z.strictObject({
  expected_measurement_hex: z.exactOptional(hex(48)),
  expected_host_data_hex: z.exactOptional(hex(32)),
  expected_report_data_hex: z.exactOptional(hex(64)),
  expected_id_key_digest_hex: z.exactOptional(hex(48)),
  expected_author_key_digest_hex: z.exactOptional(hex(48)),
  min_tcb_bl_spl: z.exactOptional(level),
  min_tcb_tee_spl: z.exactOptional(level),
  min_tcb_snp_spl: z.exactOptional(level),
  min_tcb_ucode_spl: z.exactOptional(level),
  enforce_spec_defaults: z.exactOptional(flag),
})

const input = z.strictObject({
  schema_version: z.literal('1'),
  attestation_doc_b64: z.string(),
  vcek_der_b64: z.string(),
  amd_root_ca_pem: z.exactOptional(z.string()),
  ask_pem: z.exactOptional(z.string()),
  // The last second that a Date can hold.
  expiration_check_date_unix: z.exactOptional(z.int().check(z.minimum(0), z.maximum(8_640_000_000_000))),
  policy: z.exactOptional(policy),
})

/** What a case expects of the report. */
export type CasePolicy = z.infer<typeof policy>

/** A case, with its base64 decoded. */
export interface CaseInput {
  /** Not yet gunzipped. */
  readonly document: Uint8Array
  readonly leaf: Uint8Array
  readonly rootPem: string | null
  readonly askPem: string | null
  /** Milliseconds since the epoch; `null` for now. */
  readonly at: number | null
  readonly policy: CasePolicy
}

/** The longest input that is read, in bytes. */
export const maxInputLength = 1024 * 1024

/** @throws MalformedInput */
export function readCaseInput(text: string | Uint8Array): CaseInput {
  let json: unknown
  try {
    json = parseStrictJson(text, {
      code: 'EVIDENCE_MALFORMED',
      what: 'input',
      maxLength: maxInputLength,
      maxDepth: 4,
    })
  } catch (error) {
    if (isVerificationError(error)) throw new MalformedInput(error.message)
    throw error
  }
  const read = z.safeParse(input, json)
  if (!read.success) {
    const [issue] = read.error.issues
    throw new MalformedInput(`input ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`)
  }
  const { data } = read
  const time = data.expiration_check_date_unix
  return {
    document: standardBase64(data.attestation_doc_b64, 'attestation_doc_b64'),
    leaf: standardBase64(data.vcek_der_b64, 'vcek_der_b64'),
    rootPem: data.amd_root_ca_pem ?? null,
    askPem: data.ask_pem ?? null,
    at: time === undefined ? null : time * 1000,
    policy: data.policy ?? {},
  }
}

function standardBase64(text: string, name: string): Uint8Array {
  const bytes = /[-_]/.test(text) ? null : fromBase64(text)
  if (bytes === null) throw new MalformedInput(`input ${name}: not standard base64`)
  return bytes
}
