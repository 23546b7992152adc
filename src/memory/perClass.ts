import { sample } from '../random/draw.js'
import { folded, type Key } from '../random/key.js'
import { groups } from './groups.js'

/**
 * Up to `each` rows of every class, drawn uniformly without replacement: classes ascending, row numbers of `labels`.
 * Stops at `room` rows in all. A class's draw does not depend on which other classes there are.
 * @source van de Ven, Tuytelaars, Tolias 2022: experience replay with 100 rows per class, chosen at random at the boundary.
 */
export const perClass = (key: Key, labels: Int32Array, each: number, room: number): Int32Array => {
  const chosen: number[] = []
  for (const [label, rows] of groups(labels))
    for (const i of sample(folded(key, label), rows.length, Math.min(each, rows.length))) chosen.push(rows[i]!)
  return Int32Array.from(chosen.slice(0, Math.max(0, room)))
}
