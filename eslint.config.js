/**
 * Typed lint. A rule stands here only if it keeps a promise (docs/decisions/0001-checks.md); the formatter and the compiler
 * already cover the rest. Everything in `src` must be a function of its arguments, except in `shell` and `cli`.
 */
import functional from 'eslint-plugin-functional'
import tseslint from 'typescript-eslint'
import engram from './scripts/lint-rules.js'

/** Touch the world. */
const worldly = ['Date', 'performance', 'process', 'console', 'setTimeout', 'setInterval', 'crypto', 'Buffer', 'fetch']

/** Resolves here, dies in plain Node once published; the barrels load every module and hide which one is used. */
const fpTs = [
  { regex: '^fp-ts(?!/lib/(?!index)[A-Za-z]+\\.js$)', message: 'Import fp-ts by its full file: fp-ts/lib/Either.js.' },
  { regex: '^io-ts/(?!lib/[A-Za-z]+\\.js$)', message: "Import io-ts as 'io-ts' or by its full file." },
]

export default tseslint.config(
  {
    ignores: ['dist/**', 'coverage/**', '.cache/**', 'results/**', 'benchmarks/speed/peers/**', 'tests/independent/**'],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['{src,tests,scripts,benchmarks}/**/*.ts', '*.ts'],
    plugins: { engram },
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-array-sort-compare': ['error', { ignoreStringArrays: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    plugins: { functional },
    rules: {
      'engram/docstrings': 'error',
      'engram/exact': 'error',
      'engram/index-only': 'error',
      'engram/no-barrels': 'error',
      'engram/no-catch': 'error',
      'engram/no-default-export': 'error',
      'engram/no-module-state': 'error',
      'engram/readonly-fields': 'error',
      'functional/no-class-inheritance': 'error',
      'functional/no-classes': 'error',
      'functional/no-this-expressions': 'error',
      'functional/prefer-property-signatures': ['error', { ignoreIfReadonlyWrapped: true }],
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-param-reassign': 'error',
      'no-restricted-globals': [
        'error',
        ...worldly.map((name) => ({ name, message: 'Touches the world: only shell and cli may, and pass it in.' })),
      ],
      'no-restricted-imports': ['error', { patterns: fpTs }],
    },
  },

  // Where a rule does not hold, and why.
  {
    // what comes from files is wrong in expected ways: Either. Elsewhere a bug throws
    files: ['src/{data,stream}/**/*.ts'],
    rules: { 'functional/no-throw-statements': 'error' },
  },
  {
    // numeric loops and code generation: a cast or a `!` there stands for a check that would be paid per element
    files: ['src/{random,graph,compile}/**/*.ts'],
    rules: { '@typescript-eslint/consistent-type-assertions': 'off', 'engram/index-only': 'off' },
  },
  {
    // any value at all arrives here, messages must show it, and it leaves with a type
    files: ['src/codec/**/*.ts'],
    rules: {
      '@typescript-eslint/consistent-type-assertions': 'off',
      '@typescript-eslint/no-base-to-string': 'off',
      'engram/no-catch': 'off',
    },
  },
  {
    // what a user's function throws on a smaller shape ends an attempt to make a counterexample smaller, and nothing else
    files: ['src/testing/attempt.ts'],
    rules: { 'engram/no-catch': 'off' },
  },
  {
    // their f64 meaning checks derivatives and the own polynomials; it never reaches a result
    files: ['src/graph/primitives/{erf,exp,log,sigmoid,sinCos,tanh}.ts'],
    rules: { 'engram/exact': 'off' },
  },
  {
    // the vocabulary that people write expressions with is gathered on purpose; so are the public entries
    files: ['src/graph/ops.ts', 'src/index.ts', 'src/testing.ts'],
    rules: { 'engram/no-barrels': 'off' },
  },
  {
    // a run and a store own counters and memory that nobody else sees
    files: ['src/{train,compile}/**/*.ts'],
    rules: { 'engram/readonly-fields': 'off' },
  },
  {
    // the types of strategy.ts with their parameters forgotten; methods, because their bivariance is the cast
    files: ['src/strategy/{anyStrategy,plugin,registry}.ts'],
    rules: { 'functional/prefer-property-signatures': 'off', 'engram/docstrings': 'off' },
  },
  {
    // describes globals of the platform, which are what they are
    files: ['src/**/*.d.ts'],
    rules: { 'functional/no-classes': 'off', 'engram/docstrings': 'off' },
  },
  {
    // the places that touch the world, and catch what it throws
    files: ['src/{shell,cli}/**/*.ts'],
    rules: { 'no-restricted-globals': 'off', 'engram/exact': 'off', 'engram/no-catch': 'off' },
  },
  {
    // what a test or a script reads back from JSON or a child process has no better type
    files: ['{tests,benchmarks,scripts}/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  { files: ['tests/**/*.ts'], rules: { 'engram/no-skipped-tests': 'error' } },
)
