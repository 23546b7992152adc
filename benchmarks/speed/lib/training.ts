import type { Arithmetic } from '../../../src/compile/arithmetic.js'
import type { Feed } from '../../../src/compile/feed.js'
import { compile, type Program } from '../../../src/compile/program.js'
import { createStore, type Store } from '../../../src/compile/store.js'
import type { Expr } from '../../../src/graph/expr.js'
import { grad } from '../../../src/graph/grad.js'
import { block, div, input, mul, rows } from '../../../src/graph/ops.js'
import { crossEntropy, weightedMean } from '../../../src/nn/loss.js'
import { initialSlot } from '../../../src/optim/optimiser.js'
import type { Work } from './rounds.js'
import { held, initial, labelsAt, pixels, slotsAt, type Task } from './tasks.js'

/** A training step in a store of its own, ready to run. */
export interface Training extends Work {
  readonly store: Store
  readonly program: Program
  /** Other inputs, fed with the next step; they stay. */
  readonly feed: (values: Feed) => void
}

/** The graph of a step: a batch of held pixels, mean cross-entropy (for the gradient times `scale`), one update. */
export const stepOf = ({ net, batch, optimiser }: Task, scale: Expr | number = 1) => {
  const params = block('params', [net.layout.size])
  const slots = Object.fromEntries(optimiser.slots.map((s) => [s.name, block(s.name, s.shape(net.layout.size))]))
  const x = div(rows(block('table', [held, net.inputs], 'u8'), input('slots', [batch], 'i32')), 255)
  const losses = crossEntropy(net.apply(params, x).logits, input('labels', [batch], 'i32'))
  const loss = weightedMean(losses, input('weights', [batch]))
  const gradient = grad(mul(scale, loss), params)
  const stepped = optimiser.update({ gradient, params, slots })
  return { updates: { params: stepped.params, ...stepped.slots }, outputs: { loss } }
}

/** A store with the blocks of a task's step at their first values. */
export const storeOf = (task: Task, arithmetic: Arithmetic = 'exact'): Store => {
  const store = createStore({ arithmetic })
  const size = task.net.layout.size
  const put = (name: string, shape: readonly number[], values: ArrayLike<number>): void => {
    store.block(name, shape)
    store.write(name, values)
  }
  store.block('table', [held, task.net.inputs], 'u8')
  store.write('table', pixels(task))
  const first = initial(task)
  put('params', [size], first)
  for (const slot of task.optimiser.slots) put(slot.name, slot.shape(size), initialSlot(slot, first))
  return store
}

/** Compiles a task's step; `scale` multiplies its loss and may be an input. */
export const training = (task: Task, arithmetic: Arithmetic = 'exact', scale: Expr | number = 1): Training => {
  const store = storeOf(task, arithmetic)
  const program = compile(stepOf(task, scale), store)
  let done = 0
  let next: Feed = { weights: new Float32Array(task.batch).fill(1) }
  return {
    name: task.name,
    flop: 2 * program.cost.macs,
    store,
    program,
    feed: (values) => {
      next = { ...next, ...values }
    },
    prepare: (steps) => {
      const feeds = Array.from({ length: steps }, (_, i) => ({
        ...(i === 0 ? next : {}),
        slots: slotsAt(task, done + i),
        labels: labelsAt(task, done + i),
      }))
      next = {}
      done += steps
      return () => {
        for (const feed of feeds) program.run(feed)
      }
    },
  }
}

/** The optimiser's pass alone, over gradients that wait in memory: its share of a step cannot be less. */
export const updateAlone = (task: Task): Work => {
  const store = storeOf(task)
  const size = task.net.layout.size
  store.block('gradient', [size])
  store.write(
    'gradient',
    initial(task).map((x) => x / 100),
  )
  const slots: Record<string, Expr> = Object.fromEntries(
    task.optimiser.slots.map((s) => [s.name, block(s.name, s.shape(size))]),
  )
  const stepped = task.optimiser.update({ gradient: block('gradient', [size]), params: block('params', [size]), slots })
  const program = compile({ updates: { params: stepped.params, ...stepped.slots }, outputs: {} }, store)
  return {
    name: `${task.name}: update alone`,
    flop: 0,
    prepare: (steps) => () => {
      for (let i = 0; i < steps; i++) program.run({})
    },
  }
}
