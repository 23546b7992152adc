import type { Facts } from './strategy.js'

/** For `refuse`: a buffer that cannot hold a row of every output is no memory of them. `name` is the strategy's. */
export const tooSmall = (name: string, capacity: number, { outputs }: Pick<Facts, 'outputs'>): readonly string[] =>
  capacity < outputs
    ? [`'${name}' (capacity ${capacity}): fewer rows than the ${outputs} outputs; ${outputs} or more`]
    : []
