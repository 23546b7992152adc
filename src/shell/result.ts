import type { RawLog } from '../record/rawLog.js'
import { RESULT_SCHEMA, type Result } from '../record/result.js'
import { machine, nodeVersion, packageVersion } from './machine.js'
import type { PlannedRun } from './plan.js'

/** How a run was made: outside of its hash. `engine`: the kernels in use; `seconds`: wall-clock time. */
export interface Made {
  readonly engine: string
  readonly startedAt: Date
  readonly seconds: number
  readonly workers: number
}

/** A raw log with its name, configuration and manifest: what the result file holds. */
export const resultOf = (
  benchmark: string,
  { run, hash, configuration }: PlannedRun,
  log: RawLog,
  { engine, startedAt, seconds, workers }: Made,
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
