// Reads the imports of every source file, for the tests on structure. No dependency but the compiler's own parser.
import { readFileSync, readdirSync } from 'node:fs'
import { join, posix } from 'node:path'
import ts from 'typescript'

/** How a file names another module. `type` leaves no trace at run time, `dynamic` is loaded on first use. */
export type ImportKind = 'static' | 'type' | 'dynamic'

/** One import, re-export, `import()` or import type. */
export interface Import {
  readonly specifier: string
  readonly kind: ImportKind
  /** True for `import 'x'`, which is there for its side effects alone. */
  readonly bare: boolean
  /** The file in the repository, if the specifier is relative. */
  readonly target: string | null
}

/** A source file; paths are relative to the top of the repository, with slashes. */
export interface SourceFile {
  readonly path: string
  readonly imports: readonly Import[]
  /** True if every statement is `export … from`. */
  readonly onlyReExports: boolean
}

/** Everything that ends up in dist/, parsed: `src/` without its unit tests. */
export function readSources(root: string): readonly SourceFile[] {
  return sourcePaths(root, 'src')
    .filter((path) => !path.endsWith('.test.ts'))
    .map((path) => parseSource(path, readFileSync(join(root, path), 'utf8')))
}

/** All TypeScript files of a folder, sorted. */
export function sourcePaths(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .sort()
}

/** Parses one file given as text. */
export function parseSource(path: string, text: string): SourceFile {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022)
  const imports: Import[] = []
  const add = (name: ts.Node | undefined, kind: ImportKind, bare = false): void => {
    if (name === undefined) return
    // An `import()` of a computed name could load anything, so it gets a specifier that no rule allows.
    const specifier = ts.isStringLiteralLike(name) ? name.text : '(computed)'
    const target = specifier.startsWith('.') ? resolveSource(path, specifier) : null
    imports.push({ specifier, kind, bare, target })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      const clause = node.importClause
      const type = clause?.phaseModifier === ts.SyntaxKind.TypeKeyword
      add(node.moduleSpecifier, type ? 'type' : 'static', clause === undefined)
    } else if (ts.isExportDeclaration(node)) {
      add(node.moduleSpecifier, node.isTypeOnly ? 'type' : 'static')
    } else if (ts.isImportTypeNode(node)) {
      add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : node.argument, 'type')
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], 'dynamic')
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  const onlyReExports = source.statements.every(
    (statement) => ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined,
  )
  return { path, imports, onlyReExports }
}

function resolveSource(from: string, specifier: string): string {
  return posix.join(posix.dirname(from), specifier).replace(/\.js$/, '.ts')
}

/** What a file reaches by the given kinds of import, itself included. */
export function reachable(
  files: readonly SourceFile[],
  from: string,
  kinds: readonly ImportKind[],
): Set<string> {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const seen = new Set([from])
  for (const path of seen) {
    for (const { target, kind } of byPath.get(path)?.imports ?? []) {
      if (target !== null && kinds.includes(kind)) seen.add(target)
    }
  }
  return seen
}

/** The first cycle of imports of any kind as a list of paths that ends where it starts, or null. */
export function findCycle(files: readonly SourceFile[]): readonly string[] | null {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const done = new Set<string>()
  const trail: string[] = []
  const walk = (path: string): readonly string[] | null => {
    const start = trail.indexOf(path)
    if (start >= 0) return [...trail.slice(start), path]
    if (done.has(path)) return null
    trail.push(path)
    for (const { target } of byPath.get(path)?.imports ?? []) {
      const cycle = target === null ? null : walk(target)
      if (cycle !== null) return cycle
    }
    trail.pop()
    done.add(path)
    return null
  }
  for (const { path } of files) {
    const cycle = walk(path)
    if (cycle !== null) return cycle
  }
  return null
}
