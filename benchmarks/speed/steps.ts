/**
 * Training steps on one core against what its arithmetic allows. Rounds interleave the roof, every step and a bare pass of
 * Adam. The bound of a step is its multiplications and additions at the roof, and, where the optimiser keeps state, its pass
 * over memory; its share is the median of the rounds' ratios, and again the ratio of the tenth percentiles.
 * `tsx benchmarks/speed/steps.ts [--rounds n] [--milliseconds n] [--mode wide|fast] [--write]`.
 */
import { arithmeticOf, options, switchTo } from './lib/options.js'
import { gigaflops, line, save } from './lib/report.js'
import { roofLoop } from './lib/roofLoop.js'
import { interleaved, quantile, timesOf } from './lib/rounds.js'
import { tasks } from './lib/tasks.js'
import { training, updateAlone } from './lib/training.js'

const set = options()
await switchTo(set.mode)
const arithmetic = arithmeticOf(set.mode)
const roof = roofLoop()
const trainings = Object.values(tasks).map((task) => training(task, arithmetic))
const update = updateAlone(tasks.A)
const times = interleaved([roof, update, ...trainings], set)
const series = (name: string) => times.get(name) ?? []
const of = (name: string) => timesOf(series(name))
const [roofTimes, updateTimes] = [of(roof.name), of(update.name)]

console.log(`node ${process.version}, ${set.mode}, ${set.rounds} rounds; milliseconds or microseconds of one step`)
console.log(line('roof', roofTimes, `${gigaflops(roof.flop, roofTimes.median).toFixed(1)} GFLOP/s`))
console.log(line('Adam alone, 478,410 parameters', updateTimes))
const steps = Object.values(tasks).map(({ name, title }, i) => {
  const flop = trainings[i]?.flop ?? 0
  const each = of(name)
  const boundOf = (peak: number, pass: number): number => (flop / roof.flop) * peak + (name === 'A' ? pass : 0)
  const rounds = series(name).map((ms, r) => boundOf(series(roof.name)[r] ?? 0, series(update.name)[r] ?? 0) / ms)
  const share = { median: quantile(rounds, 0.5), p10: boundOf(roofTimes.p10, updateTimes.p10) / each.p10 }
  const percent = [share.median, share.p10].map((s) => `${(100 * s).toFixed(0)} %`).join(', p10: ')
  const rate = `${(flop / 1e6).toPrecision(3)} MFLOP, ${gigaflops(flop, each.median).toFixed(1)} GFLOP/s`
  console.log(line(`${name}  ${title}`, each, rate, `of the bound: ${percent}`))
  return { name, title, flop, times: each, share }
})
save(set, 'steps', { roof: { flop: roof.flop, times: roofTimes }, update: updateTimes, steps })
