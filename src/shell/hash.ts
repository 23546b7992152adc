import { createHash } from 'node:crypto'
import { canonical } from '../record/canonical.js'

/** The name of a configuration: the first 16 hexadecimal digits of SHA-256 of its canonical text. */
export const hashOf = (configuration: unknown): string =>
  createHash('sha256').update(canonical(configuration)).digest('hex').slice(0, 16)
