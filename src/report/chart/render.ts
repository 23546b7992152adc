import type { TopLevelSpec } from 'vega-lite'
import { type Html, html, trusted } from '../html.js'

/**
 * A specification as SVG text that scales with its box. vega and vega-lite are loaded here and nowhere else, when the first
 * chart is drawn: nothing but reports needs them.
 */
export const render = async (spec: TopLevelSpec, description: string): Promise<Html> => {
  const [vega, vegaLite] = await Promise.all([import('vega'), import('vega-lite')])
  const view = new vega.View(vega.parse(vegaLite.compile(spec).spec), { renderer: 'none' })
  const svg = await view.toSVG()
  view.finalize()
  // the marks' own roles would have a screen reader spell out every line; the description says what matters
  const bare = svg
    .replace(
      /<svg [^>]*?width="([\d.]+)" height="([\d.]+)"[^>]*>/,
      '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 $1 $2">',
    )
    .replace(/ (role|class|aria-[a-z]+)="[^"]*"/g, '')
  return html`<div class="drawing" role="img" aria-label="${description}">${trusted(bare)}</div>`
}
