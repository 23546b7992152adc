/**
 * Memory after 100 and after 10,000 steps: linear memory, what the garbage collector keeps, and the process as a whole.
 * `--long` also takes 784-400-400-10. `tsx benchmarks/speed/memory.ts [--long] [--write]`.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { options } from './lib/options.js'
import { save } from './lib/report.js'
import { tasks } from './lib/tasks.js'
import { training } from './lib/training.js'

const set = options()
setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

const figures = (set.long ? [tasks.C, tasks.B, tasks.A] : [tasks.C, tasks.B]).map((task) => {
  const made = training(task)
  const take = (steps: number): void => {
    for (let i = 0; i < steps; i += 100) made.prepare(100)()
  }
  const now = () => {
    collect()
    const { rss, heapUsed } = process.memoryUsage()
    return { linear: made.store.memory.buffer.byteLength, heap: heapUsed, process: rss }
  }
  take(100)
  const early = now()
  take(9900)
  const late = now()
  console.log(task.title)
  for (const part of ['linear', 'heap', 'process'] as const) {
    const [a, b] = [early[part], late[part]].map((bytes) => `${(bytes / 1e6).toFixed(2)} MB`)
    console.log(`  ${part.padEnd(8)} ${a} after 100 steps, ${b} after 10,000`)
  }
  return { title: task.title, early, late }
})
save(set, 'memory', { figures })
