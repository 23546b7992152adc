import type { Look } from '../chart/series.js'
import { type Html, html } from '../html.js'

const point = ({ shape, colour, filled }: Look): Html => {
  const paint = `fill:${filled ? colour : 'var(--surface)'};stroke:${colour};stroke-width:1.6`
  if (shape === 'circle') return html`<circle cx="11" cy="6" r="3.4" style="${paint}"/>`
  if (shape === 'square') return html`<rect x="7.9" y="2.9" width="6.2" height="6.2" style="${paint}"/>`
  return html`<path d="${shape === 'diamond' ? 'M11 1.6l4.4 4.4-4.4 4.4-4.4-4.4z' : 'M11 1.8l4.2 7.6h-8.4z'}" style="${paint}"/>`
}

/** A small drawing of a method's line and point, as the charts show them. */
export const swatch = (look: Look): Html => {
  const line = `stroke:${look.colour};stroke-width:2;stroke-dasharray:${look.dash.length > 0 ? look.dash.join(' ') : 'none'}`
  return html`<svg class="swatch" viewBox="0 0 22 12" aria-hidden="true"><path d="M0 6h22" style="${line}"/>${point(look)}</svg>`
}
