/** What the help says of options that several commands have. */
import { evidenceFormats } from '../evidence/index.js'
import { profileIds } from '../profiles/registry.js'

/** The help of a command. */
export interface Help {
  /** A line for each way to call it; lines that begin with a space go on with the line before. */
  readonly usage: readonly string[]
  readonly text: string
}

export const evidenceHelp: string = `  EVIDENCE                 a file, a directory with one report in several files, or - for standard input`

export const formatHelp: string = `  --format NAME            one of ${evidenceFormats.join(', ')}
                           or auto (default): exactly one must recognise the input`

/** What REPORT_DATA commits to. */
export const bindingUsage: readonly string[] = [
  '(--report-data HEX [--challenge] | --unchecked-report-data REASON',
  '                | --binding PROFILE [--input NAME=VALUE]... [--manifest FILE | --expect FILE])',
]

export const bindingHelp: string = `  --report-data HEX        the 64 bytes that REPORT_DATA must be, 128 hex digits. Alone this is equality;
  --challenge              ... and with this the 64 bytes are your challenge: random, made for this conversation
  --unchecked-report-data REASON
                           does not look at REPORT_DATA; the result says so, with the reason
  --binding PROFILE        what a system commits to: ${profileIds.join(', ')}
  --input NAME=VALUE       an input of the profile: hex:HEX, text:TEXT, @FILE, or for values that the profile lets be
                           open unchecked:REASON. May be repeated
  --manifest FILE          the manifest that is accepted, and no other
  --expect FILE            ... or your expectations: a manifest in which no rule finds an error is accepted`

export const extrasUsage: readonly string[] = [
  '                [--format NAME] [--vek FILE] [--crl FILE[,fetched=TIME][,scope=vcek|vlek]]...',
]

export const extrasHelp: string = `  --vek FILE               VCEK or VLEK certificate, if the evidence does not hold it: DER; PEM, in which the
                           certificates over it may follow; or the JSON in which Azure hands it out (THIM)
  --crl FILE[,fetched=TIME][,scope=vcek|vlek]
                           a CRL of AMD's, when you fetched it and for which kind of key. May be repeated
  --certificate FILE       other certificates: compared with the pinned ones, never trusted. May be repeated`

export const timeHelp: string = `  --at TIME                the time to judge at, RFC 3339 with offset; default: now`

export const productHelp: string = `  --product NAME           the product line of a version 2 report, which does not say it: Milan or Genoa`

export const usageStatuses: string = `2 wrong usage (a missing file, an unknown option), 1 internal error`

export const verdictStatuses: string = `0 accepted, 10 rejected, 20 unverifiable, 30 malformed`
