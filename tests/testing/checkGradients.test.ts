import { describe, expect, it } from 'vitest'
import type { Expr } from '../../src/graph/expr.js'
import * as o from '../../src/graph/ops.js'
import { crossEntropy, softmax } from '../../src/nn/loss.js'
import type { Argument } from '../../src/testing/argument.js'
import { checkGradients } from '../../src/testing/checkGradients.js'
import type { GradientOptions } from '../../src/testing/options.js'
import type { Differentiable } from '../../src/testing/problem.js'
import { oneTooLarge, reversed, tooLarge, withRules } from '../support/planted.js'

/** What the failed check says. */
const textOf = (f: Differentiable, args: readonly Argument[], options: GradientOptions = {}): string => {
  try {
    checkGradients(f, args, options)
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown)
  }
  throw new Error('the check passed')
}

/** What stands behind a heading of the message. */
const lineOf = (text: string, heading: string): string | undefined =>
  new RegExp(`^ {2}${heading} {2,}(.*)$`, 'm').exec(text)?.[1]

/** Runs the counterexample of a message, as a test would, and gives what it throws. */
const pasted = (text: string, names: Readonly<Record<string, unknown>>): string => {
  const code = /^ {2}import[\s\S]*?^ {2}\}\)$/m.exec(text)?.[0] ?? ''
  const body = code.replace(/^ *import .*$/gm, '')
  const tests: (() => void)[] = []
  const all = { it: (_: string, test: () => void) => tests.push(test), checkGradients, ...names }
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  new Function(...Object.keys(all), body)(...Object.values(all))
  expect(tests).toHaveLength(1)
  try {
    tests[0]!()
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown)
  }
  throw new Error('the pasted code passed')
}

const dotWith =
  (change: Parameters<typeof reversed>[1]): Differentiable =>
  (x, w) =>
    reversed(o.dot(x, w), change)

describe('checkGradients finds a rule', () => {
  const matrices: readonly Argument[] = [
    [3, 4],
    [4, 4],
  ]
  const wrong: Readonly<Record<string, readonly [Differentiable, readonly Argument[], RegExp]>> = {
    'with the wrong sign': [
      dotWith(([da, db]) => [da!, o.neg(db!)]),
      matrices,
      /^the reverse-mode rule of `dot` for its argument 1, in dot\(x, w\)$/,
    ],
    'off by a factor of 1.0001': [
      dotWith(([da, db]) => [o.mul(da!, 1.0001), db!]),
      matrices,
      /`dot` for its argument 0/,
    ],
    'with a transposed operand': [
      dotWith(([da], ct, e) => [da!, o.dot(ct, e.args[0]!, { ta: true })]),
      [
        [4, 4],
        [4, 4],
      ],
      /`dot` for its argument 1/,
    ],
    'with a missing term': [
      (x) => reversed(o.square(x), ([d]) => [d!, null]),
      [[3]],
      /^the rule of `multiply` for its argument 1, in square\(x\)$/,
    ],
    'that broadcasts the wrong way': [
      (x) => {
        const y = o.sum(x, 1)
        return reversed(y, (_, ct) => [o.broadcast(o.reshape(ct, [3]), [3, 3])])
      },
      [[3, 3]],
      /^the reverse-mode rule of `sum` for its argument 0, in sum\(x\)$/,
    ],
    'with one wrong entry': [
      (x) => reversed(o.exp(x), ([d]) => [oneTooLarge(d!, 4, 1e-4)]),
      [[3, 2]],
      /^the rule of `exp`/,
    ],
    'of forward mode alone': [
      (x, w) => {
        const y = o.dot(x, w)
        return withRules(y, { jvp: (t, e) => o.mul(1.5, y.op.jvp!(t, e)!) })
      },
      matrices,
      /^the forward-mode rule of `dot`/,
    ],
    'in the step of a loop': [
      (x) =>
        o.scan({ states: { h: o.zeros([2]) }, inputs: { x: x } }, ({ h }, { x: row }) => ({
          states: { h: o.add(tooLarge(o.tanh(h), 0.01), row) },
        })).states.h,
      [[3, 2]],
      /^the rule of `tanh` for its argument 0, in the step of a `scan`/,
    ],
    'deep in a loss': [
      (x, w, y) => crossEntropy(o.relu(tooLarge(o.dot(x, w), 1e-3)), y),
      [[4, 3], [3, 5], { shape: [4], below: 5 }],
      /^the rule of `dot` for its argument [01], in dot\(x, w\)$/,
    ],
  }
  for (const [name, [f, args, rule]] of Object.entries(wrong))
    it(`${name}, and names it`, () => {
      expect(lineOf(textOf(f, args), 'wrong rule')).toMatch(rule)
    })

  it('whose second derivative alone is wrong', () => {
    const f: Differentiable = (x) => reversed(o.square(x), (_, ct) => [o.mul(ct, tooLarge(o.mul(x, 2), 1e-4)), null])
    const text = textOf(f, [[2]])
    expect(text).toContain('is wrong: Hessian-vector product against differences of the gradient')
    expect(lineOf(text, 'wrong rule')).toMatch(/^the rule of `multiply`/)
  })
})

describe('checkGradients finds a program', () => {
  it('that differs from its reference by one bit', () => {
    const f: Differentiable = (x) =>
      withRules(o.add(x, 1), { reference: ([p], out) => out.set(p!.map((v) => v + 1 + 2 ** -22)) })
    const text = textOf(f, [{ shape: [2], values: [0.5, 0.25] }], { only: ['precision'] })
    expect(text).toContain('is computed wrongly: value as compiled against the reference in f32, bit for bit')
    expect(lineOf(text, 'wrong rule')).toBe('the compiled or rounded value of `add`, in x + 1')
  })
  it('that rounds more than its bound says', () => {
    const f: Differentiable = (x) => withRules(o.exp(x), { error: (_, e) => new Float64Array(e.shape[0]!) })
    const text = textOf(f, [[3]])
    expect(text).toContain('value in f32 against f64')
    expect(lineOf(text, 'wrong rule')).toMatch(/^the compiled or rounded value of `exp`/)
  })
})

describe('the message', () => {
  const loss: Differentiable = (x, w, y) =>
    o.mean(
      crossEntropy(
        reversed(o.dot(x, w), ([da, db]) => [da!, o.mul(db!, 2)]),
        y,
      ),
    )
  const args: readonly Argument[] = [[6, 5], [5, 7], { shape: [6], below: 7 }]
  const text = textOf(loss, args, { seed: 5 })

  it('says which check, where, both numbers, what was allowed and why', () => {
    expect(text.split('\n')[0]).toBe(
      'checkGradients: the gradient of `loss` is wrong: reverse mode against forward mode, ⟨Jᵀu, d⟩ = ⟨u, Jd⟩',
    )
    expect(lineOf(text, 'expression')).toMatch(/^sum\(-sum\(oneHot\(y\) \* .*dot\(x, w\).* \/ 6 \[\] \(the output\)$/)
    expect(lineOf(text, 'argument')).toMatch(/^1 `w` \[5, 7\], entry \[\d, \d\] = -?[\d.]+$/)
    const [reverse, forward] = ['reverse mode', 'forward mode'].map((mode) => Number(lineOf(text, mode)))
    expect(reverse! / forward!).toBeCloseTo(2, 5)
    expect(lineOf(text, 'allowed')).toMatch(/^[\d.e-]+: rounding of the two modes/)
    expect(lineOf(text, 'seed')).toBe('5')
    expect(lineOf(text, 'also failed')).toBe('differences, second order')
  })

  it('shrinks shapes that belong together, and values, as far as the fault stays', () => {
    const shapes = [...text.matchAll(/\{ shape: \[([\d, ]*)\](?:, below: (\d+))?, values: \[([^\]]*)\]/g)].map((m) =>
      m.slice(1),
    )
    // two classes are the fewest with a gradient
    expect(shapes).toEqual([
      ['1, 1', undefined, expect.stringMatching(/^-?1$/)],
      ['1, 2', undefined, '0, 0'],
      ['1', '2', '0'],
    ])
  })

  it('holds code that fails in the same way when it is pasted into a test', () => {
    const again = pasted(text, { loss })
    expect(again.split('\n')[0]).toBe(text.split('\n')[0])
    const told = /There reverse mode gives ([^,]*), forward mode ([^,]*)\.$/m.exec(text) ?? []
    expect([lineOf(again, 'reverse mode'), lineOf(again, 'forward mode')]).toEqual(told.slice(1))
  })

  it('holds the source of a function without a name, and the options it was called with', () => {
    const made = textOf((x) => o.mul(o.stop(x), x), [[2]], { differencesOf: 'value', entries: 5 })
    expect(made).toContain("{ seed: 0, only: ['differences'], entries: 5, differencesOf: 'value' }")
    expect(pasted(made, { f: (x: Expr) => o.mul(o.stop(x), x), mul: o.mul, stop: o.stop, o })).toContain('differences')
    expect(lineOf(made, 'declared')).toBe('stop on the way: their derivative is what they declare')
  })

  it('names the stop that cuts a derivative off, and not one that does no harm', () => {
    const focal: Differentiable = (x, y) => {
      const p = softmax(x)
      return o.neg(o.sum(o.mul(o.stop(o.square(o.sub(1, p))), y, o.log(p)), 1))
    }
    const made = textOf(focal, [[3, 4], { shape: [3, 4], fixed: true }], { differencesOf: 'value' })
    expect(lineOf(made, 'wrong rule')).toMatch(/^none; the derivative is cut off by `stop`, in stop\(square/)
  })

  it('says where a derivative that is no number arises, and what to do', () => {
    const made = textOf((x) => o.selectGreater(x, 0, o.log(x), 0), [{ shape: [2], values: [0, 1] }])
    expect(made).toMatch(/is no number: the (gradient by reverse|derivative by forward) mode is finite, but it is not/)
    expect(lineOf(made, 'arises in')).toMatch(/`log`/)
    expect(lineOf(made, 'reason')).toContain('selectGreater leaves a value out')
  })

  it('says what to do where differences cannot tell', () => {
    const made = textOf((x) => o.add(1e9, o.mul(1e-3, x)), [[2]])
    expect(made).toContain('differences cannot tell whether the gradient of')
    expect(lineOf(made, 'reason')).toContain('Choose other values')
  })
})

describe('a check that passes', () => {
  it('gives the worst errors seen', () => {
    const { worst, faults, checks } = checkGradients(
      (x, w) => o.mean(o.square(o.dot(x, w))),
      [
        [4, 3],
        [3, 2],
      ],
    )
    expect(faults).toEqual([])
    expect(worst).toBeLessThan(1e-11)
    for (const { margin } of checks) expect(margin).toBeLessThanOrEqual(1)
  })
})
