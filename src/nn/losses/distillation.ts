/** Distillation: Hinton, Vinyals & Dean 2015 (arXiv:1503.02531), section 2; for continual learning Li & Hoiem 2017 (LwF). */
import type { Expr } from '../../graph/expr.js'
import { div, mul, neg, stop, sum } from '../../graph/ops.js'
import { assertOptions, expression, flag, optional, positive } from '../../graph/options.js'
import { assertShape, sameShape } from '../../graph/shape.js'
import { logSoftmax, softmax } from '../loss.js'

/** Which of the variants in use is meant: their results differ, so nothing but the masks has a default. */
export interface DistillationOptions {
  /** T: logits are divided by it. 2 in LwF. */
  readonly temperature: number
  /** Whether the loss is multiplied by T², so that gradients keep their size when T changes (Hinton); van de Ven's code does not. */
  readonly timesSquare: boolean
  /**
   * [n, classes], 0/1: classes that the teacher knows; its probability of all others is 0. Absent: all. Given alone, this is LwF with
   * zeros appended for new classes (van de Ven).
   */
  readonly teacherActive?: Expr
  /** [n, classes], 0/1: classes in the student's softmax. Absent: all. The same mask as the teacher's gives distillation over old heads alone. */
  readonly active?: Expr
}

/**
 * `−Σ softmax(teacher/T)·ln softmax(student/T)` for each row, `[n]`: logits `[n, classes]` of both. Nothing flows to the teacher. The
 * student's mask must hold every class that the teacher knows. The minimum is the entropy of the teacher, not 0.
 */
export const distillation = (student: Expr, teacher: Expr, options: DistillationOptions): Expr => {
  assertOptions('distillation', options, {
    temperature: positive,
    timesSquare: flag,
    teacherActive: optional(expression),
    active: optional(expression),
  })
  const { temperature, timesSquare, teacherActive, active } = options
  const shapes = [
    student,
    teacher,
    ...(teacherActive === undefined ? [] : [teacherActive]),
    ...(active === undefined ? [] : [active]),
  ]
  assertShape(
    student.shape.length === 2 && shapes.every((e) => sameShape(e.shape, student.shape)),
    'distillation',
    'logits and masks [n, classes]',
    ...shapes.map((e) => e.shape),
  )
  const wanted = softmax(div(stop(teacher), temperature), teacherActive)
  const loss = neg(sum(mul(wanted, logSoftmax(div(student, temperature), active)), 1))
  return timesSquare ? mul(temperature * temperature, loss) : loss
}
