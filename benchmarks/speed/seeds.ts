/**
 * Two seeds on two processors against one seed on one, beside the roof loop on the same two threads: what the processors share
 * slows both. A seed is a short run of Split MNIST, its evaluation included; `--long` makes it ten times longer.
 * `tsx benchmarks/speed/seeds.ts [--rounds n] [--mode wide] [--long] [--write]`.
 */
import { run } from '../../src/train/run.js'
import { options, switchTo } from './lib/options.js'
import { line, save } from './lib/report.js'
import { roofLoop } from './lib/roofLoop.js'
import { timed, timesOf, warm } from './lib/rounds.js'
import { splitMnist } from './lib/splitMnist.js'
import { aloneAndTogether, answering, helper } from './lib/thread.js'

const set = options({ rounds: 5, milliseconds: 0 })
await switchTo(set.mode)
const iterations = set.long ? 400 : 40
const input = await splitMnist(iterations)
/** Steps of a slice, the same in both threads: they must overlap. */
const slice = 500
const loop = roofLoop()
warm(loop, 500)
const seed = (): number => {
  const from = performance.now()
  run(input, () => undefined)
  return performance.now() - from
}
const jobs = { roof: () => timed(loop, slice), seed }

if (!answering(jobs)) {
  const other = helper(import.meta.url)
  seed()
  const times = await aloneAndTogether(jobs, other, set.rounds)
  await other.stop()
  console.log(`a seed: Split MNIST (${input.data}), 5 x ${iterations} steps; node ${process.version}, ${set.mode}`)
  const figures = [...times].map(([name, { one, two }]) => {
    const [alone, together] = [timesOf(one), timesOf(two)]
    const ratio = together.median / alone.median
    console.log(line(`${name}, one thread`, alone))
    console.log(line(`${name}, on each of two threads`, together, `${ratio.toFixed(2)} times as long`))
    return { name, one: alone, two: together, ratio }
  })
  save(set, 'seeds', { data: input.data, iterations, figures })
}
