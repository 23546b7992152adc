import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import type { Expr } from '../../src/graph/expr.js'
import { mul, square, stop, sub, sum } from '../../src/graph/ops.js'
import { primitives } from '../../src/graph/primitives/table.js'
import { activations } from '../../src/nn/activation.js'
import { batchNormalisation } from '../../src/nn/batchNorm.js'
import { contextGate } from '../../src/nn/contextGate.js'
import { dense } from '../../src/nn/dense.js'
import { crossEntropy } from '../../src/nn/loss.js'
import { mlp } from '../../src/nn/mlp.js'
import { optimisers } from '../../src/optim/registry.js'
import { key } from '../../src/random/key.js'
import type { Strategy } from '../../src/strategy/strategy.js'
import type { Uses } from '../../src/strategy/slots.js'
import { ewcPlugin } from '../../src/strategy/ewc.js'
import { strategies } from '../../src/strategy/registry.js'
import { exportedItems } from '../../src/testing/gradcheck/exported.js'
import type { Item, Kind } from '../../src/testing/gradcheck/item.js'
import { allItems } from '../../src/testing/gradcheck/items.js'

const items = allItems()
const namesOf = (kind: Kind): readonly string[] => items.filter((item) => item.kind === kind).map(({ name }) => name)

/** Functions of `src/nn` that are no item of their own: the item that they are checked with, or why there is none. */
const otherwise: Readonly<Record<string, string>> = {
  onePer: 'preluLayer',
  fastSigmoid: 'step',
  logisticSurrogate: 'step',
  straightThrough: 'step',
  ofContext: 'contextGate',
  elman: 'recurrent',
  gru: 'recurrent',
  afterProduct: 'mlp',
  normalising: 'mlp',
  joined: 'autoencoder',
  overOutputs: 'meanSquaredError',
  gateTable: 'makes numbers',
  classTable: 'makes numbers',
  weights: 'makes numbers',
  biases: 'makes numbers',
}

/** Files of functions that make numbers or read options, no expressions. */
const without = /^(initialisers\/.*|options\.ts)$/

const failuresOf = ({ instances }: Item): readonly string[] => instances.flatMap(({ check }) => check(0).failures)

describe('the items of gradcheck', () => {
  it('have names that are unique within their kind', () => {
    const names = items.map(({ kind, name }) => `${kind} ${name}`)
    expect(names.filter((name, i) => names.indexOf(name) < i)).toEqual([])
  })
  it('leave out no primitive, activation function, optimiser or strategy of a registry', () => {
    const sampled = primitives.filter((p) => p.sample !== undefined).map((p) => p.name)
    expect(namesOf('primitive')).toEqual(sampled)
    expect(namesOf('activation')).toEqual(expect.arrayContaining(Object.keys(activations)))
    expect(namesOf('optimiser')).toEqual(optimisers.map(({ name }) => name))
    expect(namesOf('strategy')).toEqual(strategies.map(({ name }) => name))
  })
  it('leave out no function that a file of nn exports, but for those that are named with what stands for them', async () => {
    const names = new Set([...namesOf('activation'), ...namesOf('loss'), ...namesOf('layer'), ...namesOf('model')])
    const files = readdirSync('src/nn', { recursive: true, encoding: 'utf8' })
      .map((file) => file.replaceAll('\\', '/'))
      .filter((file) => file.endsWith('.ts') && !without.test(file))
    const missing: string[] = []
    for (const file of files) {
      const exported: object = await import(pathToFileURL(resolve('src/nn', file)).href)
      for (const [name, value] of Object.entries(exported))
        if (typeof value === 'function' && !names.has(name) && otherwise[name] === undefined) missing.push(name)
    }
    expect(missing).toEqual([])
    for (const [name, instead] of Object.entries(otherwise))
      expect([name, instead === 'makes numbers' || names.has(instead)]).toEqual([name, true])
  })
  it('have cases, or say why there are none', () => {
    for (const { name, instances, note } of items)
      expect([name, instances.length > 0 || note]).not.toEqual([name, undefined])
  })
})

// primitives have laws of their own
describe.each(items.filter(({ kind }) => kind !== 'primitive'))('$kind $name', (item) => {
  it('has right gradients, bits and bounds in every case', () => {
    expect(failuresOf(item)).toEqual([])
  })
})

describe('exports of a file', () => {
  type Held = Uses<{ tensors: 'anchor' }>
  const held = (): Strategy<Held> => ({
    name: 'held',
    rights: {},
    tensors: { anchor: { shape: (d) => [d.layout.size], init: 'params' } },
    objective: ({ params, tensors }) => [{ name: 'pull', value: sum(square(sub(params, tensors.anchor))) }],
  })
  const found = (exported: Readonly<Record<string, unknown>>): readonly Item[] => {
    const made = exportedItems(exported)
    if (E.isLeft(made)) throw new Error(made.left.join('; '))
    return made.right
  }
  const problems = (exported: Readonly<Record<string, unknown>>): string => {
    const made = exportedItems(exported)
    return E.isLeft(made) ? made.left.join('\n') : 'none'
  }

  it('are recognised by their shape', () => {
    const exported = {
      strategy: held(),
      method: [held()],
      layer: dense({ units: 3, initialiser: 'glorot' }),
      trained: batchNormalisation({ statistics: 'continue' }),
      gated: contextGate({ contexts: 2, silenced: 0.5, key: key(1) }),
      network: mlp({ inputs: 3, hidden: [4], outputs: 2, initialiser: 'glorot', dropout: 0.5 }),
      bent: (x: Expr) => square(x),
      loss: (z: Expr, y: Expr) => crossEntropy(z, y),
    }
    const made = found(exported)
    expect(made.map(({ name, instances }) => [name, instances.length])).toEqual([
      ['strategy', 1],
      ['method', 1],
      ['layer', 1],
      ['trained', 2],
      ['gated', 2],
      ['network', 2],
      ['bent', 1],
      ['loss', 1],
    ])
    expect(made.flatMap(failuresOf)).toEqual([])
  })

  it('are only those that `checks` names, where there is one', () => {
    const made = found({
      other: 3,
      checks: {
        pull: { f: (p: Expr) => square(p), arguments: [[3]] },
        strategy: { strategy: held(), experience: 1 },
        plugin: { plugin: ewcPlugin, options: { lambda: 2 } },
        layer: { layer: dense({ units: 2, initialiser: 'glorot' }), shape: [3], training: true },
      },
    })
    expect(made.map(({ name }) => name)).toEqual(['pull', 'strategy', 'plugin', 'layer'])
    expect(made.flatMap(failuresOf)).toEqual([])
  })

  it('fail with a counterexample where a gradient is cut', () => {
    const cut = { f: (p: Expr) => mul(stop(p), p), arguments: [[3]], options: { differencesOf: 'value' } }
    const failures = found({ checks: { cut } }).flatMap(failuresOf)
    expect(failures).toHaveLength(1)
    expect(failures[0]).toContain('gradient of cut is wrong')
    expect(failures[0]).toContain('checkGradients(')
  })

  it('are refused together, each with what is wrong with it', () => {
    const text = problems({
      number: 3,
      three: (a: unknown, _b: unknown, _c: unknown) => a,
      plugin: ewcPlugin,
      misspelt: { name: 'hold', rights: {}, objectiv: () => [] },
    })
    for (const part of [
      'number: a number',
      'three: a function',
      'takes 3 arguments',
      'lambda',
      "did you mean 'objective'?",
    ])
      expect(text).toContain(part)
    expect(problems({ checks: { a: { f: 3, arguments: [[0]], optons: {} }, b: { layer: 1, shape: [2] } } })).toBe(
      [
        "checks.a.optons: unknown key 'optons'; did you mean 'options'?",
        'checks.a.f: expected a function of expressions, got 3',
        'checks.a.arguments[0][0]: expected an integer >= 1, got 0',
        'checks.b.layer: expected a layer, such as dense({ … }), got 1',
      ].join('\n'),
    )
    expect(problems({})).toBe('it exports nothing')
  })
})
