import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import type { Options } from './options.js'
import type { Times } from './rounds.js'

/** Where the figures are kept. */
export const folder = 'benchmarks/speed/results'

/** 10^9 operations a second. */
export const gigaflops = (flop: number, milliseconds: number): number => flop / milliseconds / 1e6

/** The machine and its engine, as the figures name them. */
export const machine = () => ({
  processor: `${cpus()[0]?.model.trim() ?? 'unknown'}, ${cpus().length} processors`,
  node: process.version,
  v8: process.versions.v8,
})

/** A time with its unit, three digits. */
export const time = (milliseconds: number): string =>
  milliseconds < 1 ? `${(1000 * milliseconds).toPrecision(3)} µs` : `${milliseconds.toPrecision(3)} ms`

/** One line: name, median, percentiles. */
export const line = (name: string, { median, p10, p90 }: Times, ...more: readonly string[]): string =>
  [name.padEnd(44), time(median).padStart(8), `[p10 ${time(p10)}, p90 ${time(p90)}]`, ...more].join('  ')

const rounded = (_: string, value: unknown): unknown =>
  typeof value === 'number' ? Number(value.toPrecision(5)) : value

/** With `--write`: saves the figures of a script under its name, Node's version and the mode. */
export const save = ({ mode, rounds, write }: Options, script: string, figures: object): void => {
  if (!write) return
  mkdirSync(folder, { recursive: true })
  const node = `node${process.versions.node.split('.')[0]}`
  const path = `${folder}/${script}-${node}-${mode}.json`
  writeFileSync(path, `${JSON.stringify({ script, mode, ...machine(), rounds, ...figures }, rounded, 2)}\n`)
  console.log(`saved as ${path}`)
}
