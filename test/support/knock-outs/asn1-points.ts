// Guards of src/asn1: strict DER. Each call of `finish` is a guard of its own, in the table of the file it is in.
import { type DerCase, type Edit, becomes, of, pointsOf, refuses, skips } from './point.js'

const canonical = 'DER_NOT_CANONICAL'
const limit = 'DER_LIMIT'
const walked = (name: string, der: string, code = canonical): readonly DerCase[] => [{ name, code, der }]

/** The limits under which the walked cases are read. */
export const walkLimits = { maxBytes: 40, maxDepth: 3, maxElements: 5 } as const

const forms = of(
  'certificate/time',
  'notBefore UTCTime "2601010000Z"',
  'notBefore UTCTime "260101000000"',
  'notBefore UTCTime "260101000000+0000"',
  'notBefore UTCTime "26010100000 Z"',
  'notBefore UTCTime ""',
  'notAfter GeneralizedTime "205001010000Z"',
)

export const asn1Edits: readonly Edit[] = [
  ...pointsOf('asn1/der.ts', [
    refuses(
      'longTag',
      '(tag & 0x1f) === 0x1f',
      of('der/guards', 'an attribute whose tag takes two bytes'),
      // No other place of a certificate takes an element of any tag.
      { behind: ['x509/name.stringType'] },
    ),
    // Knocked out, it reads as a length of 0.
    refuses(
      'indefinite',
      'count === 0',
      of('revocation/guards', 'an unknown extension whose value has an indefinite length'),
      { behind: ['asn1/der.shortLength', 'asn1/der.leadingZero'] },
    ),
    refuses('longLength', 'count > 4', of('der/ber', 'length of the TBS in five bytes'), {
      behind: ['asn1/der.leadingZero'],
    }),
    refuses('shortLength', 'length < 0x80', of('der/ber', 'version in long form')),
    refuses(
      'leadingZero',
      'length < 256 ** (count - 1)',
      of('der/ber', 'length of the TBS with a leading zero'),
    ),
    // Knocked out, an element has what follows it, whoever that belongs to.
    refuses(
      'overrun',
      'length > end - content',
      of('der/guards', 'hwID runs past the end of the signed part'),
    ),
    // Knocked out, a header is read past the end of what should hold it.
    becomes(
      'headerOverrun',
      'at < end ? bytes[at] : undefined',
      "at < end || !on('.headerOverrun') ? bytes[at] : undefined",
      of('der/guards', 'an empty [0], and a version number after it'),
      {
        behind: ['asn1/der.overrun', 'x509/certificate.end.version'],
        covers: ['if (byte === undefined) throw truncated(at)'],
      },
    ),
    refuses('tag', 'element.tag !== tag', [
      ...of('der/ber', 'a name as SET'),
      ...of(
        'certificate/values',
        'productName as UTF8String',
        'an SPL as OCTET STRING',
        'cspID as UTF8String',
      ),
      ...of('certificate/time', 'notBefore as IA5String'),
    ]),
    refuses('end', 'cursor.at !== cursor.end', [
      ...of('der/ber', 'bytes after the version number', 'bytes after the certificate'),
      ...of('certificate/values', 'bytes after an SPL'),
      ...of('revocation/genuine', 'bytes after the CRL'),
    ]),
    becomes(
      'integer.empty',
      'if (first === undefined) return false',
      "if (first === undefined) return !on('.integer.empty')",
      of('certificate/values', 'an empty SPL'),
    ),
    // No byte is -1.
    {
      find: 'second < 0x80 ? 0 : 0xff',
      replace: "second < 0x80 ? (on('.integer.zeros') ? 0 : -1) : on('.integer.ones') ? 0xff : -1",
      points: [
        { id: 'integer.zeros', cases: of('certificate/values', 'a non-minimal SPL') },
        // Every INTEGER of a certificate is from 0 up, so another guard refuses a negative one in any form.
        {
          id: 'integer.ones',
          cases: of('der/guards', 'a serial number of FF 80'),
          behind: ['x509/certificate.negativeSerial'],
        },
      ],
    },
    refuses('oid.zeros', 'startOfArc && byte === 0x80', of('der/ber', 'an attribute OID with a leading 80')),
    {
      find: 'return content.length > 0 && startOfArc',
      replace: "return (content.length > 0 || !on('.oid.empty')) && (startOfArc || !on('.oid.end'))",
      points: [
        { id: 'oid.empty', cases: of('der/guards', 'an OID of no bytes, beside the common name') },
        { id: 'oid.end', cases: of('der/guards', 'an OID that does not end, beside the common name') },
      ],
    },
    refuses(
      'walk.bytes',
      'bytes.length > limits.maxBytes',
      walked('41 bytes', '0427' + '00'.repeat(39), limit),
    ),
    refuses(
      'walk.depth',
      'depth > limits.maxDepth',
      walked('nested five times', '30083006300430023000', limit),
    ),
    refuses(
      'walk.elements',
      'elements > limits.maxElements',
      walked('six elements', '300a05000500050005000500', limit),
    ),
    refuses(
      'walk.form',
      'universal && constructed !== constructedUniversal.has(element.tag | constructedBit)',
      walked('a constructed OCTET STRING', '24020400'),
    ),
    refuses(
      'walk.boolean',
      '(element.tag === tags.boolean && !(content.length === 1 && (first === 0 || first === 0xff)))',
      [...walked('TRUE as 01', '010101'), ...walked('a BOOLEAN of two bytes', '0102ffff')],
    ),
    refuses(
      'walk.integer',
      '((element.tag === tags.integer || element.tag === tags.enumerated) && !isMinimalInteger(content))',
      [...walked('an INTEGER of 00 01', '02020001'), ...walked('an ENUMERATED of no bytes', '0a00')],
    ),
    refuses('walk.endOfContents', 'element.tag === tags.endOfContents', walked('an end of contents', '0000')),
    refuses(
      'walk.null',
      '(element.tag === tags.null && content.length !== 0)',
      walked('a NULL with content', '050100'),
    ),
    refuses(
      'walk.oid',
      '(element.tag === tags.oid && !isMinimalOid(content))',
      walked('an OID of 80 01', '06028001'),
    ),
    refuses(
      'walk.bitString',
      '(element.tag === tags.bitString && (first === undefined || first > 7 || strayBits(content, first)))',
      [
        ...walked('a BIT STRING of no bytes', '0300'),
        ...walked('eight unused bits', '03020800'),
        ...walked('an unused bit of nothing', '030101'),
        ...walked('an unused bit that is set', '03020101'),
      ],
    ),
    skips('walk.end', "finish(top, 'document')", walked('a NULL and a byte', '050000', 'DER_TRAILING_DATA')),
    refuses('walk.value', 'if (bad)', walked('an OID of no bytes', '0600')),
  ]),
  ...pointsOf('asn1/values.ts', [
    refuses('minimalInteger', '!isMinimalInteger(content)', [
      ...of('der/ber', 'version number in two bytes'),
      ...of('certificate/values', 'a non-minimal SPL', 'an empty SPL'),
      ...of('certificate/subject', 'a non-minimal serial number', 'an empty serial number'),
    ]),
    refuses(
      'integerLength',
      'content.length > maxBytes',
      of('certificate/subject', 'a serial number of 21 bytes'),
    ),
    refuses(
      'negative',
      '(content[0] ?? 0) >= 0x80',
      of('der/guards', 'teeSpl is -1 and REPORTED_TCB has 255'),
    ),
    refuses(
      'large',
      'value > 0x7fffffff',
      of('der/guards', 'Turin: fmcSpl is 2^31 + 1, whose top bit falls into SNP'),
      { behind: ['endorsement/amd-extensions.level'] },
    ),
    refuses('minimalOid', '!isMinimalOid(content)', [
      ...of('der/ber', 'an attribute OID with a leading 80'),
      ...of(
        'der/guards',
        'an OID that does not end, beside the common name',
        'an OID of no bytes, beside the common name',
      ),
    ]),
    refuses(
      'oidLength',
      'content.length > 64',
      of('der/guards', 'an OID of 65 bytes, beside the common name'),
    ),
    refuses(
      'arc',
      'arc > 0xffffffff',
      of('der/guards', 'an OID with an arc of 2^32, beside the common name'),
    ),
    refuses(
      'booleanLength',
      'content.length !== 1',
      of('revocation/guards', 'a CRL number with a criticality of FF 00'),
    ),
    // Any other byte than FF reads as FALSE then, which DER leaves out and AMD does not write.
    refuses(
      'booleanValue',
      '(value !== 0 && value !== 0xff)',
      of('der/guards', 'blSpl with a criticality of 01'),
      { behind: ['x509/extension.default'] },
    ),
    refuses('unusedBits', 'content[0] !== 0', of('certificate/algorithm', 'unused bits in the signature')),
    refuses('controls', 'byte < 0x20', of('der/guards', 'productName with a NUL after the hyphen')),
    refuses('nonAscii', 'byte > 0x7e', of('der/guards', 'productName with a byte above 7E after the hyphen')),
    // Text that is no time counts as the first second of a year.
    becomes(
      'timeForm',
      '(isGeneralized ? generalizedTime : utcTime).exec(asciiOf(content, what, cursor))',
      `((isGeneralized ? generalizedTime : utcTime).exec(asciiOf(content, what, cursor)) ??
    (on('.timeForm') ? null : ['', isGeneralized ? '2050' : '26', '01', '01', '00', '00', '00']))`,
      forms,
      { covers: ['if (fields === null) throw notCanonical(what, cursor)'] },
    ),
    refuses(
      'timeExists',
      '!exact',
      of(
        'certificate/time',
        'notBefore UTCTime "260231000000Z"',
        'notBefore UTCTime "260101240000Z"',
        'notBefore UTCTime "260101006000Z"',
        'notBefore UTCTime "260101000060Z"',
        'notBefore UTCTime "260100000000Z"',
        'notAfter GeneralizedTime "20500231000000Z"',
        '29 February of another year',
      ),
    ),
    refuses(
      'timeType',
      '(isGeneralized && year < 2050)',
      of('certificate/time', 'notAfter GeneralizedTime "20491231235959Z"'),
    ),
  ]),
]
