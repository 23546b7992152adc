/**
 * Direct convolution: windows over an image (inside its border) times a kernel in panels, without a matrix of patches. For a
 * fixed ky a window is `kw · channels` values in a row, and the windows of consecutive output pixels lie a fixed number of bytes
 * apart, so a tile of pixels × 8 output channels is a matrix product whose rows overlap.
 */
import type { Windows } from '../../graph/primitives/convolveForm.js'
import type { Arithmetic } from '../arithmetic.js'
import { rowGroups } from './cut.js'
import type { RowGroup } from '../gemm/split.js'
import { plus } from '../operand.js'
import type { FunctionRef, WasmModule } from '../wasm.js'
import type { FunctionBody, Local, Operand } from '../wasmFunction.js'
import { borderBytes, emitInside, needsBorder, pitchOf } from './border.js'
import { firstPanel, panelColumns, type Panels } from './panels.js'
import { emitProducts, tileOf, until } from './tile.js'
import { clear, lanesOf, storeVector } from '../vector.js'

/** Windows of `n` images; addresses in bytes. */
export interface WindowsJob {
  readonly windows: Windows
  readonly n: number
  readonly images: number
  readonly panels: Panels
  readonly result: number
  /** `borderBytes` bytes. */
  readonly scratch: number
  readonly arithmetic: Arithmetic
}

/** Appends the kernel; the panels are packed. */
export const emitWindows = (f: FunctionBody, module: WasmModule, job: WindowsJob): void => {
  const { windows, n, panels, scratch } = job
  const { image, rows, columns, channels } = windows
  const from = f.local('i32')
  const end = f.local('i32')
  const to = f.local('i32')
  const at = f.local('i32')
  const panel = f.local('i32')
  const bordered = needsBorder(image)
  const rest = channels % panelColumns
  const whole = channels - rest
  const tilesOf = (width: number) =>
    rowGroups(columns, lanesOf(width).length).map((group) => emitTiles(module, job, group, width))
  const [wide, narrow] = [whole > 0 ? tilesOf(panelColumns) : [], rest > 0 ? tilesOf(rest) : []]
  const run = (tiles: readonly FunctionRef[], column: Operand): void => {
    for (const tile of tiles) {
      f.push(bordered ? scratch : from)
      f.get(panel)
      f.push(plus(f, panels.init, column))
      f.push(plus(f, to, column))
      f.call(tile)
    }
  }

  if (bordered) clear(f, scratch, borderBytes(image))
  f.assign(from, job.images)
  f.assign(to, job.result)
  f.assign(end, job.images + n * image.height * image.width * image.channels * 4)
  f.forRange(from, from, end, image.height * image.width * image.channels * 4, () => {
    if (bordered) emitInside(f, image, from, scratch)
    f.assign(panel, firstPanel(panels))
    f.forRange(at, 0, 4 * whole, 4 * panelColumns, () => {
      run(wide, at)
      f.increment(panel, panels.depth * panelColumns * 4)
    })
    run(narrow, 4 * whole)
    f.increment(to, rows * columns * channels * 4)
  })
}

/** A function that computes the tiles of a row group in every row of one image, for the `width` columns of one panel. */
const emitTiles = (
  module: WasmModule,
  { windows, arithmetic }: WindowsJob,
  { first, count, rows: height }: RowGroup,
  width: number,
): FunctionRef => {
  const f = module.func({ params: { image: 'i32', panel: 'i32', init: 'i32', result: 'i32' } })
  const { image, panel, init, result } = f.params
  const pixel = windows.image.channels * 4
  const pitch = pitchOf(windows.image) * pixel
  const step = windows.step * pixel
  const out = windows.channels * 4
  const a = f.local('i32')
  const c = f.local('i32')
  const end = f.local('i32')
  const last = f.local('i32')

  f.increment(image, first * step)
  f.increment(result, first * out)
  f.assign(last, plus(f, result, windows.rows * windows.columns * out))
  f.forRange(result, result, last, windows.columns * out, () => {
    f.assign(a, image)
    f.assign(c, result)
    f.assign(end, plus(f, result, count * height * out))
    f.forRange(c, c, end, height * out, () => {
      emitTile(f, { windows, arithmetic, height, lanes: lanesOf(width), step, pitch, out }, { a, c, panel, init })
      f.increment(a, height * step)
    })
    f.increment(image, windows.step * pitch)
  })
  return f
}

interface Sizes {
  readonly windows: Windows
  readonly arithmetic: Arithmetic
  readonly height: number
  readonly lanes: readonly number[]
  /** Bytes between the windows of two pixels, between two rows of the image, and between two pixels of the result. */
  readonly step: number
  readonly pitch: number
  readonly out: number
}

/** One tile: all products of its windows, line by line. */
const emitTile = (
  f: FunctionBody,
  { windows, arithmetic, height, lanes, step, pitch, out }: Sizes,
  at: Readonly<Record<'a' | 'c' | 'panel' | 'init', Local>>,
): void => {
  const { kh, kw, image } = windows
  const line = kw * image.channels
  const row = 4 * panelColumns
  const a = f.local('i32')
  const b = f.local('i32')
  const end = f.local('i32')
  const endLine = f.local('i32')
  const tile = tileOf(f, height, lanes.length)
  const offsets = tile.sums.map((_, r) => r * step)

  lanes.forEach((_, v) => {
    f.get(at.init)
    f.v128.load(16 * v)
    for (const sumsOfRow of tile.sums.slice(1)) f.tee(sumsOfRow[v]!)
    f.set(tile.sums[0]![v]!)
  })
  f.assign(a, at.a)
  f.assign(b, at.panel)
  f.assign(end, plus(f, b, kh * line * row))
  until(f, b, end, () => {
    f.assign(endLine, plus(f, b, line * row))
    until(f, b, endLine, () => {
      emitProducts(f, arithmetic, tile, a, offsets, (v) => {
        f.get(b)
        f.v128.load(16 * v)
      })
      f.increment(a, 4)
      f.increment(b, row)
    })
    f.increment(a, pitch - 4 * line)
  })
  tile.sums.forEach((sums, r) => sums.forEach((sum, v) => storeVector(f, at.c, sum, r * out + 16 * v, lanes[v]!)))
}
