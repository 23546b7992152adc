import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import type { Expr } from '../../src/graph/expr.js'
import { layout } from '../../src/graph/layout.js'
import {
  add,
  block,
  div,
  dot,
  input,
  literal,
  mean,
  mul,
  random,
  scan,
  slice,
  sum,
  zeros,
} from '../../src/graph/ops.js'
import { poolRoute } from '../../src/graph/primitives/poolMax.js'
import { primitives } from '../../src/graph/primitives/table.js'
import { networkToOnnx } from '../../src/interchange/onnx/network.js'
import { translations, untranslated } from '../../src/interchange/onnx/table.js'
import { toOnnx } from '../../src/interchange/onnx/toOnnx.js'
import { bytes, file, int, message, text } from '../../src/interchange/onnx/wire.js'
import { cnn } from '../../src/nn/cnn.js'
import { mlp } from '../../src/nn/mlp.js'
import type { Network } from '../../src/nn/network.js'
import { recurrentClassifier } from '../../src/nn/recurrentClassifier.js'
import { key } from '../../src/random/key.js'
import { fieldsOf, type Message, messagesIn, numbersIn, textsIn } from '../support/protobuf.js'

const exported = (network: Network, metadata = {}) => {
  const made = networkToOnnx({ network, params: network.initialise(key(1)), metadata })
  if (E.isLeft(made)) throw new Error(JSON.stringify(made.left))
  return made.right
}

const graphOf = (network: Network): Message => messagesIn(fieldsOf(exported(network).bytes), 7)[0]!

/** Names and lengths of values, as `x [n, 5]`. */
const valuesIn = (graph: Message, field: number): readonly string[] =>
  messagesIn(graph, field).map((value) => {
    const [shape] = messagesIn(value, 2)
      .flatMap((type) => messagesIn(type, 1))
      .flatMap((tensor) => messagesIn(tensor, 2))
    const lengths = messagesIn(shape ?? new Map(), 1).map((d) => textsIn(d, 2)[0] ?? numbersIn(d, 1)[0])
    return `${textsIn(value, 1)[0]} [${lengths.join(', ')}]`
  })

const one = (outputs: (n: number) => Readonly<Record<string, Expr>>) => toOnnx({ outputs, batched: 'x', baked: {} })

describe('protocol buffers', () => {
  it('are the bytes of the examples in their documentation', () => {
    // protobuf.dev, "Encoding": Test1 { a: 150 }, Test2 { b: "testing" }, Test3 { c: Test1 }, and int32 -2
    expect([...file(int(1, 150))]).toEqual([0x08, 0x96, 0x01])
    expect([...file(text(2, 'testing'))]).toEqual([0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67])
    expect([...file(message(3, int(1, 150)))]).toEqual([0x1a, 0x03, 0x08, 0x96, 0x01])
    expect([...file(int(1, -2))]).toEqual([0x08, 0xfe, ...new Array<number>(8).fill(0xff), 0x01])
    expect([...file(bytes(1, new Uint8Array(0)))]).toEqual([0x0a, 0x00])
  })

  it('refuse numbers that are not whole or too large', () => {
    expect(() => int(1, 0.5)).toThrow('protobuf: 0.5 is no whole number')
    expect(() => int(1, 2 ** 53)).toThrow('protobuf')
  })
})

describe('ONNX', () => {
  it('has a translation of every primitive, or a reason why not', () => {
    const names = primitives.filter(({ codegen }) => codegen !== 'leaf').map(({ name }) => name)
    for (const name of names)
      expect(
        [translations[name], untranslated[name]].filter((entry) => entry !== undefined),
        name,
      ).toHaveLength(1)
    for (const name of [...Object.keys(translations), ...Object.keys(untranslated)])
      expect([...names, 'literal']).toContain(name)
  })

  it('models say their operator set, what they are about, and what made them', () => {
    const model = fieldsOf(
      exported(mlp({ inputs: 3, hidden: [], outputs: 2, initialiser: 'pytorch' }), { seed: '4' }).bytes,
    )
    expect(numbersIn(model, 1)).toEqual([8])
    expect(textsIn(model, 2)).toEqual(['engram'])
    expect(messagesIn(model, 8).map((set) => [textsIn(set, 1), numbersIn(set, 2)])).toEqual([[[''], [18]]])
    expect(messagesIn(model, 14).map((entry) => [...textsIn(entry, 1), ...textsIn(entry, 2)])).toEqual([['seed', '4']])
  })

  it('keeps the names of parameters, and takes as many rows as it is given', () => {
    const graph = graphOf(
      cnn({ height: 4, width: 6, channels: 1, filters: [2], kernel: 3, outputs: 3, initialiser: 'he' }),
    )
    expect(valuesIn(graph, 11)).toEqual(['x [n, 24]'])
    expect(valuesIn(graph, 12)).toEqual(['logits [n, 3]'])
    const constants = messagesIn(graph, 5).map((tensor) => [textsIn(tensor, 8)[0], numbersIn(tensor, 1)])
    expect(constants).toEqual(
      expect.arrayContaining([
        ['conv0/weight', [3, 3, 1, 2]],
        ['conv0/bias', [2]],
        ['dense0/weight', [12, 3]],
        ['dense0/bias', [3]],
      ]),
    )
    expect(constants.map(([name]) => name)).not.toContain('params')
  })

  it('writes functions, not their polynomials', () => {
    const sizes = { steps: 3, inputs: 2, units: 4, outputs: 2, initialiser: 'pytorch' } as const
    const graph = graphOf(recurrentClassifier({ cell: 'gru', ...sizes }))
    const [body] = messagesIn(graph, 1)
      .filter((node) => textsIn(node, 4)[0] === 'Scan')
      .flatMap((node) => messagesIn(node, 5))
      .flatMap((attribute) => messagesIn(attribute, 6))
    const operators = messagesIn(body ?? new Map(), 1).map((node) => textsIn(node, 4)[0])
    expect(operators.filter((op) => op === 'Sigmoid' || op === 'Tanh')).toEqual(['Sigmoid', 'Tanh'])
  })

  it('gives the same bytes for the same network', () => {
    const network = mlp({ inputs: 5, hidden: [4], outputs: 2, initialiser: 'pytorch' })
    expect(exported(network).bytes).toEqual(exported(network).bytes)
  })

  it('takes one row where a graph does not follow its batch, or as many as it is told', () => {
    const outputs = (n: number) => ({ y: mul(input('x', [n, 3]), mean(input('x', [n, 3]))) })
    const made = one(outputs)
    expect(E.isRight(made) && made.right.rows).toBe(1)
    const fixed = toOnnx({ outputs, batched: 'x', baked: {}, rows: 6 })
    expect(E.isRight(fixed) && fixed.right.rows).toBe(6)
    // a sum follows it, the number of rows that it is divided by does not
    const sums = one((n) => ({ y: div(sum(input('x', [n, 3])), 4) }))
    expect(E.isRight(sums) && sums.right.rows).toBe('any')
  })

  it('names every expression that cannot be said, with the reason', () => {
    const made = one((n) => {
      const x = input('x', [n, 4, 4, 1])
      const routed = poolRoute(x, input('ct', [n, 2, 2, 1]), 2)
      return { y: mul(routed, random(input('key', [2], 'i32'), 'noise', [n, 4, 4, 1])) }
    })
    expect(E.isLeft(made) && made.left.map(({ got }) => got)).toEqual([
      'poolRoute(x, ct) (poolRoute: it stands in derivatives of poolMax only)',
      "random('noise') (random: ONNX has no generator that draws the same numbers; a network draws in training passes only)",
    ])
  })

  it('refuses a batch that is counted by an input that nothing reads', () => {
    expect(() => one((n) => ({ y: add(zeros([n, 2]), block('scale', [2])) }))).toThrow("nothing reads 'x'")
  })

  it('refuses one name for an input and an output, and parameters of another number', () => {
    expect(() => one((n) => ({ x: mul(2, input('x', [n, 3])) }))).toThrow(
      "'x' is the name of an input and of an output",
    )
    const network = mlp({ inputs: 3, hidden: [], outputs: 2, initialiser: 'pytorch' })
    expect(() => networkToOnnx({ network, params: new Float32Array(7) })).toThrow('expected 8 parameters')
  })

  it('says the sum of a loop that is one number', () => {
    const made = one((n) => {
      const { sums } = scan({ states: { h: literal(1) }, inputs: { x: input('x', [n, 3]) } }, ({ h }, { x }) => ({
        states: { h: mul(h, 0.5) },
        sums: { total: mul(h, sum(x)) },
      }))
      return { y: sums.total }
    })
    expect(E.isRight(made) && made.right.rows).toBe('any')
  })

  it('has a parameter once, and reshapes it where it is used in another shape', () => {
    const tied = layout([{ name: 'w', shape: [6, 2] }])
    const made = toOnnx({
      outputs: (n) => {
        const [x, p] = [input('x', [n, 6]), block('p', [12])]
        return { y: dot(dot(x, slice(p, 0, [6, 2])), slice(p, 0, [2, 6])) }
      },
      batched: 'x',
      baked: { p: { values: new Float32Array(12), layout: tied } },
    })
    const graph = E.isRight(made) ? messagesIn(fieldsOf(made.right.bytes), 7)[0]! : new Map()
    const constants = messagesIn(graph, 5).map((tensor) => [textsIn(tensor, 8)[0], numbersIn(tensor, 1)])
    expect(constants.filter(([name]) => name !== 'whole 2 6')).toEqual([['w', [6, 2]]])
    const inputsOf = (op: string) =>
      messagesIn(graph, 1)
        .filter((node) => textsIn(node, 4)[0] === op)
        .map((node) => textsIn(node, 1))
    expect(inputsOf('Reshape')).toEqual([['w', 'whole 2 6']])
    expect(inputsOf('Gemm')).toEqual([
      ['x', 'w'],
      ['Gemm:0', 'Reshape:0'],
    ])
  })

  it('keeps two parameters of one name apart', () => {
    const named = layout([{ name: 'w', shape: [3] }])
    const made = toOnnx({
      outputs: (n) => ({
        y: mul(mul(input('x', [n, 3]), slice(block('p', [3]), 0, [3])), slice(block('q', [3]), 0, [3])),
      }),
      batched: 'x',
      baked: {
        p: { values: Float32Array.of(1, 2, 3), layout: named },
        q: { values: Float32Array.of(4, 5, 6), layout: named },
      },
    })
    const graph = E.isRight(made) ? messagesIn(fieldsOf(made.right.bytes), 7)[0]! : new Map()
    expect(new Set(messagesIn(graph, 5).map((tensor) => textsIn(tensor, 8)[0])).size).toBe(2)
  })

  it('reads a block that is not baked as an input', () => {
    const made = one((n) => ({ y: mul(input('x', [n, 3]), block('scale', [3])) }))
    const graph = E.isRight(made) ? messagesIn(fieldsOf(made.right.bytes), 7)[0]! : new Map()
    expect(valuesIn(graph, 11).toSorted()).toEqual(['scale [3]', 'x [n, 3]'])
  })
})
