/** How each primitive is said in ONNX, and which are not, with the reason. */
import { images } from './images.js'
import { lanes } from './lanes.js'
import { scan } from './loops.js'
import { sums } from './sums.js'
import { vectors } from './vectors.js'
import type { Translation } from './translation.js'

const literal: Translation = (e, s) => {
  const { negative } = e.attrs
  const values = s.number(e, (twin) => Number(twin.attrs.value))
  if (values.some((v) => !Object.is(v, values[0]))) s.emit.refuse('a number that follows the batch')
  return s.emit.literal(negative === true ? -0 : values[0]!)
}

/** By name of the primitive. */
export const translations: Readonly<Record<string, Translation>> = {
  literal,
  scan,
  ...images,
  ...lanes,
  ...sums,
  ...vectors,
}

/** Primitives without a translation, by name. */
export const untranslated: Readonly<Record<string, string>> = {
  exponent: 'it stands in lowered graphs only, and models are made from the graph as written',
  mantissa: 'it stands in lowered graphs only, and models are made from the graph as written',
  onHost: 'a function of the host has no operators',
  poolPick: 'it stands in derivatives of poolMax only',
  poolRoute: 'it stands in derivatives of poolMax only',
  pow2: 'it stands in lowered graphs only, and models are made from the graph as written',
  random: 'ONNX has no generator that draws the same numbers; a network draws in training passes only',
}
