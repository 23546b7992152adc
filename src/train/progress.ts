/** What a run tells while it works; it knows no clock. */
export interface Progress {
  /** `train`, `evaluate`, or `strategy/phase` for a phase of a strategy. */
  readonly phase: string
  /** Index of the experience, from 0. */
  readonly experience: number
  readonly experiences: number
  /** Steps done in this experience or phase, of `steps`. */
  readonly step: number
  readonly steps: number
  /** Wake steps done in the whole run, of `totalSteps`. */
  readonly doneSteps: number
  readonly totalSteps: number
  /** The scenario's loss at the last wake step, nats; null before the first. */
  readonly loss: number | null
  /** Mean accuracy over the contexts met so far at the last evaluation; null before the first. */
  readonly accuracy: number | null
}
