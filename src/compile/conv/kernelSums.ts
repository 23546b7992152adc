/**
 * The face of a convolution that gives the kernel: every weight sums over the pixels of an image, then over images. A tile of
 * weight rows (ky, kx, c) × 8 output channels keeps its sums in registers over a whole image; its rows are read at fixed offsets
 * from the window's start, so tiles may cross from one ky to the next. Between images the sums rest in the result.
 */
import type { Windows } from '../../graph/primitives/convolveForm.js'
import type { Arithmetic } from '../arithmetic.js'
import { rowGroups } from './cut.js'
import { plus } from '../operand.js'
import type { FunctionRef, WasmModule } from '../wasm.js'
import type { FunctionBody, Operand } from '../wasmFunction.js'
import { borderBytes, emitInside, needsBorder, pitchOf } from './border.js'
import { panelColumns } from './panels.js'
import { emitProducts, tileOf, until } from './tile.js'
import { clear, lanesOf, loadVector, storeVector } from '../vector.js'

/** Windows over x and the images y; addresses in bytes. */
export interface KernelJob {
  readonly windows: Windows
  readonly n: number
  /** One result for each image instead of their sum. */
  readonly each: boolean
  readonly x: number
  readonly y: number
  readonly result: number
  /** `borderBytes` bytes. */
  readonly scratch: number
  readonly arithmetic: Arithmetic
}

/** `count` tiles of one form, from weight row `first` on; the first one's values are `offset` bytes from the window's start. */
interface Run {
  readonly first: number
  readonly count: number
  readonly offset: number
  /** Bytes from the first row's value to each row's. */
  readonly relative: readonly number[]
}

/** Cuts the weight rows into tiles for `vectors` vectors; tiles that differ only in where they start make one run. */
const runsOf = (windows: Windows, vectors: number): readonly Run[] => {
  const { kh, kw, image } = windows
  const line = kw * image.channels
  const offsets = Array.from(
    { length: kh * line },
    (_, r) => Math.floor(r / line) * pitchOf(image) * image.channels * 4 + (r % line) * 4,
  )
  const runs: Run[] = []
  for (const { first, count, rows } of rowGroups(kh * line, vectors))
    for (let t = 0; t < count; t++) {
      const at = first + t * rows
      const offset = offsets[at]!
      const relative = offsets.slice(at, at + rows).map((o) => o - offset)
      const before = runs.at(-1)
      const next =
        before !== undefined &&
        before.relative.join() === relative.join() &&
        before.offset + before.count * rows * 4 === offset
      if (next) runs[runs.length - 1] = { ...before, count: before.count + 1 }
      else runs.push({ first: at, count: 1, offset, relative })
    }
  return runs
}

/** Appends the kernel. */
export const emitKernelSums = (f: FunctionBody, module: WasmModule, job: KernelJob): void => {
  const { windows, n, each, scratch } = job
  const { image, kh, kw, rows, columns, channels } = windows
  const size = kh * kw * image.channels * channels * 4
  const from = f.local('i32')
  const end = f.local('i32')
  const y = f.local('i32')
  const to = f.local('i32')
  const at = f.local('i32')
  const bordered = needsBorder(image)
  const rest = channels % panelColumns
  const whole = channels - rest
  const tiles = new Map<string, FunctionRef>()
  const tileFor = (relative: readonly number[], width: number): FunctionRef => {
    const key = `${width}:${relative.join()}`
    const known = tiles.get(key) ?? emitTile(module, job, relative, width)
    tiles.set(key, known)
    return known
  }
  const panel = (column: Operand, width: number): void => {
    for (const run of runsOf(windows, lanesOf(width).length)) {
      const tile = tileFor(run.relative, width)
      const height = run.relative.length
      const moved = f.local('i32')
      f.forRange(moved, 0, run.count * height * 4, height * 4, () => {
        f.push(plus(f, plus(f, bordered ? scratch : from, run.offset), moved))
        f.push(plus(f, y, column))
        f.push(
          plus(f, plus(f, plus(f, to, run.first * channels * 4), column), () => {
            f.get(moved)
            f.i32.const(channels)
            f.i32.mul()
          }),
        )
        f.call(tile)
      })
    }
  }

  clear(f, job.result, size * (each ? n : 1))
  if (bordered) clear(f, scratch, borderBytes(image))
  f.assign(from, job.x)
  f.assign(y, job.y)
  f.assign(to, job.result)
  f.assign(end, job.x + n * image.height * image.width * image.channels * 4)
  f.forRange(from, from, end, image.height * image.width * image.channels * 4, () => {
    if (bordered) emitInside(f, image, from, scratch)
    f.forRange(at, 0, 4 * whole, 4 * panelColumns, () => panel(at, panelColumns))
    if (rest > 0) panel(4 * whole, rest)
    f.increment(y, rows * columns * channels * 4)
    if (each) f.increment(to, size)
  })
}

/** A function that adds one image's pixels to the sums of one tile. */
const emitTile = (
  module: WasmModule,
  { windows, arithmetic }: KernelJob,
  relative: readonly number[],
  width: number,
): FunctionRef => {
  const f = module.func({ params: { image: 'i32', y: 'i32', result: 'i32' } })
  const { image, y, result } = f.params
  const pixel = windows.image.channels * 4
  const pitch = pitchOf(windows.image) * pixel
  const out = windows.channels * 4
  const lanes = lanesOf(width)
  const end = f.local('i32')
  const endLine = f.local('i32')
  const tile = tileOf(f, relative.length, lanes.length)

  tile.sums.forEach((sums, r) =>
    sums.forEach((sum, v) => {
      loadVector(f, result, r * out + 16 * v, lanes[v]!)
      f.set(sum)
    }),
  )
  f.assign(end, plus(f, y, windows.rows * windows.columns * out))
  until(f, y, end, () => {
    f.assign(endLine, plus(f, y, windows.columns * out))
    until(f, y, endLine, () => {
      emitProducts(f, arithmetic, tile, image, relative, (v) => loadVector(f, y, 16 * v, lanes[v]!))
      f.increment(image, windows.step * pixel)
      f.increment(y, out)
    })
    f.increment(image, windows.step * (pitch - windows.columns * pixel))
  })
  tile.sums.forEach((sums, r) => sums.forEach((sum, v) => storeVector(f, result, sum, r * out + 16 * v, lanes[v]!)))
  return f
}
