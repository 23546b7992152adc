/** Accuracy over experiences: the mean over the contexts seen so far, one line per method, with its interval. */
import type { TopLevelSpec } from 'vega-lite'
import * as E from 'fp-ts/lib/Either.js'
import { finalRow, squareMatrix } from '../../metrics/matrix.js'
import { meanOf } from '../../metrics/metric.js'
import { seenAccuracy } from '../../metrics/seenAccuracy.js'
import { type Estimate, estimate } from '../../stats/estimate.js'
import type { MethodRuns } from '../summary.js'
import type { Look } from './series.js'
import { spread } from './spread.js'
import { type Frame, framed, LINE, labelWidth, short, TYPE } from './theme.js'

/** A method's estimates, one per experience; a single value for a method trained on everything at once. */
export interface Progress {
  readonly look: Look
  readonly whole: boolean
  readonly estimates: readonly Estimate[]
}

/** What the chart shows; methods without complete runs are left out. */
export const progressOf = (method: MethodRuns, look: Look): Progress | null => {
  const lines = method.complete.map((run) => {
    const square = squareMatrix(run)
    if (E.isRight(square)) return seenAccuracy(square.right)
    const row = finalRow(run)
    return run.accuracy.matrix.length === 1 && E.isRight(row) ? [meanOf(row.right)] : []
  })
  const [first] = lines
  if (first === undefined || first.length === 0 || lines.some(({ length }) => length !== first.length)) return null
  const estimates = first.flatMap((_, i) => estimate(lines.flatMap((line) => line[i] ?? [])) ?? [])
  return { look, whole: first.length === 1, estimates }
}

const floorOf = (progress: readonly Progress[]): number => {
  const least = Math.min(...progress.flatMap(({ estimates }) => estimates.map(({ mean, half }) => mean - (half ?? 0))))
  return least < 0.55 ? 0 : Math.floor(least * 10) / 10
}

/** `labelled`: names at the ends of the lines (else the page shows a legend). */
export const accuracyChart = (
  progress: readonly Progress[],
  { width, labelled }: { readonly width: number; readonly labelled: boolean },
): TopLevelSpec => {
  const experiences = Math.max(...progress.map(({ estimates }) => estimates.length))
  const labels = progress.map(({ look }) => short(look.label, 24))
  const right = labelled ? labelWidth(labels) + 22 : 14
  const frame: Frame = { width: width - 50 - right, height: labelled ? 330 : 250, left: 50, right, top: 14, bottom: 46 }
  const floor = floorOf(progress)
  const gap = (LINE * (1 - floor)) / frame.height
  const ends = progress.map(({ estimates }) => estimates[estimates.length - 1]?.mean ?? 0)
  const places = spread(ends, gap, { low: floor, high: 1 })
  const rows = progress.flatMap(({ look, whole, estimates }, m) =>
    Array.from({ length: experiences }, (_, i) => {
      const found = estimates[whole ? 0 : i]
      const { mean, half } = found ?? { mean: 0, half: 0 }
      return {
        method: look.label,
        label: labels[m],
        experience: i + 1,
        whole,
        mean,
        low: Math.max(floor, mean - (half ?? 0)),
        high: Math.min(1, mean + (half ?? 0)),
        last: i === experiences - 1,
        place: places[m],
      }
    }),
  )
  const names = progress.map(({ look }) => look.label)
  const colour = {
    field: 'method',
    type: 'nominal',
    legend: null,
    scale: { domain: names, range: progress.map(({ look }) => look.colour) },
  } as const
  const x = {
    field: 'experience',
    type: 'quantitative' as const,
    scale: { domain: [1, experiences], nice: false, padding: 10 },
    axis: {
      title: 'after experience',
      tickMinStep: 1,
      format: 'd',
      tickCount: Math.min(experiences, labelled ? 20 : 8),
    },
  }
  const scale = { domain: [floor, 1], nice: false }
  const axis = { title: null, format: '.0%', tickCount: 6 }
  const y = { field: 'mean', type: 'quantitative' as const, scale, axis }
  return {
    ...framed(frame),
    data: { values: rows },
    layer: [
      {
        mark: { type: 'area', opacity: 0.11 },
        encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color: colour },
      },
      {
        mark: { type: 'line', strokeWidth: 2 },
        encoding: {
          x,
          y,
          color: colour,
          strokeDash: {
            field: 'method',
            type: 'nominal',
            legend: null,
            scale: { domain: names, range: progress.map(({ look }) => [...look.dash]) },
          },
        },
      },
      ...progress.map(({ look }) => ({
        transform: [
          {
            filter: {
              and: [
                { field: 'method', equal: look.label },
                { field: 'whole', equal: false },
              ],
            },
          },
        ],
        mark: {
          type: 'point' as const,
          shape: look.shape,
          size: 44,
          opacity: 1,
          strokeWidth: 2,
          fill: look.filled ? look.colour : 'var(--surface)',
          stroke: look.colour,
        },
        encoding: { x, y },
      })),
      ...(labelled
        ? [
            {
              transform: [{ filter: { field: 'last', equal: true } }],
              mark: { type: 'rule' as const, strokeWidth: 1, opacity: 0.6 },
              encoding: {
                x: { value: frame.width + 1 },
                x2: { value: frame.width + 12 },
                y,
                y2: { field: 'place' },
                color: colour,
              },
            },
            {
              transform: [{ filter: { field: 'last', equal: true } }],
              mark: {
                type: 'text' as const,
                align: 'left' as const,
                baseline: 'middle' as const,
                fontSize: TYPE,
                fontWeight: 600 as const,
              },
              encoding: {
                x: { value: frame.width + 16 },
                y: { ...y, field: 'place' },
                text: { field: 'label' },
                color: colour,
              },
            },
          ]
        : []),
    ],
  }
}
