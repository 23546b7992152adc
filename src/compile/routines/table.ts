/** Routines by the name of their primitive; a law compares the names with the table of primitives. */
import type { Routines } from '../routine.js'
import { assembleRoutine } from './assemble.js'
import { convolveRoutine } from './convolve.js'
import { dotRoutine } from './dot.js'
import { oneHotRoutine } from './oneHot.js'
import { poolMaxRoutine, poolPickRoutine, poolRouteRoutine } from './poolMax.js'
import { poolSpreadRoutine, poolSumRoutine } from './poolSum.js'
import { scanRoutine } from './scan.js'
import { scatterAddRoutine } from './scatterAdd.js'

/** See above. */
export const routines: Routines = {
  assemble: assembleRoutine,
  convolve: convolveRoutine,
  dot: dotRoutine,
  oneHot: oneHotRoutine,
  poolMax: poolMaxRoutine,
  poolPick: poolPickRoutine,
  poolRoute: poolRouteRoutine,
  poolSpread: poolSpreadRoutine,
  poolSum: poolSumRoutine,
  scan: scanRoutine,
  scatterAdd: scatterAddRoutine,
}
