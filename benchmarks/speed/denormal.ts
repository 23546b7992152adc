/**
 * Steps whose gradients have vanished, against steps that learn. Numbers below 2^-126 make processors 20 to 160 times slower,
 * and a finished head, dead units or a saturated softmax produce them; flushing is part of the numeric contract. Adam's and
 * plain steps are taken 2,000 times with a loss that is scaled to nothing (0), to the edge of the format (1e-38) and into the
 * range where squares vanish (1e-22); the last of them are timed in turn with steps at scale 1.
 * `tsx benchmarks/speed/denormal.ts [--rounds n] [--milliseconds n] [--write]`.
 */
import { input } from '../../src/graph/ops.js'
import { options, switchTo } from './lib/options.js'
import { line, save } from './lib/report.js'
import { interleaved, timesOf } from './lib/rounds.js'
import { tasks } from './lib/tasks.js'
import { training } from './lib/training.js'

const set = options({ rounds: 21, milliseconds: 30 })
await switchTo(set.mode)
const steps = 2000
const scales = [0, 1e-38, 1e-22]

const measured = [
  { ...tasks.B, optimiser: tasks.A.optimiser, title: '784-100-100-10, batch 10, Adam' },
  tasks.C,
  tasks.A,
]
const figures = measured.map((task) => {
  const normal = { ...training(task), name: 'normal' }
  const vanished = scales.map((scale) => {
    const made = training(task, 'exact', input('scale'))
    made.feed({ scale: 1 })
    made.prepare(100)()
    made.feed({ scale })
    for (let i = 0; i < steps; i += 100) made.prepare(100)()
    return { ...made, name: `loss times ${scale}` }
  })
  const times = interleaved([normal, ...vanished], set)
  const of = (name: string) => timesOf(times.get(name) ?? [])
  console.log(`\n${task.title}: time of one step after ${steps} steps`)
  console.log(line('normal', of('normal')))
  return {
    title: task.title,
    normal: of('normal'),
    vanished: vanished.map(({ name }, i) => {
      const each = of(name)
      const ratio = each.median / of('normal').median
      console.log(line(name, each, `${ratio.toFixed(2)} times a normal step`))
      return { scale: scales[i], times: each, ratio }
    }),
  }
})
save(set, 'denormal', { steps, figures })
