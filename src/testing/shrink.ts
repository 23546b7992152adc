/** From arguments on which a check fails to small ones on which it still fails: shorter axes first, then simpler values. */
import { type Shape, sizeOf } from '../graph/shape.js'
import type { Argument, ArgumentSpec } from './argument.js'
import { attempt } from './attempt.js'
import { compareGradients } from './compareGradients.js'
import type { Fault, GradientOptions } from './options.js'
import type { Differentiable } from './problem.js'

/** Small arguments, the fault they show, and how many arguments were looked at. */
export interface Shrunk {
  readonly args: readonly ArgumentSpec[]
  readonly fault: Fault
  readonly tries: number
}

/** At most this many candidates; each counts more the more elements it has. */
const budget = 400

/** The leading part of a tensor. */
const cropped = (values: ArrayLike<number>, from: Shape, to: Shape): readonly number[] =>
  Array.from({ length: sizeOf(to) }, (_, i) => {
    let [rest, at, stride] = [i, 0, 1]
    for (let axis = to.length - 1; axis >= 0; axis--) {
      at += (rest % to[axis]!) * stride
      rest = Math.floor(rest / to[axis]!)
      stride *= from[axis]!
    }
    return values[at] ?? 0
  })

const resized = (spec: ArgumentSpec, shape: Shape, below = spec.below): ArgumentSpec => {
  const values = cropped(spec.values ?? [], spec.shape, shape)
  return below === undefined
    ? { ...spec, shape, values }
    : { ...spec, shape, below, values: values.map((x) => Math.min(x, below - 1)) }
}

/** How hard a number is to read. */
const difficulty = (x: number): number => {
  if (x === 0) return 0
  const size = Math.abs(x)
  const sign = x < 0 ? 1 : 0
  if (size === 1) return 1 + sign
  if (Number.isInteger(x)) return 3 + sign + Math.min(size, 1000)
  return 1100 + sign + (Number.isInteger(8 * x) ? Math.min(size, 1000) : 2000)
}

/** The nearest multiple of 1/grid; +0 for both zeros. */
const onGrid = (x: number, grid: number): number => Math.round(grid * x) / grid + 0

const simpler = (x: number): readonly number[] =>
  [0, 1, -1, onGrid(x, 1), onGrid(x, 2), onGrid(x, 8)].filter((y) => difficulty(y) < difficulty(x))

/** Shrinks `args`, which hold values, while the same check of `f` fails in the same way. */
export const shrink = (
  f: Differentiable,
  args: readonly ArgumentSpec[],
  options: GradientOptions,
  fault: Fault,
): Shrunk => {
  let best: Shrunk = { args, fault, tries: 0 }
  let spent = 0
  const accept = (candidate: readonly ArgumentSpec[]): boolean => {
    if (spent >= budget) return false
    const elements = candidate.reduce((n, { shape }) => n + sizeOf(shape), 0)
    spent += 1 + elements / 50
    const plain: readonly Argument[] = candidate
    const made = attempt(() => compareGradients(f, plain, { ...options, only: [fault.check] }))
    const same =
      'problem' in made ? undefined : made.value.faults.find((x) => x.check === fault.check && x.kind === fault.kind)
    best =
      same === undefined ? { ...best, tries: best.tries + 1 } : { args: candidate, fault: same, tries: best.tries + 1 }
    return same !== undefined
  }
  const shorter = (length: number): readonly number[] =>
    [...new Set([1, Math.ceil(length / 2), length - 1])].filter((n) => n >= 1 && n < length)

  // axes of one length belong together more often than not
  const together = (length: number): boolean =>
    shorter(length).some((to) =>
      accept(
        best.args.map((spec) =>
          resized(
            spec,
            spec.shape.map((n) => (n === length ? to : n)),
            spec.below === length ? to : spec.below,
          ),
        ),
      ),
    )
  const lengths = (): readonly number[] =>
    [...new Set(best.args.flatMap(({ shape, below }) => [...shape, ...(below === undefined ? [] : [below])]))].filter(
      (n) => n > 1,
    )
  const oneAxis = (which: number, axis: number): boolean => {
    const spec = best.args[which]!
    return shorter(spec.shape[axis]!).some((to) =>
      accept(best.args.with(which, resized(spec, spec.shape.with(axis, to)))),
    )
  }
  const someAxis = (): boolean => best.args.some(({ shape }, which) => shape.some((_, axis) => oneAxis(which, axis)))
  while (lengths().some(together) || someAxis());

  const withValues = (which: number, values: readonly number[]): boolean =>
    accept(best.args.with(which, { ...best.args[which]!, values }))
  best.args.forEach(({ below, shape }, which) => {
    const valuesOf = (): readonly number[] => Array.from(best.args[which]?.values ?? [])
    if (below !== undefined) {
      if (valuesOf().some((x) => x > 0))
        withValues(
          which,
          valuesOf().map(() => 0),
        )
      return
    }
    const rounded = [0, 1, 2, 8].map((grid) => (x: number) => (grid === 0 ? 1 : onGrid(x, grid)))
    rounded.some((round) => withValues(which, valuesOf().map(round)))
    if (sizeOf(shape) > 40) return
    for (let i = 0; i < sizeOf(shape); i++)
      simpler(valuesOf()[i]!).some((y) => withValues(which, valuesOf().with(i, y)))
  })
  return best
}
