/**
 * Mutants that no check can tell from the right rule, because they compute the same: one by one, under the reason. A mutant in this list
 * that a check does tell apart is an error, and so is one that survives without being here.
 */
export interface Equivalent {
  readonly reason: string
  /** `primitive rule fault`, as `idOf` writes them. */
  readonly mutants: readonly string[]
}

export const equivalents: readonly Equivalent[] = [
  {
    reason: 'A result of relu is above 0 exactly where its argument is, so either may tell the branch',
    mutants: [
      'relu vjp argument: operand 0 is x, at 2 selectGreater(y, 0, ct, 0)',
      'relu vjp argument: operand 0 is x, at 4 selectGreater(y, 0, ct, 0)',
    ],
  },
  {
    reason: 'The marks of the largest entries are divided by their sum, so their size and sign cancel',
    mutants: [
      'maxLast vjp sign: negated, at 2 1',
      'maxLast vjp factor: doubled, at 2 1',
      'maxLast vjp factor: halved, at 2 1',
      'maxLast vjp sign: negated, at 3 1',
      'maxLast vjp factor: doubled, at 3 1',
      'maxLast vjp factor: halved, at 3 1',
      'maxLast vjp sign: negated, at 6 selectEqual(x, broadcast(reshape(y)), 1, 0)',
      'maxLast vjp factor: doubled, at 6 selectEqual(x, broadcast(reshape(y)), 1, 0)',
      'maxLast vjp factor: halved, at 6 selectEqual(x, broadcast(reshape(y)), 1, 0)',
    ],
  },
  {
    reason: 'Shapes allow it for windows of one entry only, where every entry is a maximum whatever the images hold',
    mutants: [
      'poolMax vjp argument: operand 0 is ct, at 0 poolRoute(x, ct)',
      'poolMax vjp argument: operand 0 is y, at 0 poolRoute(x, ct)',
      'poolMax jvp argument: operand 0 is y, at 0 poolPick(x, t)',
      'poolPick vjp argument: operand 0 is ct, at 0 poolRoute(x0, ct)',
      'poolPick vjp argument: operand 0 is y, at 0 poolRoute(x0, ct)',
      'poolPick jvp argument: operand 0 is y, at 0 poolPick(x0, t1)',
      'poolRoute vjp argument: operand 0 is x1, at 0 poolPick(x0, ct)',
      'poolRoute jvp argument: operand 0 is t1, at 0 poolRoute(x0, t1)',
      'poolRoute jvp argument: operand 0 is x1, at 0 poolRoute(x0, t1)',
      'poolRoute promise argument: operand 0 is x1, at 0 poolRoute(base0, x1)',
      'poolRoute promise argument: operand 0 is base1, at 0 poolRoute(base0, x1)',
    ],
  },
  {
    reason:
      'An output of a loop within a loop, computed once more with the states that are read there, and not read itself',
    mutants: [
      'scan jvp broadcast: its mean everywhere, at 6 multiply(add(multiply(state0, constant0), constant1), add(multiply(state0, constant0), constant1)) in the loop',
      'scan jvp broadcast: its mean everywhere, at 8 multiply(add(multiply(state0, constant0), constant1), add(multiply(state0, constant0), constant1)) in the loop',
      'scan jvp factor: doubled, at 6 multiply(add(multiply(state0, constant0), constant1), add(multiply(state0, constant0), constant1)) in the loop',
      'scan jvp factor: doubled, at 8 multiply(add(multiply(state0, constant0), constant1), add(multiply(state0, constant0), constant1)) in the loop',
      'scan jvp factor: halved, at 6 multiply(add(multiply(state0, constant0), constant1), add(multiply(state0, constant0), constant1)) in the loop',
      'scan jvp factor: halved, at 8 multiply(add(multiply(state0, constant0), constant1), add(multiply(state0, constant0), constant1)) in the loop',
      'scan jvp missing: without its first operand, at 6 multiply(add(multiply(state0, constant0), constant1), add(multiply(state0, constant0), constant1)) in the loop',
      'scan jvp missing: without its first operand, at 8 multiply(add(multiply(state0, constant0), constant1), add(multiply(state0, constant0), constant1)) in the loop',
      'scan jvp missing: without its second operand, at 6 multiply(add(multiply(state0, constant0), constant1), add(multiply(state0, constant0), constant1)) in the loop',
      'scan jvp missing: without its second operand, at 8 multiply(add(multiply(state0, constant0), constant1), add(multiply(state0, constant0), constant1)) in the loop',
      'scan jvp sign: negated, at 6 multiply(add(multiply(state0, constant0), constant1), add(multiply(state0, constant0), constant1)) in the loop',
      'scan jvp sign: negated, at 8 multiply(add(multiply(state0, constant0), constant1), add(multiply(state0, constant0), constant1)) in the loop',
      'scan vjp broadcast: its mean everywhere, at 16 multiply(add(multiply(state0, constant0), constant1), add(multiply(state0, constant0), constant1)) in the loop',
      'scan vjp broadcast: its mean everywhere, at 17 multiply(add(multiply(state0, constant0), constant1), add(multiply(state0, constant0), constant1)) in the loop',
      'scan vjp factor: doubled, at 16 multiply(add(multiply(state0, constant0), constant1), add(multiply(state0, constant0), constant1)) in the loop',
      'scan vjp factor: doubled, at 17 multiply(add(multiply(state0, constant0), constant1), add(multiply(state0, constant0), constant1)) in the loop',
      'scan vjp factor: halved, at 16 multiply(add(multiply(state0, constant0), constant1), add(multiply(state0, constant0), constant1)) in the loop',
      'scan vjp factor: halved, at 17 multiply(add(multiply(state0, constant0), constant1), add(multiply(state0, constant0), constant1)) in the loop',
      'scan vjp missing: without its first operand, at 16 multiply(add(multiply(state0, constant0), constant1), add(multiply(state0, constant0), constant1)) in the loop',
      'scan vjp missing: without its first operand, at 17 multiply(add(multiply(state0, constant0), constant1), add(multiply(state0, constant0), constant1)) in the loop',
      'scan vjp missing: without its second operand, at 16 multiply(add(multiply(state0, constant0), constant1), add(multiply(state0, constant0), constant1)) in the loop',
      'scan vjp missing: without its second operand, at 17 multiply(add(multiply(state0, constant0), constant1), add(multiply(state0, constant0), constant1)) in the loop',
      'scan vjp sign: negated, at 16 multiply(add(multiply(state0, constant0), constant1), add(multiply(state0, constant0), constant1)) in the loop',
      'scan vjp sign: negated, at 17 multiply(add(multiply(state0, constant0), constant1), add(multiply(state0, constant0), constant1)) in the loop',
    ],
  },
]
