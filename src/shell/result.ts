import { execArgv } from 'node:process'
import type { RawLog } from '../record/rawLog.js'
import { RESULT_SCHEMA, type Result } from '../record/result.js'
import { machine, nodeVersion, packageVersion } from './machine.js'
import type { PlannedRun } from './plan.js'

/** The kernels in use: part of the manifest, so that a reader can tell which back end made a file. */
// V8's revectoriser gives the same bits in less time; only whoever starts Node can ask for it, and the manifest says so.
const engine = execArgv.includes('--experimental-wasm-revectorize') ? 'wasm-simd128, revectorised' : 'wasm-simd128'

/** A raw log with its name, configuration and manifest: what the result file holds. `seconds`: wall-clock time. */
export const resultOf = (
  benchmark: string,
  { run, hash, configuration }: PlannedRun,
  log: RawLog,
  { startedAt, seconds, workers }: { readonly startedAt: Date; readonly seconds: number; readonly workers: number },
): Result => ({
  schema: RESULT_SCHEMA,
  benchmark,
  ...run,
  hash,
  configuration: { ...configuration },
  ...log,
  manifest: {
    engine,
    version: packageVersion(),
    node: nodeVersion,
    machine: machine(),
    startedAt: startedAt.toISOString(),
    seconds: Math.round(seconds * 1000) / 1000,
    workers,
  },
})
