// Run from the top of the repository: eslint --config .ci/eslint.config.js .
// The tools live in .ci/tools (see setup.mjs), so they are resolved from there.
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const require = createRequire(new URL('./tools/package.json', import.meta.url))
const { defineConfig, globalIgnores } = require('eslint/config')
const js = require('@eslint/js')
const tseslint = require('typescript-eslint')

const root = fileURLToPath(new URL('..', import.meta.url))

const ambient = (name, instead) => ({ name, message: `${name} is not for the library: ${instead}` })
const clock = 'the time is always an argument (`at`), never the machine’s'

/** What the library may not reach for. It runs in browsers and workers, decides by its arguments, and does no I/O. */
const forbiddenGlobals = [
  ambient('fetch', 'no I/O outside kds/'),
  ambient('XMLHttpRequest', 'no I/O'),
  ambient('WebSocket', 'no I/O'),
  ambient('window', 'not every runtime has one; use globalThis'),
  ambient('self', 'not every runtime has one; use globalThis'),
  ambient('document', 'not every runtime has one'),
  ambient('navigator', 'not every runtime has one'),
  ambient('localStorage', 'state is the caller’s'),
  ambient('process', 'Node only'),
  ambient('Buffer', 'Node only; use Uint8Array'),
  ambient('require', 'Node only'),
  ambient('performance', clock),
  ambient('eval', 'breaks under a content security policy'),
  ambient('Function', 'breaks under a content security policy'),
]

const noDefaultExport = {
  selector: 'ExportDefaultDeclaration',
  message: 'Export by name: one name per thing, everywhere.',
}
const noEnum = { selector: 'TSEnumDeclaration', message: 'Use a union of literals or an `as const` object.' }
const noClock = [
  'NewExpression[callee.name="Date"][arguments.length=0]',
  'CallExpression[callee.name="Date"]',
  'MemberExpression[object.name="Date"][property.name="now"]',
].map((selector) => ({ selector, message: `No ambient clock: ${clock}.` }))
// `globalThis.crypto` is how the engine finds WebCrypto, so only these members are refused.
const noGlobalThis = {
  selector:
    'MemberExpression[object.name="globalThis"][property.name=/^(fetch|process|Buffer|window|eval|Function|performance)$/]',
  message: 'Forbidden by name, so also by way of globalThis.',
}

export default defineConfig(
  globalIgnores(['**/node_modules/', 'dist/', '.build/', 'coverage/', 'vectors/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['src/**/*.ts', 'test/**/*.ts'],
    extends: [js.configs.recommended, tseslint.configs.strictTypeChecked],
    languageOptions: {
      // One project holds src, its unit tests, the command and test/.
      parserOptions: { project: 'test/tsconfig.json', tsconfigRootDir: root },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Numbers are safe in a template; `null`, objects and arrays are not.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // `noPropertyAccessFromIndexSignature` asks for the very brackets that this rule would remove.
      '@typescript-eslint/dot-notation': 'off',
      'no-restricted-syntax': ['error', noDefaultExport, noEnum],
      eqeqeq: 'error',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/cli/**', 'src/**/*.test.ts'],
    rules: {
      'no-restricted-globals': ['error', ...forbiddenGlobals],
      'no-restricted-syntax': ['error', noDefaultExport, noEnum, ...noClock, noGlobalThis],
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^node:', message: 'Node modules are for src/cli alone.' }] },
      ],
      'no-console': 'error',
    },
  },
  {
    files: ['.ci/*.js', '.ci/*.mjs'],
    extends: [js.configs.recommended],
    languageOptions: { globals: { console: 'readonly', process: 'readonly', URL: 'readonly' } },
  },
  {
    // Tests hand wrong things in on purpose, and know what their own fixtures hold.
    files: ['src/**/*.test.ts', 'test/**/*.ts'],
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
)
