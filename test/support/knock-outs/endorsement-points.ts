// Guards of src/endorsement: what an endorsement key is, intermediates that the ARK signed, dates.
import { type Edit, becomes, of, pointsOf, refuses, requires, skips } from './point.js'

const own = (...comments: readonly string[]): readonly string[] => of('certificate/guards', ...comments)
const rotated = (...comments: readonly string[]): readonly string[] =>
  of('chain/guards', ...comments.map((comment) => `arkSigned: ${comment}`))
const hints = (...comments: readonly string[]): readonly string[] =>
  of('chain/hints', ...comments.map((comment) => `arkSigned: ${comment}`))
/** Which certificate of the path a role names. */
const part = "role.startsWith('ARK') ? 'ark' : role.includes('-') ? 'intermediate' : 'leaf'"

/** The base point of P-384 (SP 800-186): a key where a certificate has none of the kind. */
const basePoint =
  '04aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7' +
  '3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f'

export const endorsementEdits: readonly Edit[] = [
  ...pointsOf('endorsement/amd-extensions.ts', [
    refuses(
      'foreign',
      '!oid.startsWith(arc)',
      of('certificate/extensions', 'BasicConstraints with CA', 'KeyUsage'),
      // What is not AMD's is not known either: this guard only says better what is wrong.
      { behind: ['endorsement/amd-extensions.unknown'] },
    ),
    refuses(
      'unknown',
      '!known.has(oid)',
      of('certificate/extensions', 'an unknown AMD extension', 'an unknown SPL'),
    ),
    refuses(
      'critical',
      'if (critical)',
      of('certificate/extensions', 'structVersion is critical', 'blSpl is critical', 'hwId is critical'),
    ),
    // An extension that is not there is the INTEGER 0.
    becomes(
      'missing',
      'if (extension === undefined) throw',
      "if (extension === undefined && !on('.missing')) return Uint8Array.of(2, 1, 0)\n    if (extension === undefined) throw",
      of(
        'certificate/extensions',
        'without structVersion',
        'without spl4',
        'without spl5',
        'without spl6',
        'without spl7',
      ),
    ),
    becomes(
      'end.integer',
      'const read = readSmallInteger(cursor, oid)\n    finish(cursor, oid)',
      "const read = readSmallInteger(cursor, oid)\n    if (on('.end.integer')) finish(cursor, oid)",
      of('certificate/values', 'bytes after an SPL'),
    ),
    refuses('level', 'read > 255', own('blSpl is 266, whose ninth bit falls into TEE')),
    becomes(
      'end.text',
      'const read = readIa5String(cursor, oid)\n    finish(cursor, oid)',
      "const read = readIa5String(cursor, oid)\n    if (on('.end.text')) finish(cursor, oid)",
      of('der/guards', 'bytes after productName'),
    ),
    refuses(
      'structVersion',
      'structVersion !== (hasFmc ? 1 : 0)',
      of('certificate/values', 'structVersion 1 on Genoa', 'structVersion 0 on Turin', 'structVersion 2'),
    ),
    refuses(
      'productName',
      "productName.split('-')[0] !== line",
      of('certificate/values', 'productName Milan under Genoa', 'productName GenoaX'),
    ),
    refuses(
      'unusedLevel',
      'level(oid) !== 0',
      of('certificate/extensions', 'spl4 is 1', 'spl5 is 1', 'spl6 is 1', 'spl7 is 1'),
    ),
    refuses(
      'elsewhere',
      'extensions.has(oid)',
      of('certificate/extensions', 'hwID in a VLEK', 'cspID in a VCEK', 'fmcSPL on Genoa', 'spl4 on Turin'),
    ),
    requires('wrapped.tag', 'value[0] === 0x04', own('hwID is the chip under the header 05 40')),
    requires('wrapped.length', 'value[1] === length', own('hwID is the chip under the header 04 3f')),
    refuses('hwIdLength', 'value.length !== length && !wrapped', [
      ...own('hwID is a zero and the chip', 'hwID of 8 bytes, CHIP_ID masked'),
    ]),
    refuses('zeroHwId', 'isFilledWith(hwId, 0)', own('hwID of zeros, CHIP_ID masked')),
    refuses('emptyText', 'text.length === 0', of('certificate/values', 'an empty cspID')),
    refuses('longText', 'text.length > 256', own('cspID of 257 characters')),
  ]),
  ...pointsOf('endorsement/endorsement-key.ts', [
    // The names of issuers are compared whole once more, with the pinned one's.
    refuses(
      'issuerPrefix',
      '!certificate.issuer.commonName.startsWith(kinds[kind].issuerPrefix)',
      of('certificate/subject', 'issuer ARK-Genoa'),
      { behind: ['check:chain.issuer'] },
    ),
    // A line that is none is Genoa's.
    becomes(
      'issuerLine',
      'const productLine = certificate.issuer.commonName.slice(kinds[kind].issuerPrefix.length)',
      `const named = certificate.issuer.commonName.slice(kinds[kind].issuerPrefix.length)
  const productLine = on('.issuerLine') || isProductLine(named) ? named : 'Genoa'`,
      of('certificate/subject', 'issuer SEV-Venice', 'issuer SEV-genoa', 'issuer SEV-VLEK-Genoa'),
      { behind: ['check:chain.issuer'] },
    ),
    // A key of another kind is no key of a report: the base point stands for it, and its signature for any.
    becomes(
      'curve',
      "if (certificate.key.kind !== 'p384') throw",
      `if (certificate.key.kind !== 'p384' && !on('.curve')) {
    certificate.key.point = Uint8Array.from(${JSON.stringify(basePoint)}.match(/../g), (one) => parseInt(one, 16))
  } else if (certificate.key.kind !== 'p384') throw`,
      of('certificate/subject', 'an RSA key'),
      { behind: ['check:signature'] },
    ),
    // Engines refuse such points as well, each with an error of its own.
    refuses(
      'point',
      '!isP384Point(point)',
      of('certificate/subject', 'a point off the curve', 'a coordinate not below p'),
      { behind: ['check:signature'] },
    ),
    becomes(
      'subject',
      "throw profile('the subject is neither",
      "if (!on('.subject')) return 'vcek'\n  throw profile('the subject is neither",
      of(
        'certificate/subject',
        'subject VCEK under SEV-Genoa',
        'subject SEV-VCEK2 under SEV-Genoa',
        'subject sev-vcek under SEV-Genoa',
      ),
    ),
  ]),
  ...pointsOf('endorsement/intermediate.ts', [
    // A certificate that is known has a key that is known, too.
    refuses(
      'revokedCertificate',
      'known.certificateSha256 === certificateSha256',
      rotated('the revoked ASK, under a CRL that does not list it'),
      { behind: ['endorsement/intermediate.revokedKey'] },
    ),
    refuses(
      'revokedKey',
      'known.spkiSha256 === spkiSha256',
      rotated('the key of the revoked ASK in a new certificate'),
    ),
    refuses('profile', '!hasIntermediateProfile(certificate)', [
      ...hints('pathLenConstraint is 1', 'KeyUsage also signs CRLs', 'an extension more'),
    ]),
    refuses('subject', '!equalBytes(certificate.subject.raw, pinned.subject)', hints('another subject')),
    refuses('issuer', '!equalBytes(certificate.issuer.raw, ark.subject)', hints('another issuer name')),
    becomes(
      'signature',
      'return signed ? issuerOf(der) : null',
      "return signed || !on('.signature') ? issuerOf(der) : null",
      hints('signed by an attacker'),
    ),
    // No signature of the leaf can be verified with another key.
    refuses('profile.key', "key.kind !== 'rsa4096'", rotated('a P-384 key'), {
      behind: ['check:chain.signature'],
    }),
    refuses('profile.size', 'extensions.size !== allowed.size', rotated('no subject key identifier')),
    refuses(
      'profile.others',
      '[...extensions.keys()].some((oid) => !allowed.has(oid))',
      rotated('another extension in place of the subject key identifier'),
    ),
    refuses('profile.usageCritical', 'usage?.critical !== true', rotated('KeyUsage is not critical')),
    refuses(
      'profile.constraintsCritical',
      'constraints?.critical !== true',
      hints('BasicConstraints is not critical'),
    ),
    skips('profile.end.usage', 'finish(usageBits, usage.oid)', rotated('bytes after KeyUsage')),
    skips(
      'profile.end.constraints',
      'finish(outer, constraints.oid)',
      rotated('bytes after BasicConstraints'),
    ),
    skips(
      'profile.end.members',
      'finish(body, constraints.oid)',
      rotated('a third member of BasicConstraints'),
    ),
    requires('profile.usage', "['0104', '0204'].includes(toHex(bits))", hints('KeyUsage also signs CRLs')),
    becomes(
      'profile.isCa',
      'const isCa = readBoolean(body, constraints.oid)',
      "const isCa = readBoolean(body, constraints.oid) || !on('.profile.isCa')",
      rotated('cA is FALSE'),
    ),
    requires('profile.pathLength', 'pathLength === 0', hints('pathLenConstraint is 1')),
  ]),
  ...pointsOf('endorsement/chain.ts', [
    {
      find: 'at < notBefore - tolerance',
      replace: `on('check:chain.validity') && on(\`.notBefore.\${${part}}\`) && at < notBefore - tolerance`,
      points: [
        {
          id: 'notBefore.leaf',
          cases: of('chain/dates', '301 s before notBefore', '300 s and 1 ms before notBefore'),
        },
        { id: 'notBefore.intermediate', cases: rotated('an intermediate before its notBefore') },
        { id: 'notBefore.ark', cases: rotated('an ARK before its notBefore, below it all valid') },
      ],
    },
    {
      find: 'at > lastMoment({ notAfter })',
      replace: `on('check:chain.validity') && on(\`.notAfter.\${${part}}\`) && at > lastMoment({ notAfter })`,
      points: [
        { id: 'check:chain.validity', cases: [] },
        { id: 'notAfter.leaf', cases: of('chain/dates', '1 s after notAfter', 'a VLEK after its year') },
        { id: 'notAfter.intermediate', cases: rotated('an intermediate past its notAfter') },
        { id: 'notAfter.ark', cases: rotated('an ARK past its notAfter, below it all valid') },
      ],
    },
  ]),
]
