/**
 * Our own offline bundle as evidence: its report, endorsement keys, CRLs and attachments.
 *
 * Its record (policy, time, verdict, when CRLs were fetched) is the word of whoever made the file, so it is not looked
 * at here: a bundle is judged by the caller's policy, at the caller's time, like any other evidence.
 */
import { bundleType, readBundleDocument } from './bundle-document.js'
import type { BytesFormat } from './format.js'
import { memberOf } from './json-fields.js'

export const attestedBundle: BytesFormat = {
  name: 'attested-bundle',
  takes: 'bytes',
  recognises: ({ members }) => members !== null && memberOf(members, '__cmwc_t') === bundleType,
  decode: (bytes) => {
    const { report, keys, certificates, crls, attachments } = readBundleDocument(bytes)
    return {
      report,
      leaves: keys,
      authorities: certificates,
      crls,
      attachments: Object.fromEntries(attachments),
    }
  },
}
