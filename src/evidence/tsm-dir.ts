/**
 * A configfs-tsm report as the directory that the kernel shows, or a copy of it: `outblob`, `auxblob`, `provider`.
 * Source: Linux configfs-tsm ABI. `outblob` is the report, `auxblob` the certificate table, as bytes.
 */
import { fromUtf8 } from '../encoding/text.js'
import { malformed, unknownName } from './container.js'
import type { FilesFormat } from './format.js'
import { requireProvider, tsmNames, tsmParts } from './tsm.js'

const what = 'tsm-dir'

export const tsmDir: FilesFormat = {
  name: 'tsm-dir',
  takes: 'files',
  recognises: (files) => files.has('outblob'),
  decode: (files) => {
    for (const name of files.keys()) {
      // `inblob` is what the guest asked for. The kernel lets nobody read it; a copy may have it, and proves nothing.
      if (!tsmNames.has(name) && name !== 'inblob') throw unknownName(what, 'file', name)
    }
    const report = files.get('outblob')
    if (report === undefined) throw malformed(what, 'no file outblob')
    const provider = files.get('provider')
    if (provider !== undefined) requireProvider(fromUtf8(provider), what)
    return tsmParts(report, files.get('auxblob') ?? new Uint8Array())
  },
}
