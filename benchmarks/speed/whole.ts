/**
 * A whole run of Split MNIST (5 contexts, 10,000 steps of 784-400-400-10 at batch 128 with Adam, evaluation after each context)
 * against its bare steps: the compiled step alone, timed at regular places inside of the run, so that both meet the same
 * machine. Takes minutes. `tsx benchmarks/speed/whole.ts [--mode wide] [--write]`; without `--long` a tenth of the steps.
 */
import { run } from '../../src/train/run.js'
import { options, switchTo } from './lib/options.js'
import { save, time } from './lib/report.js'
import { timed, warm } from './lib/rounds.js'
import { splitMnist } from './lib/splitMnist.js'
import { tasks } from './lib/tasks.js'
import { training } from './lib/training.js'

const set = options({ rounds: 1, milliseconds: 0 })
await switchTo(set.mode)
const iterations = set.long ? 2000 : 200
const input = await splitMnist(iterations)
const bare = training(tasks.A)
warm(bare, 1000)

/** Steps of the run between two slices of bare steps, and steps of a slice. */
const [stride, slice] = [100, 20]
const slices: number[] = []
let apart = 0
const from = performance.now()
run(input, ({ phase, doneSteps }) => {
  if (phase !== 'train' || doneSteps % stride !== 0) return
  const started = performance.now()
  slices.push(timed(bare, slice))
  apart += performance.now() - started
})
const whole = performance.now() - from - apart
const each = slices.reduce((a, b) => a + b, 0) / slices.length
const steps = 5 * iterations
const ratio = whole / (steps * each)
console.log(`Split MNIST (${input.data}), node ${process.version}, ${set.mode}: ${steps} steps and 6 evaluations`)
console.log(
  `whole run ${(whole / 1000).toFixed(1)} s; a bare step ${time(each)}; ${ratio.toFixed(3)} times the bare steps`,
)
save(set, 'whole', { data: input.data, steps, whole, bare: each, ratio })
