import type { Method } from '../strategy/method.js'
import type { Arrangement } from '../stream/arranged.js'
import type { Stream } from '../stream/stream.js'
import type { Benchmark } from './benchmark.js'

/** What a run is made from. */
export interface RunInput extends Pick<Benchmark, 'model' | 'optimiser' | 'training' | 'measure'> {
  readonly stream: Stream
  readonly method: Method
  readonly arrangement: Arrangement
  readonly seed: number
}
