import * as E from 'fp-ts/lib/Either.js'
import { nearest } from '../codec/nearest.js'
import type { AppError } from '../shell/error.js'
import type { Benchmark } from '../train/benchmark.js'
import { counted } from './text.js'

/** Which part of a grid to run: `only` these labels, the first `seeds` seeds. */
export interface Selection {
  readonly only?: readonly string[]
  readonly seeds?: number
}

/** The part of a benchmark that was asked for. Left names every label that does not exist, or how many seeds there are. */
export const select = (benchmark: Benchmark, { only, seeds }: Selection): E.Either<readonly AppError[], Benchmark> => {
  const labels = benchmark.methods.map(({ label }) => label)
  const unknown = (only ?? []).filter((label) => !labels.includes(label))
  const errors = unknown.map((label): AppError => {
    const near = nearest(label, labels)
    const hint = near === undefined ? '' : `; did you mean '${near}'?`
    return {
      _tag: 'Refused',
      where: '--only',
      reason: `no method has the label '${label}'${hint} (${labels.join(', ')})`,
    }
  })
  const many = benchmark.seeds.length
  const tooMany: readonly AppError[] =
    seeds !== undefined && seeds > many
      ? [
          {
            _tag: 'Refused',
            where: '--seeds',
            reason: `the file has ${counted(many, 'seed')}, so expected ${many === 1 ? '1' : `1 to ${many}`}, got ${seeds}`,
          },
        ]
      : []
  return errors.length + tooMany.length > 0
    ? E.left([...errors, ...tooMany])
    : E.right({
        ...benchmark,
        seeds: benchmark.seeds.slice(0, seeds),
        methods: benchmark.methods.filter(({ label }) => only?.includes(label) ?? true),
      })
}
