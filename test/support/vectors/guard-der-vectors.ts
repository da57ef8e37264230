// Stage der, guards: for each guard of the DER reader a certificate that it alone refuses. The signatures are valid,
// and everything else about the certificates is what AMD issues.
import { AMD_OIDS, type Extension, extensionDer, vekExtensions } from '../certificates.js'
import {
  boolean,
  concat,
  explicit,
  ia5,
  integer,
  octetString,
  oid,
  sequence,
  set,
  tlv,
  utcTime,
  utf8,
} from '../der.js'
import {
  type Outcome,
  type Vek,
  edit,
  limit,
  notCanonical,
  refused,
  trailing,
  turin,
  unexpected,
  valueOf,
  x690,
} from './certificate-sketch.js'
import { attribute } from './certificate-subject-vectors.js'
import { type TestSketch } from './format.js'
import { evidenceOf } from './inputs.js'

const truncated: Outcome = ['DER_TRUNCATED', 'malformed']
const ends = 'two readers could take different ends'
const once = 'one value, one encoding'

/** A subject of SEV-VCEK and one attribute more before it. */
export const beside = (...more: readonly Uint8Array[]): Vek => ({
  subject: sequence(...more.map((one) => set(one)), set(attribute(utf8('SEV-VCEK')))),
})
const named = (content: readonly number[]): Uint8Array =>
  sequence(tlv(6, Uint8Array.from(content)), utf8('x'))
const unit = '2.5.4.11'

const genoa = vekExtensions({ line: 'Genoa', kind: 'vcek' })
/** Extensions with one in raw bytes. */
const withRaw = (id: string, raw: (one: Extension) => Uint8Array): Vek => ({
  extensions: explicit(3, sequence(...genoa.map((one) => (one.oid === id ? raw(one) : extensionDer(one))))),
})
const critical = (content: readonly number[]): Vek =>
  withRaw(AMD_OIDS.blSpl, ({ oid: id, value }) =>
    sequence(oid(id), tlv(1, Uint8Array.from(content)), octetString(value)),
  )

const masked = { chipId: new Uint8Array(64) }
const [last, ...others] = [...genoa].reverse().map(extensionDer)
/** hwID is the last extension: without its last byte, and with lengths around it that know so, it takes another. */
const overrun: Vek = {
  extensions: explicit(3, sequence(...others.reverse(), (last ?? new Uint8Array()).slice(0, -1))),
}

/** A certificate of a report whose fields agree with it. */
function agreeing(sketch: TestSketch, options: Parameters<typeof evidenceOf>[0]): TestSketch {
  return { ...sketch, input: evidenceOf({ line: 'Genoa', version: 3, ...options }) }
}

export const derGuards: readonly TestSketch[] = [
  refused(
    'an attribute whose tag takes two bytes',
    beside(sequence(oid(unit), Uint8Array.of(0x1f, 1, 0x41))),
    unexpected,
    'one reader sees a tag of two bytes, another an element of one byte',
    x690,
  ),
  refused(
    'an OID that does not end, beside the common name',
    beside(named([0x55, 4, 0x83])),
    notCanonical,
    once,
    x690,
  ),
  refused(
    'an OID of no bytes, beside the common name',
    beside(named([])),
    notCanonical,
    'an OID has arcs',
    x690,
  ),
  refused(
    'an OID of 65 bytes, beside the common name',
    beside(named([0x55, ...new Array<number>(64).fill(4)])),
    limit,
    'the length is bounded',
    x690,
  ),
  refused(
    'an OID with an arc of 2^32, beside the common name',
    beside(named([0x55, 4, 0x90, 0x80, 0x80, 0x80, 0])),
    limit,
    'an arc that wraps to 32 bits is another OID',
    x690,
  ),
  agreeing(
    refused(
      'hwID runs past the end of the signed part',
      {},
      truncated,
      'its last byte would be one that nobody signed',
      x690,
    ),
    { report: masked, vek: overrun },
  ),
  refused(
    'an empty [0], and a version number after it',
    { version: Uint8Array.of(0xa0, 0), serial: 2 },
    truncated,
    'the number is outside the element that should hold it',
    x690,
  ),
  agreeing(refused('teeSpl is -1 and REPORTED_TCB has 255', {}, limit, 'a level is a byte', x690), {
    report: { tcb: { bootloader: 0x0a, tee: 255, snp: 0x17, microcode: 0x54 } },
    vek: valueOf(AMD_OIDS.teeSpl, integer(-1)),
  }),
  agreeing(
    refused(
      'Turin: fmcSpl is 2^31 + 1, whose top bit falls into SNP',
      {},
      limit,
      'a level is a byte',
      x690,
      turin,
    ),
    {
      line: 'Turin',
      report: { tcb: { fmc: 1, bootloader: 1, tee: 1, snp: 0x84, microcode: 0x51 } },
      vek: edit((list) =>
        list.map((one) =>
          one.oid === AMD_OIDS.fmcSpl
            ? { ...one, value: integer(0x80000001) }
            : one.oid === AMD_OIDS.snpSpl
              ? { ...one, value: integer(4) }
              : one,
        ),
      ),
    },
  ),
  refused('a serial number of FF 80', { serial: Uint8Array.of(0xff, 0x80) }, notCanonical, once, x690),
  refused(
    'a third time in the validity',
    {
      notAfter: concat(utcTime(new Date('2033-01-01T00:00:00Z')), utcTime(new Date('2034-01-01T00:00:00Z'))),
    },
    trailing,
    ends,
    x690,
  ),
  refused(
    'an element after the list of extensions',
    { extensions: explicit(3, sequence(...genoa.map(extensionDer)), integer(0)) },
    trailing,
    ends,
    x690,
  ),
  refused(
    'an attribute with a third member',
    beside(sequence(oid(unit), utf8('x'), integer(0))),
    trailing,
    'an attribute has two members',
    x690,
  ),
  refused(
    'bytes after productName',
    valueOf(AMD_OIDS.productName, concat(ia5('Genoa'), Uint8Array.of(0))),
    trailing,
    ends,
    x690,
  ),
  refused(
    'blSpl with a fourth member',
    withRaw(AMD_OIDS.blSpl, ({ oid: id, value }) => sequence(oid(id), octetString(value), boolean(true))),
    trailing,
    'an extension has three members',
    x690,
  ),
  refused('blSpl with a criticality of 01', critical([1]), notCanonical, 'DER knows 00 and FF', x690),
  refused(
    'blSpl with a criticality of FF 00',
    critical([0xff, 0]),
    notCanonical,
    'a BOOLEAN is one byte',
    x690,
  ),
  refused(
    'productName with a NUL after the hyphen',
    valueOf(AMD_OIDS.productName, ia5('Genoa-\0')),
    notCanonical,
    'a C reader stops at it',
  ),
  refused(
    'productName with a byte above 7E after the hyphen',
    valueOf(AMD_OIDS.productName, ia5('Genoa-\u00e9')),
    notCanonical,
    'IA5String is ASCII',
  ),
]
