/**
 * The architecture as named rules. A folder of `src` has a number and imports only from lower numbers or from itself.
 * `scripts/check-layers.ts` runs these rules and also counts the modules: a tool that saw nothing proves nothing.
 */

/** Folder, number, and why it may know no more than it does. */
const layers = [
  ['codec', 0, 'Decoders are building blocks of every file format: they know io-ts and nothing of Engram.'],
  ['random', 0, 'A draw depends on a key alone; a generator that knew its users could be moved by them.'],
  ['graph', 1, 'Expressions are the meaning of every number; a back end or a method must not leak into that meaning.'],
  ['compile', 2, 'Compilation is a function of the graph: it may not know which network or method asked for it.'],
  ['nn', 2, 'Networks are expressions; they run the same on the reference and compiled, so they know neither.'],
  ['optim', 2, 'An optimiser is a pure update of vectors, whatever produced the gradient.'],
  ['data', 2, 'Data sets are described and parsed here; fetching them touches the world and belongs to shell.'],
  ['record', 2, 'The result file is a contract between years: it must not depend on the code that fills it.'],
  ['stream', 3, 'The world offers experiences without knowing who learns from them, or it could favour someone.'],
  ['metrics', 3, 'A metric is a function of the raw log; one that could reach the run could measure something else.'],
  ['stats', 3, 'Statistics see numbers and intervals, never methods: no special case for anyone.'],
  ['memory', 3, 'Buffer policies choose rows from counts and keys; they do not know which method keeps them.'],
  [
    'analytic',
    3,
    'Closed forms are functions of numbers in f64: the yardstick is the same for whoever is measured by it.',
  ],
  ['interchange', 3, 'Files of other systems are bytes and values; who trained the values is not known here.'],
  ['strategy', 4, 'Strategies are called, they never call: none of them may know the loop.'],
  ['train', 5, 'The loop knows the order of the hooks and nothing of files, clocks or terminals.'],
  ['testing', 6, 'The kit that plugin authors import checks strategies through the public loop only.'],
  ['report', 7, 'Text and charts are functions of results; they start no run and read no file.'],
  ['shell', 8, 'The only folder, with cli, that touches files, workers and clocks; it does not know commands.'],
]

const within = (names) => `^src/(${names.join('|')})/`
const pure = layers.map(([name]) => name).filter((name) => name !== 'shell')

const layerRules = layers.map(([name, number, reason]) => ({
  name: `${name}-imports-only-lower-layers`,
  comment: reason,
  severity: 'error',
  from: { path: within([name]) },
  to: {
    path: '^src/',
    pathNot: within([name, ...layers.filter(([, other]) => other < number).map(([other]) => other)]),
  },
}))

export default {
  forbidden: [
    ...layerRules,
    {
      name: 'every-module-has-a-layer',
      comment: 'A folder without a number has no rule; only the two public entries stand beside the folders.',
      severity: 'error',
      from: {},
      to: { path: '^src/', pathNot: [within([...layers.map(([name]) => name), 'cli']), '^src/(index|testing)\\.ts$'] },
    },
    {
      name: 'entries-are-for-outside',
      comment: 'index.ts and testing.ts are what others import. Inside, import the file: barrels make cycles.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/(index|testing)\\.ts$' },
    },
    {
      name: 'numeric-core-has-no-fp-ts',
      comment: 'Kernels, graphs and optimisers are plain loops that run in a page as they are; fp-ts lives at borders.',
      severity: 'error',
      from: { path: within(['graph', 'compile', 'random', 'optim', 'nn']) },
      to: { path: '(^|/)(fp-ts|io-ts)(/|$)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'world-only-in-shell-and-cli',
      comment: 'The core runs in a browser and depends on nothing but its arguments: no files, clocks, processes.',
      severity: 'error',
      from: { path: [within(pure), '^src/(index|testing)\\.ts$'] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'declared-packages-only',
      comment: 'A package that works here by chance of hoisting is missing for whoever installs Engram.',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'src-imports-src',
      comment: 'Published code cannot reach tests, scripts or benchmarks: they are not in the package.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(tests|scripts|benchmarks|examples|dist)/' },
    },
    {
      name: 'no-cycles',
      comment: 'Modules in a cycle are one module in several files, and their start-up order is luck.',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true },
    },
    {
      name: 'no-unresolved-imports',
      comment: 'An import that the checker cannot follow is a hole in every rule above.',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true },
    },
    {
      name: 'no-orphans',
      comment: 'A module that imports nothing and that nothing imports is forgotten.',
      severity: 'error',
      from: {
        orphan: true,
        path: '^src/',
        pathNot: ['^src/(index|testing)\\.ts$', '^src/cli/main\\.ts$', '\\.d\\.ts$'],
      },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // types too, read by the compiler alone: with verbatimModuleSyntax only `import type` vanishes at run time
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
}
