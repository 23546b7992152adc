/**
 * The roof of one core, and what two threads give together: register-only loops of f32x4 multiplications and additions.
 * Whoever trains two seeds at once gets at most the second figure; where two processors are two threads of one core, it is
 * below twice the first. `tsx benchmarks/speed/roof.ts [--rounds n] [--mode wide] [--write]`.
 */
import { options, switchTo } from './lib/options.js'
import { gigaflops, save } from './lib/report.js'
import { roofLoop } from './lib/roofLoop.js'
import { timed, timesOf, warm } from './lib/rounds.js'
import { aloneAndTogether, answering, helper } from './lib/thread.js'

const set = options()
await switchTo(set.mode)
/** Steps of a slice, the same in both threads: they must overlap. */
const slice = 500
const loop = roofLoop()
warm(loop, 500)
const jobs = { roof: () => timed(loop, slice) }

if (!answering(jobs)) {
  const other = helper(import.meta.url)
  const times = (await aloneAndTogether(jobs, other, set.rounds)).get('roof')
  await other.stop()
  const [one, two] = [timesOf(times?.one ?? []), timesOf(times?.two ?? [])]
  console.log(`roof, node ${process.version}, ${set.mode}`)
  console.log(`one thread   ${gigaflops(loop.flop, one.median).toFixed(1)} GFLOP/s`)
  console.log(`two threads  ${(2 * gigaflops(loop.flop, two.median)).toFixed(1)} GFLOP/s together`)
  console.log(`two pieces of work on two threads take ${(two.median / one.median).toFixed(2)} times as long as one`)
  save(set, 'roof', { flop: loop.flop, one, two, ratio: two.median / one.median })
}
