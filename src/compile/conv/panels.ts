/** Kernels of a convolution packed into panels of eight output channels, and the initial values of the sums. */
import type { ConvolveForm } from '../../graph/primitives/convolveForm.js'
import { plus } from '../operand.js'
import type { FunctionRef } from '../wasm.js'
import type { FunctionBody, Operand } from '../wasmFunction.js'
import { clear, copyValues } from '../vector.js'

/** Output channels of a panel: two vectors. */
export const panelColumns = 8

/** Where the panels `[depth, 8]` of `columns` output channels lie, and before them the row of initial values. */
export interface Panels {
  readonly columns: number
  readonly depth: number
  /** Address of the row of initial values, as many as there are columns in whole panels. */
  readonly init: number
}

const panelsOf = (columns: number): number => Math.ceil(columns / panelColumns)

/** Bytes that panels and initial values take. */
export const panelBytes = ({ columns, depth }: Omit<Panels, 'init'>): number =>
  panelsOf(columns) * panelColumns * 4 * (1 + depth)

/** Address of the first panel. */
export const firstPanel = ({ columns, init }: Panels): number => init + panelsOf(columns) * panelColumns * 4

/** Runs `body` for each panel with the byte at which its columns start, the panel's address and its width. */
const forPanels = (
  f: FunctionBody,
  panels: Panels,
  body: (at: Operand, panel: Operand, width: number) => void,
): void => {
  const { columns, depth } = panels
  const rest = columns % panelColumns
  const whole = columns - rest
  const size = depth * panelColumns * 4
  const at = f.local('i32')
  const panel = f.local('i32')
  f.assign(panel, firstPanel(panels))
  f.forRange(at, 0, 4 * whole, 4 * panelColumns, () => {
    body(at, panel, panelColumns)
    f.increment(panel, size)
  })
  if (rest > 0) body(4 * whole, firstPanel(panels) + (whole / panelColumns) * size, rest)
}

/** Zeros or the values at `init` for the initial row. */
export const emitInit = (f: FunctionBody, panels: Panels, init: number | undefined): void => {
  clear(f, panels.init, panelsOf(panels.columns) * panelColumns * 4)
  if (init === undefined) return
  f.i32.const(panels.init)
  f.i32.const(init)
  f.i32.const(panels.columns * 4)
  f.memory.copy()
}

/** Packs the kernel at `weight`, a matrix `[depth, columns]`; columns that are missing in the last panel are zero. */
export const emitPanels = (f: FunctionBody, panels: Panels, weight: number): void => {
  const { columns, depth } = panels
  if (columns % panelColumns > 0) clear(f, firstPanel(panels), panelBytes(panels) - (firstPanel(panels) - panels.init))
  const from = f.local('i32')
  const to = f.local('i32')
  const end = f.local('i32')
  forPanels(f, panels, (at, panel, width) => {
    f.assign(from, plus(f, at, weight))
    f.assign(to, panel)
    f.assign(end, plus(f, to, depth * panelColumns * 4))
    f.forRange(to, to, end, panelColumns * 4, () => {
      copyValues(f, from, to, width)
      f.increment(from, columns * 4)
    })
  })
}

/** Packs the kernel turned by half a circle with its channels swapped: columns are c, the depth runs over (ky, kx, o). */
export const emitTurnedPanels = (
  f: FunctionBody,
  panels: Panels,
  weight: number,
  { kh, kw, c, o }: ConvolveForm,
  packColumns: FunctionRef,
): void => {
  const from = f.local('i32')
  const to = f.local('i32')
  const end = f.local('i32')
  forPanels(f, panels, (at, panel, width) => {
    f.assign(
      from,
      plus(f, weight + (kh * kw - 1) * c * o * 4, () => {
        f.push(at)
        f.i32.const(o)
        f.i32.mul()
      }),
    )
    f.assign(to, panel)
    f.assign(end, plus(f, to, kh * kw * o * panelColumns * 4))
    f.forRange(to, to, end, o * panelColumns * 4, () => {
      for (const operand of [from, o * 4, to, o, width]) f.push(operand)
      f.call(packColumns)
      f.increment(from, -c * o * 4)
    })
  })
}
