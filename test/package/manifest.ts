// package.json as the tests and the package check read it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface PackageManifest {
  readonly name: string
  readonly files: readonly string[]
  readonly sideEffects: readonly string[]
  readonly bin: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>
  readonly scripts: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}

export function readManifest(root: string): PackageManifest {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as PackageManifest
}

/** The subpaths that hold code, each with its two files; `./package.json` is left out, patterns are kept. */
export function codeExports(
  manifest: PackageManifest,
): readonly { readonly subpath: string; readonly types: string; readonly default: string }[] {
  const found: { subpath: string; types: string; default: string }[] = []
  for (const [subpath, target] of Object.entries(manifest.exports)) {
    if (typeof target !== 'string') found.push({ subpath, types: target.types, default: target.default })
  }
  return found
}
