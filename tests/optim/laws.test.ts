import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { optimisers } from '../../src/optim/registry.js'
import { closedForms } from '../../src/testing/closedForms.js'
import { isDenormal } from '../support/denormals.js'
import { bits } from '../support/compiled.js'
import { compiled, evaluated, trajectory } from '../support/trajectory.js'

const number = fc.integer({ min: -4096, max: 4096 }).map((k) => k / 1024 + 1 / 2048)
const vector = fc.array(number, { minLength: 3, maxLength: 3 })
const vectors = fc.array(vector, { minLength: 1, maxLength: 12 })

const forms = closedForms().map((form) => [form.name, form] as const)
const samples = optimisers.map((sample) => [sample.name, sample] as const)

describe('every optimiser of the registry', () => {
  it.each(forms)('steps as its published formula says, for every sequence of gradients: %s', (_, form) => {
    fc.assert(
      fc.property(vector, vectors, (start, gradients) => {
        const wanted = form.trajectory(start, gradients)
        const found = trajectory(form.make(), start, gradients)
        // cosines of the graph are polynomials with coefficients in f32
        wanted.forEach((params, t) =>
          params.forEach((theta, i) => expect(Math.abs((found[t]?.[i] ?? Number.NaN) - theta)).toBeLessThan(4e-6)),
        )
      }),
    )
  })

  it.each(samples)('has the same bits compiled as by the reference: %s', (_, { make }) => {
    fc.assert(
      fc.property(vector, vectors, (start, gradients) => {
        const reference = evaluated(make(), start, gradients, 'f32')
        const program = compiled(make(), start, gradients)
        program.forEach((state, t) => {
          for (const [name, values] of Object.entries(state))
            expect([name, bits(values)]).toEqual([name, bits(reference[t]?.[name] ?? [])])
        })
      }),
      { numRuns: 10 },
    )
  })

  it.each(samples)('lets NaN through to the parameter it belongs to: %s', (_, { make }) => {
    const after = compiled(make(), [1, 2], [[0.5, Number.NaN]])
    expect(after[0]?.params?.[1]).toBeNaN()
  })

  it.each(samples)('holds no denormal in 2000 steps after gradients have vanished: %s', (_, { make }) => {
    const n = 30
    const start = Array.from({ length: n }, (_, i) => 10 ** -i)
    const first = Array.from({ length: n }, (_, i) => 10 ** (-i / 2))
    const vanished = Array.from({ length: 2000 }, () => new Array<number>(n).fill(0))
    const seen = new Set<string>()
    for (const state of compiled(make(), start, [first, ...vanished]))
      for (const [name, values] of Object.entries(state))
        values.forEach((x, i) => isDenormal(x) && seen.add(`${name}[${i}]`))
    expect([...seen]).toEqual([])
  })

  it.each(samples)('has slots of different names, and gives back none that it has not: %s', (_, { make }) => {
    const optimiser = make()
    const names = optimiser.slots.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    const [after] = evaluated(optimiser, [1, 2], [[0.5, 0.25]], 'f64')
    expect(Object.keys(after ?? {}).toSorted()).toEqual(['params', ...names].toSorted())
  })
})
