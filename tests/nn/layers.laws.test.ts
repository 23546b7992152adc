import { describe, expect, it } from 'vitest'
import { cost } from '../../src/graph/cost.js'
import { evaluate } from '../../src/graph/evaluate.js'
import type { Expr } from '../../src/graph/expr.js'
import { gradients } from '../../src/graph/grad.js'
import { column, input, mul, sum } from '../../src/graph/ops.js'
import { sizeOf } from '../../src/graph/shape.js'
import { key } from '../../src/random/key.js'
import { bits, compiled } from '../support/compiled.js'
import { layerCases, networkOf, passOf, type PassMode, valuesFor } from './layerTable.js'

describe.each(layerCases)('the layer $name', (layerCase) => {
  const net = networkOf(layerCase)

  /** Logits, the state after the pass, and the derivatives of a weighted sum of the logits over real rows. */
  const outputsOf = (n: number, mode: PassMode): readonly Expr[] => {
    const { p, x, output } = passOf(net, n, mode)
    const loss = sum(mul(output.logits, input('u', [n, net.outputs]), column(input('weights', [n]))))
    return [
      output.logits,
      ...(output.state === undefined ? [] : [output.state]),
      ...gradients(loss, net.layout.size === 0 ? [x] : [p, x]),
    ]
  }

  it('makes examples of the shape it says', () => {
    const layer = layerCase.layer(layerCase.shape)
    const { output } = passOf(net, 4, { training: true })
    expect(net.outputs).toBe(sizeOf(layer.shape))
    expect(output.logits.shape).toEqual([4, sizeOf(layer.shape)])
    expect(output.state === undefined).toBe(net.state === undefined)
  })

  it('costs the products it says', () => {
    for (const training of [true, false])
      expect(cost([passOf(net, 4, { training }).output.logits]).macs).toBe(4 * (layerCase.macs ?? 0))
  })

  it('has first values for every parameter, the same bits for the same key', () => {
    const p = net.initialise(key(2))
    expect(p.every(Number.isFinite)).toBe(true)
    expect(net.initialise(key(2))).toEqual(p)
  })

  it('compiles with its gradients and state to the bits of the reference, in training and in evaluation', () => {
    for (const training of [true, false]) {
      const outputs = outputsOf(4, { training })
      const env = valuesFor(layerCase, net, 4, 3)
      const values = evaluate(outputs, env, 'f32')
      compiled(outputs, env).forEach((v, i) => expect(bits(v)).toEqual(bits(values[i]!)))
    }
  })

  it('rows of weight 0 at the end change no bit of real rows, of parameters’ gradients and of the state, whatever they hold', () => {
    for (const training of [true, false]) {
      const short = evaluate(outputsOf(3, { training }), valuesFor(layerCase, net, 3, 3), 'f32')
      const env = valuesFor(layerCase, net, 6, 3)
      const filled = layerCase.classes === undefined ? 1000 : 0
      const garbage = Float32Array.from(env.x!, (v, i) => (i < 3 * net.inputs ? v : filled - i))
      const long = evaluate(outputsOf(6, { training }), { ...env, x: garbage }, 'f32')
      short.forEach((v, i) => expect(bits(long[i]!.slice(0, v.length))).toEqual(bits(v)))
    }
  })

  it('gives the same bits without weights as with weights of 1', () => {
    const env = valuesFor(layerCase, net, 4, 4)
    const [plain, weighted] = [false, true].map((weights) =>
      evaluate(outputsOf(4, { training: true, weights }), env, 'f32'),
    )
    plain!.forEach((v, i) => expect(bits(weighted![i]!)).toEqual(bits(v)))
  })

  it('in evaluation, gives each row what it gives the row alone', () => {
    const env = valuesFor(layerCase, net, 4, 4)
    const together = evaluate([passOf(net, 4, { training: false }).output.logits], env, 'f32')[0]!
    for (let i = 0; i < 4; i++) {
      const alone = evaluate(
        [passOf(net, 1, { training: false }).output.logits],
        {
          ...env,
          x: Array.from(env.x!).slice(i * net.inputs, (i + 1) * net.inputs),
          context: [env.context![i]!],
        },
        'f32',
      )[0]!
      expect(bits(together.slice(i * net.outputs, (i + 1) * net.outputs))).toEqual(bits(alone))
    }
  })
})
