/** What must hold between the fields of a raw log. */
import type { Complaint } from '../codec/checked.js'
import type { RawLog } from './rawLog.js'

type Curves = NonNullable<RawLog['transfer']>['curves']

const matrixShape = ({ accuracy: { matrix, untrained } }: RawLog): readonly Complaint[] =>
  matrix.flatMap((row, i) =>
    row.length === untrained.length
      ? []
      : [{ at: ['accuracy', 'matrix', String(i)], expected: `one accuracy per context: ${untrained.length}` }],
  )

const rowCount = ({ status, accuracy: { matrix }, experiences }: RawLog): readonly Complaint[] => {
  const at = ['accuracy', 'matrix']
  if (status.kind === 'complete')
    return matrix.length === experiences.length && matrix.length > 0
      ? []
      : [{ at, expected: `one row per experience: ${experiences.length} (at least 1)` }]
  // a phase after an experience may diverge: then that experience is there, but was not evaluated
  const rows =
    matrix.length <= status.experience
      ? []
      : [{ at, expected: `rows of experiences before the one that diverged: at most ${status.experience}` }]
  return experiences.length <= status.experience + 1
    ? rows
    : [...rows, { at: ['experiences'], expected: `experiences up to the one that diverged: ${status.experience + 1}` }]
}

const experienceOrder = ({ experiences, accuracy: { untrained } }: RawLog): readonly Complaint[] =>
  experiences.flatMap(({ index, context }, i) => [
    ...(index === i ? [] : [{ at: ['experiences', String(i), 'index'], expected: `its place in the list: ${i}` }]),
    ...(context < untrained.length
      ? []
      : [{ at: ['experiences', String(i), 'context'], expected: `a context below ${untrained.length}` }]),
  ])

const curveShape = (name: string, curves: Curves, contexts: number): readonly Complaint[] =>
  curves.flatMap(({ context, steps, accuracy }, i) => {
    const at = (field: string) => ['transfer', name, String(i), field]
    const rises = steps.every((s, k) => k === 0 || s > (steps[k - 1] ?? s))
    return [
      ...(context < contexts ? [] : [{ at: at('context'), expected: `a context below ${contexts}` }]),
      ...(rises ? [] : [{ at: at('steps'), expected: 'steps in rising order' }]),
      ...(accuracy.length === steps.length
        ? []
        : [{ at: at('accuracy'), expected: `one accuracy per entry of steps: ${steps.length}` }]),
    ]
  })

const transferShape = ({ transfer, accuracy: { untrained } }: RawLog): readonly Complaint[] => {
  if (transfer === undefined) return []
  const contexts = untrained.length
  return [
    ...curveShape('curves', transfer.curves, contexts),
    ...curveShape('scratch', transfer.scratch, contexts),
    ...transfer.relearn.flatMap(({ context }, i) =>
      context < contexts
        ? []
        : [{ at: ['transfer', 'relearn', String(i), 'context'], expected: `a context below ${contexts}` }],
    ),
  ]
}

/** Every way in which a raw log contradicts itself: ragged matrix, missing rows, misplaced experiences, uneven curves. */
export const consistency = (log: RawLog): readonly Complaint[] => [
  ...matrixShape(log),
  ...rowCount(log),
  ...experienceOrder(log),
  ...transferShape(log),
]
