/** The functions of the host that graphs can call, by name. */
import type { HostFunction } from './hostFunction.js'
import { quadraticAbove } from './quadraticAbove.js'

/** See above. */
export const hostFunctions = { quadraticAbove } as const satisfies Readonly<Record<string, HostFunction>>

/** A name in the table. */
export type HostFunctionName = keyof typeof hostFunctions
