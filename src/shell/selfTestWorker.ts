/** A process that tests the code which V8 makes of our kernels. Prints `equal`, or what came out wrong, one name a line. */
import { stdout } from 'node:process'
import { createSelfTest } from '../compile/selfTest.js'

// with the switches of a trial kernels are optimised in the first round, and all that the second runs is optimised code
const { round } = createSelfTest()
const wrong = [...new Set([...round(), ...round()])]
stdout.write(wrong.length === 0 ? 'equal\n' : `${wrong.join('\n')}\n`)
