/** The table of all primitives. The laws in the tests run over it; `engram list primitives` prints it. */
import type { Primitive } from '../expr.js'
import { absPrimitive } from './abs.js'
import { addPrimitive } from './add.js'
import { convolvePrimitive } from './convolve.js'
import { copyPrimitive } from './copy.js'
import { dividePrimitive } from './divide.js'
import { dotPrimitive } from './dot.js'
import { erfPrimitive } from './erf.js'
import { expPrimitive } from './exp.js'
import { floorPrimitive } from './floor.js'
import { flushPrimitive } from './flush.js'
import { joinLastPrimitive, sliceLastPrimitive } from './joinLast.js'
import { blockPrimitive, inputPrimitive, literalPrimitive } from './leaf.js'
import { logPrimitive } from './log.js'
import { maxLastPrimitive } from './maxLast.js'
import { exponentPrimitive, mantissaPrimitive, pow2Primitive } from './micro.js'
import { multiplyPrimitive } from './multiply.js'
import { negatePrimitive } from './negate.js'
import { oneHotPrimitive } from './oneHot.js'
import { onHostPrimitive } from './onHost.js'
import { permutePrimitive } from './permute.js'
import { poolMaxPrimitive, poolPickPrimitive, poolRoutePrimitive } from './poolMax.js'
import { poolSpreadPrimitive, poolSumPrimitive } from './poolSum.js'
import { randomPrimitive } from './random.js'
import { rankLastPrimitive } from './rankLast.js'
import { reluPrimitive } from './relu.js'
import { reshapePrimitive } from './reshape.js'
import { rowsPrimitive, scatterAddPrimitive } from './rows.js'
import { scanPrimitive } from './scan.js'
import { selectEqualPrimitive } from './selectEqual.js'
import { selectGreaterPrimitive } from './selectGreater.js'
import { cosPrimitive, sinPrimitive } from './sinCos.js'
import { assemblePrimitive, slicePrimitive } from './sliceAssemble.js'
import { sigmoidPrimitive } from './sigmoid.js'
import { sqrtPrimitive } from './sqrt.js'
import { stopPrimitive } from './stop.js'
import { subtractPrimitive } from './subtract.js'
import { surrogatePrimitive } from './surrogate.js'
import { broadcastPrimitive, sumPrimitive } from './sumBroadcast.js'
import { tanhPrimitive } from './tanh.js'

/** Every primitive, leaves first, then in alphabetical order. */
export const primitives: readonly Primitive[] = [
  literalPrimitive,
  inputPrimitive,
  blockPrimitive,
  absPrimitive,
  addPrimitive,
  assemblePrimitive,
  broadcastPrimitive,
  convolvePrimitive,
  copyPrimitive,
  cosPrimitive,
  dividePrimitive,
  dotPrimitive,
  erfPrimitive,
  expPrimitive,
  exponentPrimitive,
  floorPrimitive,
  flushPrimitive,
  joinLastPrimitive,
  logPrimitive,
  mantissaPrimitive,
  maxLastPrimitive,
  multiplyPrimitive,
  negatePrimitive,
  oneHotPrimitive,
  onHostPrimitive,
  permutePrimitive,
  poolMaxPrimitive,
  poolPickPrimitive,
  poolRoutePrimitive,
  poolSpreadPrimitive,
  poolSumPrimitive,
  pow2Primitive,
  randomPrimitive,
  rankLastPrimitive,
  reluPrimitive,
  reshapePrimitive,
  rowsPrimitive,
  scanPrimitive,
  scatterAddPrimitive,
  selectEqualPrimitive,
  selectGreaterPrimitive,
  sigmoidPrimitive,
  sinPrimitive,
  sliceLastPrimitive,
  slicePrimitive,
  sqrtPrimitive,
  stopPrimitive,
  subtractPrimitive,
  sumPrimitive,
  surrogatePrimitive,
  tanhPrimitive,
]
