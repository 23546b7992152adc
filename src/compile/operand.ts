import type { FunctionBody, Operand } from './wasmFunction.js'

const binary = (f: FunctionBody, first: Operand, second: Operand, operation: () => void): Operand => {
  return () => {
    f.push(first)
    f.push(second)
    operation()
  }
}

/** first + second, modulo 2^32. */
export const plus = (f: FunctionBody, first: Operand, second: Operand): Operand => binary(f, first, second, f.i32.add)

/** first - second, modulo 2^32. */
export const minus = (f: FunctionBody, first: Operand, second: Operand): Operand => binary(f, first, second, f.i32.sub)

/** first * second, modulo 2^32. */
export const times = (f: FunctionBody, first: Operand, second: Operand): Operand => binary(f, first, second, f.i32.mul)

/** first / second, rounded down, unsigned. */
export const quotient = (f: FunctionBody, first: Operand, second: Operand): Operand =>
  binary(f, first, second, f.i32.div_u)

/** The smaller of two unsigned integers; each operand is evaluated twice. */
export const least = (f: FunctionBody, first: Operand, second: Operand): Operand => {
  return () => {
    f.push(first)
    f.push(second)
    f.push(binary(f, first, second, f.i32.lt_u))
    f.select()
  }
}

/** Runs one of two bodies; `condition` is an i32. */
export const branch = (f: FunctionBody, condition: Operand, then: () => void, otherwise?: () => void): void => {
  f.push(condition)
  f.if(then, otherwise)
}

/** 1 when first = second, else 0. */
export const equal = (f: FunctionBody, first: Operand, second: Operand): Operand => binary(f, first, second, f.i32.eq)
