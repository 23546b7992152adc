/** This package behind the protocol of the peers: `tsx benchmarks/speed/ours.ts [--mode wide|fast]`, questions on standard input. */
import { arithmeticOf, options, switchTo } from './lib/options.js'
import { serve } from './lib/serve.js'
import { tasks } from './lib/tasks.js'
import { training } from './lib/training.js'

const { mode } = options()
await switchTo(mode)

await serve(`Node ${process.versions.node}`, ({ setup }) => {
  const task = Object.values(tasks).find(({ name }) => name === setup)
  if (task === undefined) return `no task ${setup}`
  const { program } = training(task, arithmeticOf(mode))
  const weights = new Float32Array(task.batch).fill(1)
  return {
    differs: '',
    ready: ({ slots, labels }) => ({ slots, labels, weights }),
    step: (feed) => program.run(feed),
    settle: () => undefined,
    loss: () => program.scalar('loss'),
  }
})
