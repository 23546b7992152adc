/**
 * Maximum over windows, and its route and pick. `pmax(a, b)` is `a < b ? b : a`, the step of the reference. A window's maximum
 * is NaN only when its first entry is; else the first maximum is the first entry that equals it.
 */
import { windowOf } from '../../graph/primitives/pooling.js'
import type { Routine } from '../routine.js'
import { loadVector, storeVector } from '../vector.js'
import type { FunctionBody, Local } from '../wasmFunction.js'
import { type Cell, clearLeftOver, emitWindows } from './poolWindows.js'

/** best := the maximum of a window of the image at `x`. */
const emitMaximum = (f: FunctionBody, { part, image, entries }: Cell, x: number, best: Local): void => {
  loadVector(f, image, x + part.offset, part.lanes)
  f.set(best)
  entries(true, (from, at) => {
    f.get(best)
    loadVector(f, from, x + at, part.lanes)
    f.f32x4.pmax()
    f.set(best)
  })
}

/** See above. */
export const poolMaxRoutine: Routine = {
  emit: (f, e, { address }) => {
    const [x, to] = [address(e.args[0]!), address(e)]
    const best = f.local('v128')
    emitWindows(f, e.args[0]!.shape, windowOf(e), (cell) => {
      const { part, pooled } = cell
      emitMaximum(f, cell, x, best)
      storeVector(f, pooled, best, to + part.offset, part.lanes)
    })
  },
}

/** The maximum first; then each entry that equals it takes what is left of the cotangent, the first one all of it. */
export const poolRouteRoutine: Routine = {
  emit: (f, e, { address }) => {
    const [x, ct, to] = [address(e.args[0]!), address(e.args[1]!), address(e)]
    const [best, first, rest, hit] = [f.local('v128'), f.local('v128'), f.local('v128'), f.local('v128')]
    const size = windowOf(e)
    clearLeftOver(f, e.shape, size, to)
    emitWindows(f, e.shape, size, (cell) => {
      const { part, image, pooled, entries } = cell
      emitMaximum(f, cell, x, best)
      // A NaN as first entry is its own maximum without being equal to it: `not less` instead of `equal`.
      loadVector(f, pooled, ct + part.offset, part.lanes)
      f.set(rest)
      loadVector(f, image, x + part.offset, part.lanes)
      f.get(best)
      f.f32x4.lt()
      f.set(hit)
      f.get(rest)
      f.get(hit)
      f.v128.andnot()
      f.set(first)
      f.get(rest)
      f.get(hit)
      f.v128.and()
      f.set(rest)
      entries(true, (from, at) => {
        loadVector(f, from, x + at, part.lanes)
        f.get(best)
        f.f32x4.eq()
        f.set(hit)
        const taken = (): void => {
          f.get(rest)
          f.get(hit)
          f.v128.and()
        }
        storeVector(f, from, taken, to + at, part.lanes)
        f.get(rest)
        f.get(hit)
        f.v128.andnot()
        f.set(rest)
      })
      storeVector(f, image, first, to + part.offset, part.lanes)
    })
  },
}

/** As the maximum, with the other image's entry carried along. */
export const poolPickRoutine: Routine = {
  emit: (f, e, { address }) => {
    const [x, v, to] = [address(e.args[0]!), address(e.args[1]!), address(e)]
    const [best, picked, next] = [f.local('v128'), f.local('v128'), f.local('v128')]
    emitWindows(f, e.args[0]!.shape, windowOf(e), ({ part, image, pooled, entries }) => {
      loadVector(f, image, x + part.offset, part.lanes)
      f.set(best)
      loadVector(f, image, v + part.offset, part.lanes)
      f.set(picked)
      entries(true, (from, at) => {
        loadVector(f, from, x + at, part.lanes)
        f.set(next)
        loadVector(f, from, v + at, part.lanes)
        f.get(picked)
        f.get(best)
        f.get(next)
        f.f32x4.lt()
        f.v128.bitselect()
        f.set(picked)
        f.get(best)
        f.get(next)
        f.f32x4.pmax()
        f.set(best)
      })
      storeVector(f, pooled, picked, to + part.offset, part.lanes)
    })
  },
}
