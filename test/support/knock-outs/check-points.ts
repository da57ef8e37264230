// Every check of the registry, made to always pass: its id stays, and its outcome is "passed".
//
// Where a check that always passes needs a value, the comment says which. Policy checks need none: appraisal itself
// takes their outcome for "passed".
import { appraisalChecks } from '../../../src/appraisal/appraise.js'
import { type Edit, type Point, becomes, of, pointsOf, refuses, requires } from './point.js'

/** Checks that stand for many guards: the points of these files are theirs. */
export const standsFor: Readonly<Record<string, readonly string[]>> = {
  'report.structure': ['report/'],
  'endorsement.certificate': ['asn1/', 'x509/', 'endorsement/amd-extensions', 'endorsement/endorsement-key'],
  'revocation.structure': ['x509/crl'],
  'binding.inputs': [
    'binding/run-profile.missing',
    'binding/run-profile.length',
    'binding/run-profile.locked',
  ],
  'binding.decode': ['manifest/parse', 'manifest/shape', 'binding/azure-codecs', 'binding/tpm-attest'],
  'binding.signature': ['binding/run-profile.signature', 'crypto/statement'],
  'binding.accept': ['binding/accept', 'manifest/check'],
}

/** Checks that no vector reaches: challenges out of a store live in one process. By the tests that do. */
export const reachedElsewhere: Readonly<Record<string, string>> = {
  'freshness.purpose': 'src/binding/challenge.test.ts, src/binding/verify-binding.test.ts',
}

/** Cases: every vector that this check alone refuses, but for those that the test lists with a reason. */
const all: readonly string[] = []

const policyCheckPoints: readonly Point[] = appraisalChecks.map(({ id }) => ({
  id: `check:${id}`,
  cases: all,
}))

const partOfPath = "role === issuer.commonName ? 'issuer' : 'leaf'"

export const checkEdits: readonly Edit[] = [
  ...pointsOf('appraisal/appraise.ts', [
    {
      find: 'const finding = check.run(context)',
      replace: "const finding = on(`check:${check.id}`) ? check.run(context) : { outcome: 'passed' }",
      points: policyCheckPoints,
    },
  ]),
  ...pointsOf('report/verifiable.ts', [
    refuses('check:report.signed', 'keyInfo.maskChipKey', all),
    refuses('check:report.signer', "keyInfo.signingKey !== 'vcek' && keyInfo.signingKey !== 'vlek'", all, {
      behind: ['check:endorsement.signer'],
    }),
    refuses('check:report.vmpl', 'vmpl > 3', all),
  ]),
  // Silicon that no line has counts as Genoa's.
  ...pointsOf('report/report.ts', [
    becomes(
      'check:report.product',
      'productLineOf(cpuid)',
      "(productLineOf(cpuid) ?? (on('check:report.product') ? null : 'Genoa'))",
      all,
    ),
  ]),
  ...pointsOf('report/verifiable.ts', [
    {
      find: 'cpuid !== null && productLine === null',
      replace: "on('check:report.product') && cpuid !== null && productLine === null",
      points: [],
    },
  ]),
  ...pointsOf('endorsement/ties.ts', [
    refuses('check:endorsement.signer', 'signingKey !== key.kind', all),
    refuses('check:endorsement.product', '!expectedLines.includes(key.productLine)', all),
    refuses('check:endorsement.chipId', '!same', all),
    refuses('check:endorsement.reportedTcb', 'report.reportedTcb.raw !== key.tcb.raw', all),
  ]),
  ...pointsOf('endorsement/intermediate.ts', [
    refuses('check:chain.anchors', 'sha256 !== anchors.ark.sha256', all),
    becomes(
      'check:chain.revokedIntermediates',
      'if (revoked) {',
      "if (revoked && on('check:chain.revokedIntermediates')) {",
      all,
    ),
    // An intermediate that is not the pinned one is passed over, and the pinned one used.
    becomes(
      'check:intermediates',
      'if (issuer === null) {',
      "if (issuer === null && !on('check:intermediates')) continue\n    if (issuer === null) {",
      all,
    ),
  ]),
  ...pointsOf('endorsement/chain.ts', [
    refuses('check:chain.issuer', '!equalBytes(key.certificate.issuer.raw, issuer.subject)', all),
    // The first of the issuers has signed everything. Its key is not needed: not every one can be imported.
    becomes(
      'check:chain.signature',
      'const rsa = await issuerKey(engine, candidate)',
      "if (!on('check:chain.signature')) return\n      const rsa = await issuerKey(engine, candidate)",
      all,
      { covers: ['if (await engine.verifyRsaPss(rsa, certificate.signature, certificate.tbs)) return'] },
    ),
  ]),
  ...pointsOf('endorsement/authenticate.ts', [
    becomes(
      'check:signature',
      `endorsementEngineKey(engine, key).then((engineKey) =>
      engine.verifyP384(engineKey, concatBytes(r, s), signed),
    ),`,
      `on('check:signature')
      ? endorsementEngineKey(engine, key).then((engineKey) =>
          engine.verifyP384(engineKey, concatBytes(r, s), signed))
      : true,`,
      all,
      { covers: ['if (!signature.value)'] },
    ),
  ]),
  ...pointsOf('endorsement/revocation.ts', [
    // A CRL of another issuer counts like one of the ARK.
    requires(
      'issuer',
      'equalBytes(issuerOfCrl(der), ark.subject)',
      of('revocation/guards', 'signed by the ARK in another name'),
    ),
    refuses(
      'check:revocation.signature',
      '!(await engine.verifyRsaPss(await issuerKey(engine, ark), crl.signature, crl.tbs))',
      all,
    ),
    {
      find: 'if (!crl.revoked.has(serial)) continue',
      replace: `if (!on('check:revocation.revoked') || !on(\`.listed.\${${partOfPath}}\`)) continue
      if (!crl.revoked.has(serial)) continue`,
      points: [
        { id: 'check:revocation.revoked', cases: all },
        {
          id: 'listed.issuer',
          cases: of('revocation/revoked', 'Genoa: the ASK is listed, revocation unchecked'),
        },
        { id: 'listed.leaf', cases: of('revocation/revoked', 'Genoa: the leaf (serial 0) is listed') },
      ],
    },
  ]),
  ...pointsOf('endorsement/crl-rule.ts', [
    // Without a CRL none is needed.
    becomes(
      'check:revocation.crl',
      'if (!isUnchecked(rule.crl)) {',
      "if (!isUnchecked(rule.crl) && on('check:revocation.crl')) {",
      all,
    ),
    {
      find: 'judge(input, supplied))',
      replace: `judge(input, supplied)).map((one) => ({
    ...one,
    findings: one.findings.map(([id, finding]) => [id, on(\`check:\${id}\`) ? finding : passed]),
  }))`,
      covers: ["if (finding.outcome === 'failed') throw finding.error"],
      points: ['graceDays', 'minNumbers', 'maxFetchAgeDays'].map((id) => ({
        id: `check:revocation.${id}`,
        cases: all,
      })),
    },
  ]),
  ...pointsOf('binding/verify-binding.ts', [
    refuses('check:freshness', 'order.indexOf(actual) > order.indexOf(least)', all),
    refuses('check:binding.empty', 'isFilledWith(reportData, 0)', all),
    refuses('check:binding', '!equalBytes(reportData, facts.expected)', all),
    requires('check:binding.challenge', 'containsBytes(facts.preimage, facts.challengeBytes)', all),
  ]),
  // The same checks where a profile makes them.
  ...pointsOf('binding/run-profile.ts', [
    refuses('check:binding.vmpl', '!expected.includes(actual)', all),
    {
      find: 'source === null && isFilledWith(actual, 0)',
      replace: "on('check:binding.empty') && source === null && isFilledWith(actual, 0)",
      points: [],
    },
    {
      find: "import { mismatch, wrongSize } from './mismatch.js'",
      replace: "import { codeOfMismatch, mismatch, wrongSize } from './mismatch.js'",
      points: [],
    },
    {
      find: 'size !== actual.length',
      replace: `on(codeOfMismatch(layout, definition) === 'FRESHNESS_MISMATCH' ? 'check:binding.challenge' : 'check:binding') && size !== actual.length`,
      points: [],
    },
    {
      find: 'if (!equalBytes(part, bytes))',
      replace: `const check = codeOfMismatch([segment], definition) === 'FRESHNESS_MISMATCH' ? 'check:binding.challenge' : 'check:binding'
    if (on(check) && !equalBytes(part, bytes))`,
      points: [],
    },
  ]),
]
