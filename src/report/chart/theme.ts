/** What all charts share. Sizes are fixed and margins explicit, so that no text has to be measured and the bytes are stable. */
import type { Config } from 'vega-lite'

/** Size of the plotted area and its margins, in pixels. */
export interface Frame {
  readonly width: number
  readonly height: number
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'

/** Type size of labels, in pixels. */
export const TYPE = 12.5

/** The least distance between the baselines of two labels, in pixels. */
export const LINE = 16

/** Width that a label takes at most, in pixels: labels are set in a gutter of this size. */
export const labelWidth = (labels: readonly string[]): number =>
  Math.ceil(Math.max(0, ...labels.map((l) => l.length)) * 7.1)

/** A long label with its end cut. */
export const short = (label: string, most: number): string =>
  label.length > most ? `${label.slice(0, most - 1)}…` : label

/** Colours are variables of the page. */
export const config: Config = {
  background: 'none',
  font: FONT,
  view: { stroke: null },
  axis: {
    domainColor: 'var(--line-strong)',
    gridColor: 'var(--line)',
    tickColor: 'var(--line-strong)',
    labelColor: 'var(--ink-soft)',
    titleColor: 'var(--ink-soft)',
    labelFontSize: TYPE - 0.5,
    titleFontSize: TYPE - 0.5,
    titleFontWeight: 'normal',
    labelPadding: 6,
    labelOverlap: true,
    tickSize: 4,
  },
  axisY: { domain: false, ticks: false },
  axisX: { grid: false },
}

/** The layout part of a specification. */
export const framed = ({ width, height, left, right, top, bottom }: Frame) => ({
  width,
  height,
  autosize: { type: 'none' as const },
  padding: { left, right, top, bottom },
  config,
})
