import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Done, Ready, Setup, Steps } from './protocol.js'
import { initial, labelsAt, pixels, slotsAt, type Task } from './tasks.js'

/** A process that trains when asked to. */
export interface Contender {
  readonly name: string
  /** Asks it to get ready for a task. */
  readonly setup: (task: Task) => Promise<Ready>
  /** Asks it to take so many steps of a task, going on from the last. */
  readonly steps: (task: Task, count: number) => Promise<Done>
  readonly stop: () => void
}

/** How to start one. */
export interface Command {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  /** Changes to the environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** A script of this repository, TypeScript or not, under the Node that runs this one. */
export const script = (name: string, file: string, ...more: readonly string[]): Command => ({
  name,
  command: process.execPath,
  args: ['--import', 'tsx', file, ...more],
})

const base64 = ({ buffer }: Uint8Array | Float32Array): string => Buffer.from(buffer).toString('base64')

/** Starts a process. Its answers reject when it ends. */
export const contender = ({ name, command, args, env }: Command): Contender => {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const ended = new Promise<never>((_, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${name} ended with code ${code}`)))
  })
  ended.catch(() => undefined)
  const ask = async (question: Setup | Steps): Promise<Ready & Done> => {
    child.stdin.write(`${JSON.stringify(question)}\n`)
    for (;;) {
      const { value, done } = await Promise.race([lines.next(), ended])
      if (done === true) return ended
      if (value.startsWith('{')) return JSON.parse(value)
    }
  }
  const taken = new Map<string, number>()
  return {
    name,
    setup: (task) =>
      ask({
        setup: task.name,
        sizes: task.sizes,
        inputs: task.net.inputs,
        batch: task.batch,
        optimiser: task.optimiser.name,
        rate: task.rate,
        layout: task.net.layout.entries.map(({ name: part, shape }) => ({ name: part, shape })),
        params: base64(initial(task)),
        pixels: base64(pixels(task)),
      }),
    steps: (task, count) => {
      const from = taken.get(task.name) ?? 0
      taken.set(task.name, from + count)
      const each = (draw: (task: Task, i: number) => Int32Array) =>
        Array.from({ length: count }, (_, i) => [...draw(task, from + i)])
      return ask({ work: task.name, slots: each(slotsAt), labels: each(labelsAt) })
    },
    stop: () => child.stdin.end(),
  }
}
