/** A quantity against a cost: one point per method with its interval, named in a gutter on the right. */
import type { TopLevelSpec } from 'vega-lite'
import type { Estimate } from '../../stats/estimate.js'
import type { Look } from './series.js'
import { spread } from './spread.js'
import { type Frame, framed, LINE, labelWidth, short, TYPE } from './theme.js'

/** One method: its cost in the unit of the axis, and what it got for it. */
export interface CostPoint {
  readonly look: Look
  readonly cost: number
  readonly outcome: Estimate
}

interface Axes {
  readonly cost: string
  readonly width: number
}

/** Needs at least one point. Heights are fractions, shown in percent. */
export const costChart = (points: readonly CostPoint[], { cost, width }: Axes): TopLevelSpec => {
  const labels = points.map(({ look }) => short(look.label, 18))
  const right = labelWidth(labels) + 30
  const frame: Frame = { width: width - 50 - right, height: 230, left: 50, right, top: 12, bottom: 46 }
  const low = Math.min(0, ...points.map(({ outcome }) => outcome.mean))
  const scale = { domain: [low < 0 ? Math.floor(low * 10) / 10 : 0, 1], nice: false }
  const most = Math.max(...points.map((p) => p.cost))
  const gap = (LINE * (1 - low)) / frame.height
  const places = spread(
    points.map(({ outcome }) => outcome.mean),
    gap,
    { low, high: 1 },
  )
  const rows = points.map(({ look, cost: spent, outcome: { mean, half } }, m) => ({
    method: look.label,
    label: labels[m],
    cost: spent,
    mean,
    place: places[m],
    low: Math.max(low, mean - (half ?? 0)),
    high: Math.min(1, mean + (half ?? 0)),
  }))
  const colour = {
    field: 'method',
    type: 'nominal',
    legend: null,
    scale: { domain: points.map(({ look }) => look.label), range: points.map(({ look }) => look.colour) },
  } as const
  const x = {
    field: 'cost',
    type: 'quantitative' as const,
    scale: { domain: [0, most > 0 ? most * 1.08 : 1], nice: false, padding: 8 },
    axis: { title: cost, tickCount: 4, grid: true, format: ',~r' },
  }
  const y = { field: 'mean', type: 'quantitative' as const, scale, axis: { title: null, format: '.0%', tickCount: 6 } }
  return {
    ...framed(frame),
    data: { values: rows },
    layer: [
      {
        mark: { type: 'rule', strokeWidth: 0.75, opacity: 0.55 },
        encoding: { x, x2: { value: frame.width + 10 }, y, y2: { field: 'place' }, color: colour },
      },
      {
        mark: { type: 'rule', strokeWidth: 2 },
        encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color: colour },
      },
      ...points.map(({ look }) => ({
        transform: [{ filter: { field: 'method', equal: look.label } }],
        mark: {
          type: 'point' as const,
          shape: look.shape,
          size: 60,
          opacity: 1,
          strokeWidth: 2,
          fill: look.filled ? look.colour : 'var(--surface)',
          stroke: look.colour,
        },
        encoding: { x, y },
      })),
      {
        mark: { type: 'text', align: 'left', baseline: 'middle', fontSize: TYPE, fontWeight: 600 },
        encoding: {
          x: { value: frame.width + 14 },
          y: { ...y, field: 'place' },
          text: { field: 'label' },
          color: colour,
        },
      },
    ],
  }
}
