import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { describe, expect, it } from 'vitest'
import { closed } from '../../src/codec/closed.js'
import { decodeWith } from '../../src/codec/decode.js'
import { nonNegative } from '../../src/codec/number.js'
import { withDefault } from '../../src/codec/optional.js'
import { describe as said } from '../../src/codec/problem.js'
import { benchmark, pluginFiles } from '../../src/train/benchmark.js'

const codec = benchmark([
  { name: 'naive', options: closed('options of naive', {}) },
  { name: 'ewc', options: closed('options of ewc', { lambda: nonNegative, gamma: withDefault(nonNegative, 1) }) },
  { name: 'loose', options: t.type({}) },
])

const small = {
  name: 'small',
  title: 'Small',
  scenario: 'split-digits-class',
  model: { kind: 'mlp', hidden: [8] },
  optimiser: { name: 'adam', rate: 0.001 },
  training: { batch: 4, iterations: 2 },
  seeds: [1, 2],
  methods: [
    { label: 'naive', strategies: [] },
    { label: 'ewc', strategies: [{ name: 'ewc', lambda: 10 }] },
  ],
}

const problemsOf = (raw: unknown): readonly string[] => {
  const decoded = decodeWith(codec, raw)
  return E.isLeft(decoded) ? decoded.left.map(said) : []
}

describe('the codec of benchmark files', () => {
  it('resolves every option', () => {
    const decoded = decodeWith(codec, small)
    expect(decoded).toEqual(
      E.right({
        ...small,
        model: { kind: 'mlp', hidden: [8], initialiser: 'pytorch' },
        optimiser: { name: 'adam', rate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, boundary: 'keep' },
        measure: [],
        plugins: [],
        methods: [small.methods[0], { label: 'ewc', strategies: [{ name: 'ewc', lambda: 10, gamma: 1 }] }],
      }),
    )
  })

  it('decodes what it has decoded to the same value', () => {
    const once = decodeWith(codec, small)
    if (E.isLeft(once)) throw new Error('it does not decode')
    expect(decodeWith(codec, JSON.parse(JSON.stringify(codec.encode(once.right))))).toEqual(once)
  })

  it('reports all problems of a file at once', () => {
    const found = problemsOf({
      ...small,
      senario: 'x',
      training: { batch: 0, iterations: 2, iteration: 3 },
      seeds: [1, 1],
      methods: [
        { label: 'a/b', strategies: [] },
        { label: 'ewc', strategies: [{ name: 'ewc', lambda: -1, lamda: 1 }] },
        { label: 'x', strategies: [{ name: 'ewk' }] },
      ],
    })
    expect(found.join('\n')).toContain("senario: unknown key 'senario'; did you mean 'scenario'?")
    expect(found.join('\n')).toContain('training.batch: expected an integer >= 1, got 0')
    expect(found.join('\n')).toContain("did you mean 'iterations'?")
    expect(found.join('\n')).toContain('methods[0].label: expected a name')
    expect(found.join('\n')).toContain('methods[1].strategies[0].lambda: expected a number >= 0, got -1')
    expect(found.join('\n')).toContain("methods[1].strategies[0].lamda: unknown key 'lamda'; did you mean 'lambda'?")
    expect(found.join('\n')).toContain(
      `methods[2].strategies[0].name: expected one of "naive", "ewc", "loose", got "ewk"; did you mean 'ewc'?`,
    )
  })

  it.each([
    ['NaN', Number.NaN],
    ['an infinity', Number.POSITIVE_INFINITY],
    ['a text', '1'],
  ])('refuses %s as lambda', (_, lambda) => {
    const methods = [{ label: 'ewc', strategies: [{ name: 'ewc', lambda }] }]
    expect(problemsOf({ ...small, methods })).toHaveLength(1)
  })

  it('refuses a repeated seed and labels that differ in case only', () => {
    const methods = [...small.methods, { label: 'EWC', strategies: [] }]
    expect(problemsOf({ ...small, methods, seeds: [3, 1, 3] })).toEqual([
      'seeds[2]: expected every seed once, got 3',
      'methods[2].label: expected a label that no other method has (folders may ignore case), got "EWC"',
    ])
  })

  it('refuses published figures of labels that do not exist, and of what its runs do not measure', () => {
    const figure = { mean: 0.1, interval: { kind: 'none' }, source: 'a paper', tag: 'V', margin: 0.02 }
    const expected = [
      { ...figure, label: 'joined' },
      { ...figure, label: 'ewc', measure: 'within-context' },
    ]
    const found = problemsOf({ ...small, expected }).join()
    expect(found).toContain('expected[0].label: expected a label of this file: naive, ewc')
    expect(found).toContain('expected[1].measure: expected a measure of this file')
    expect(problemsOf({ ...small, measure: ['within-context'], expected: expected.slice(1) })).toEqual([])
  })

  it('needs a name in a strategy', () => {
    expect(problemsOf({ ...small, methods: [{ label: 'a', strategies: [{ lambda: 1 }] }] })).toHaveLength(1)
    expect(problemsOf({ ...small, methods: [{ label: 'a', strategies: ['ewc'] }] })).toHaveLength(1)
  })
})

describe('a raw benchmark', () => {
  it('gives its plugin files without being decoded', () => {
    expect(pluginFiles({ plugins: ['./a.js', 3] })).toEqual(['./a.js'])
    expect(pluginFiles(null)).toEqual([])
  })
})

describe('how long a benchmark trains', () => {
  const lengths = (training: object) => problemsOf({ ...small, training: { batch: 8, ...training } })

  it('is told in steps or in passes, not in both and not in neither', () => {
    expect(lengths({ iterations: 5 })).toEqual([])
    expect(lengths({ epochs: 1 })).toEqual([])
    expect(lengths({ iterations: 5, epochs: 1 })).toEqual([
      "training.epochs: expected no 'epochs' beside 'iterations', got 1",
    ])
    expect(lengths({})).toEqual(["training.iterations: expected a count, or 'epochs' in its place, got nothing"])
  })

  it('may be of a method’s own', () => {
    const [first] = small.methods
    expect(problemsOf({ ...small, methods: [{ ...first, training: { batch: 4, epochs: 2 } }] })).toEqual([])
    expect(problemsOf({ ...small, methods: [{ ...first, training: { batch: 4 } }] })).toHaveLength(1)
  })
})
