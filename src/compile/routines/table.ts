/** Routines by the name of their primitive; a law compares the names with the table of primitives. */
import type { Routine } from '../routine.js'
import { assembleRoutine } from './assemble.js'
import { dotRoutine } from './dot.js'
import { oneHotRoutine } from './oneHot.js'

/** See above. */
export const routines: Readonly<Record<string, Routine>> = {
  assemble: assembleRoutine,
  dot: dotRoutine,
  oneHot: oneHotRoutine,
}
