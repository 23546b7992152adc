import { createInterface } from 'node:readline'
import type { Done, Ready, Setup, Steps } from './protocol.js'

/** A batch as a library gets it, ready before the clock starts. */
export interface Batch {
  readonly slots: Int32Array
  readonly labels: Int32Array
  /** `[batch, inputs]`, 0 to 1. */
  readonly x: Float32Array
}

/** One library's training step. `T` is a batch in the library's own form. */
export interface Trainer<T> {
  /** What it does otherwise; empty when the step is the same. */
  readonly differs: string
  /** Outside of the clock. */
  readonly ready: (batch: Batch) => T
  readonly step: (input: T) => void
  /** Inside of the clock, after the last step: waits for what is still under way. */
  readonly settle: () => void | Promise<unknown>
  /** Outside of the clock: loss of the last step. */
  readonly loss: () => number
}

const bytes = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, 'base64'))

/** Answers the lines of standard input until it ends. `make` gives a trainer, or why there is none. */
export const serve = async <T>(version: string, make: (setup: Setup) => Trainer<T> | string): Promise<void> => {
  const trainers = new Map<
    string,
    Trainer<T> & { readonly batch: (slots: readonly number[], labels: readonly number[]) => Batch }
  >()
  const answer = async (asked: Setup | Steps): Promise<Ready | Done> => {
    if ('setup' in asked) {
      const made = make(asked)
      if (typeof made === 'string') return { cannot: made }
      const [pixels, { inputs }] = [bytes(asked.pixels), asked]
      const batch = (slots: readonly number[], labels: readonly number[]): Batch => {
        const x = new Float32Array(slots.length * inputs)
        slots.forEach((slot, row) => {
          for (let i = 0; i < inputs; i++) x[row * inputs + i] = (pixels[slot * inputs + i] ?? 0) / 255
        })
        return { slots: Int32Array.from(slots), labels: Int32Array.from(labels), x }
      }
      trainers.set(asked.setup, { ...made, batch })
      return { differs: made.differs, version }
    }
    const trainer = trainers.get(asked.work)
    if (trainer === undefined) throw new Error(`no trainer for ${asked.work}`)
    const inputs = asked.slots.map((slots, i) => trainer.ready(trainer.batch(slots, asked.labels[i] ?? [])))
    const from = performance.now()
    for (const input of inputs) trainer.step(input)
    await trainer.settle()
    return { milliseconds: (performance.now() - from) / inputs.length, loss: trainer.loss() }
  }
  for await (const line of createInterface({ input: process.stdin }))
    console.log(JSON.stringify(await answer(JSON.parse(line))))
}
