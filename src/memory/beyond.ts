import { groups } from './groups.js'

/** Rows, ascending, that are not among the first `each` of their class: what a buffer drops when classes get fewer rows. */
export const beyond = (labels: Int32Array, each: number): Int32Array =>
  Int32Array.from([...groups(labels).values()].flatMap((rows) => [...rows.subarray(each)])).sort()
