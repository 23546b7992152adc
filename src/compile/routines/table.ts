/** Routines by the name of their primitive; a law compares the names with the table of primitives. */
import type { Routines } from '../routine.js'
import { assembleRoutine } from './assemble.js'
import { convolveRoutine } from './convolve.js'
import { dotRoutine } from './dot.js'
import { joinLastRoutine, sliceLastRoutine } from './joinLast.js'
import { oneHotRoutine } from './oneHot.js'
import { onHostRoutine } from './onHost.js'
import { permuteRoutine } from './permute.js'
import { poolMaxRoutine, poolPickRoutine, poolRouteRoutine } from './poolMax.js'
import { poolSpreadRoutine, poolSumRoutine } from './poolSum.js'
import { randomRoutine } from './random.js'
import { rankLastRoutine } from './rankLast.js'
import { scanRoutine } from './scan.js'
import { scatterAddRoutine } from './scatterAdd.js'

/** See above. */
export const routines: Routines = {
  assemble: assembleRoutine,
  convolve: convolveRoutine,
  dot: dotRoutine,
  joinLast: joinLastRoutine,
  oneHot: oneHotRoutine,
  onHost: onHostRoutine,
  permute: permuteRoutine,
  poolMax: poolMaxRoutine,
  poolPick: poolPickRoutine,
  poolRoute: poolRouteRoutine,
  poolSpread: poolSpreadRoutine,
  poolSum: poolSumRoutine,
  random: randomRoutine,
  rankLast: rankLastRoutine,
  scan: scanRoutine,
  scatterAdd: scatterAddRoutine,
  sliceLast: sliceLastRoutine,
}
