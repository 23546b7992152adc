/** Convolutions: windows over an image for two faces, sums over pixels for the third. */
import type { Expr } from '../../graph/expr.js'
import { faceOf, formOf, type Windows, windowsOverX, windowsOverY } from '../../graph/primitives/convolveForm.js'
import { borderBytes } from '../conv/border.js'
import { emitKernelSums } from '../conv/kernelSums.js'
import { emitInit, emitPanels, emitTurnedPanels, panelBytes } from '../conv/panels.js'
import { emitWindows } from '../conv/windows.js'
import type { Routine } from '../routine.js'

/** What a node reads, and the bytes from the start of the scratch area to its panels: one image inside its border. */
const setOut = (e: Expr) => {
  const [gives, form] = [faceOf(e), formOf(e)]
  const windows: Windows = gives === 'x' ? windowsOverY(form) : windowsOverX(form)
  const { channels, kh, kw, image } = windows
  const panels = { columns: channels, depth: kh * kw * image.channels }
  return { gives, form, windows, panels, imageBytes: 64 * Math.ceil(borderBytes(image) / 64) }
}

/** See above. */
export const convolveRoutine: Routine = {
  scratch: (e) => {
    const { gives, panels, imageBytes } = setOut(e)
    return imageBytes + (gives === 'weight' ? 0 : panelBytes(panels))
  },
  emit: (f, e, { module, address, arithmetic, packColumns, scratch }) => {
    const { gives, form, windows, panels: sizes, imageBytes } = setOut(e)
    const [first, second, init] = e.args.map(address)
    const job = { windows, n: form.n, scratch, arithmetic, result: address(e) }
    if (gives === 'weight') {
      emitKernelSums(f, module, { ...job, x: first!, y: second!, each: e.attrs.each === true })
      return
    }
    const panels = { ...sizes, init: scratch + imageBytes }
    emitInit(f, panels, init)
    if (gives === 'x') emitTurnedPanels(f, panels, first!, form, packColumns)
    else emitPanels(f, panels, second!)
    emitWindows(f, module, { ...job, panels, images: gives === 'x' ? second! : first! })
  },
}
