// Guards of certificates and requests with evidence, and of the evidence of Oak.
import { type Edit, becomes, of, pointsOf, refuses, skips } from './point.js'

const csr = (...comments: readonly string[]): readonly string[] => of('container/pkcs10-csr', ...comments)
const tls = (...comments: readonly string[]): readonly string[] => of('container/ra-tls', ...comments)
const oak = (...comments: readonly string[]): readonly string[] => of('container/oak-evidence', ...comments)

const nothing = { instead: { code: 'TypeError', reason: 'there is no evidence to read' } } as const

export const evidenceBEdits: readonly Edit[] = [
  ...pointsOf('evidence/der-fields.ts', [
    skips('rest', 'finish(inner, what)', [
      ...csr(
        'with a part behind its signature',
        'with a part behind its attributes',
        'with two values of an attribute',
        'with a part behind the report',
        'with a part behind a CRL',
      ),
      ...tls('with a unique identifier'),
    ]),
  ]),
  ...pointsOf('evidence/evidence-extension.ts', [
    refuses(
      'none',
      'extension === undefined',
      [...csr('with other extensions alone'), ...tls('without evidence', 'a VCEK')],
      nothing,
    ),
    refuses('two', 'others.length > 0', [
      ...csr('with evidence of two kinds'),
      ...tls('with evidence of two kinds'),
    ]),
    refuses('unread', 'read === null', csr('with evidence of SGX'), nothing),
    // What is compared is also what is read past.
    becomes(
      'tee',
      "if (readSmallInteger(body, 'TEE') !== 1)",
      "if (readSmallInteger(body, 'TEE') !== 1 && on('.tee'))",
      tls('of c8s, of TDX'),
    ),
  ]),
  ...pointsOf('evidence/pkcs10-csr.ts', [
    becomes(
      'version',
      "if (readSmallInteger(info, 'version') !== 0)",
      "if (readSmallInteger(info, 'version') !== 0 && on('.version'))",
      csr('of version 2'),
    ),
    refuses('none', 'only === undefined', csr('that asks for no extensions'), nothing),
    refuses('two', 'more.length > 0', csr('that asks for extensions twice')),
  ]),
  ...pointsOf('evidence/ra-tls.ts', [refuses('version', 'version !== 2', tls('of version 2'))]),
  ...pointsOf('evidence/oak-evidence.ts', [
    refuses('layers', 'layers.length > maxLayers', oak('nine layers')),
    refuses('layer', 'certificate.length === 0', oak('a layer without a certificate')),
    refuses('platform', "wordField(root, 'platform') !== sevSnp", oak('of another platform')),
  ]),
]
