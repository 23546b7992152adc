import { describe, expect, it } from 'vitest'
import { errorBounds } from '../../src/graph/errorBound.js'
import { evaluate } from '../../src/graph/evaluate.js'
import { block, input } from '../../src/graph/ops.js'
import { adam } from '../../src/optim/adam.js'
import { adamW } from '../../src/optim/adamW.js'
import { momentum } from '../../src/optim/momentum.js'
import { nesterov } from '../../src/optim/nesterov.js'
import { initialSlot, type Optimiser } from '../../src/optim/optimiser.js'
import { rmsprop } from '../../src/optim/rmsprop.js'
import { sgd } from '../../src/optim/sgd.js'
import { apart, fixtures, type Held, type OptimiserFixture } from '../support/fixtures.js'

const { system, start, gradients, cases } = fixtures<{
  readonly system: string
  readonly start: Held
  readonly gradients: Held
  readonly cases: Readonly<Record<string, OptimiserFixture>>
}>('optim')

const option =
  ({ options }: OptimiserFixture) =>
  (name: string): number =>
    options[name] ?? Number.NaN

const ours: Readonly<Record<string, (f: OptimiserFixture) => Optimiser>> = {
  sgd: (f) => sgd({ rate: option(f)('rate') }),
  momentum: (f) => momentum({ rate: option(f)('rate'), momentum: option(f)('momentum') }),
  nesterov: (f) => nesterov({ rate: option(f)('rate'), momentum: option(f)('momentum') }),
  rmsprop: (f) => rmsprop({ rate: option(f)('rate'), rho: option(f)('rho'), epsilon: option(f)('epsilon') }),
  adam: (f) => adam(moments(f)),
  adamW: (f) => adamW({ ...moments(f), weightDecay: option(f)('weightDecay') }),
}

const moments = (f: OptimiserFixture) => ({
  rate: option(f)('rate'),
  beta1: option(f)('beta1'),
  beta2: option(f)('beta2'),
  epsilon: option(f)('epsilon'),
})

describe(`steps of ${system}`, () => {
  it('are compared one and all', () => {
    expect(Object.keys(ours).toSorted()).toEqual(Object.keys(cases).toSorted())
  })

  it.each(Object.entries(cases))('%s: ours are the same', (name, fixture) => {
    const size = start.values.length
    const optimiser = ours[name]!(fixture)
    let slots = Object.fromEntries(optimiser.slots.map((s) => [s.name, block(s.name, s.shape(size))]))
    let params = block('params', [size])
    const after = fixture.after.map((_, step) => {
      const stepped = optimiser.update({ gradient: input(`gradient${step}`, [size]), params, slots })
      slots = { ...slots, ...stepped.slots }
      params = stepped.params
      return params
    })
    const env = {
      params: start.values,
      ...Object.fromEntries(optimiser.slots.map((s) => [s.name, initialSlot(s, Float32Array.from(start.values))])),
      ...Object.fromEntries(
        fixture.after.map((_, k) => [`gradient${k}`, gradients.values.slice(k * size, (k + 1) * size)]),
      ),
    }
    const in64 = evaluate(after, env, 'f64')
    const in32 = evaluate(after, env, 'f32')
    const bounds = errorBounds(after, env)
    fixture.after.forEach((values, k) => {
      const what = `${name}, step ${k + 1}: ${fixture.expression}`
      expect(apart(in64[k]!, values), what).toBeLessThanOrEqual(1e-10)
      const beyond = values.filter((v, i) => Math.abs(in32[k]![i]! - v) > bounds[k]!.error[i]! + 1e-10)
      expect(beyond, `${what}, in f32`).toEqual([])
    })
  })
})
