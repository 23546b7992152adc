/** Expressions that are never below 0, told by what they are made of. */
import type { Expr } from '../expr.js'
import { literalValue } from './leaf.js'

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '))

/** Results of these are never negative. */
const never = words('abs exp sqrt relu oneHot sigmoid random rankLast')
/** These give nothing negative of arguments that are not. */
const keeping = words(
  'add multiply divide sum broadcast reshape slice flush copy stop maxLast permute poolSum poolMax poolSpread assemble rows sliceLast joinLast',
)

/** Whether `e` can be seen to be 0 or more (or NaN), looking `depth` arguments down. A square is the product of a node with itself. */
export const nonNegative = (e: Expr | undefined, depth = 12): boolean => {
  if (e === undefined || depth === 0) return false
  const literal = literalValue(e)
  if (literal !== undefined) return literal >= 0
  const { name } = e.op
  if (never.has(name) || (name === 'multiply' && e.args[0] === e.args[1])) return true
  const values = e.args.filter((a) => a.dtype === 'f32')
  return keeping.has(name) && values.length > 0 && values.every((a) => nonNegative(a, depth - 1))
}
