/** HTML as a value: whatever is put into a template is escaped unless it is HTML already. */

/** A piece of HTML that is safe to put into a page. */
export interface Html {
  readonly html: string
}

type Part = Html | string | number | readonly Part[] | null

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const isHtml = (part: Part): part is Html => typeof part === 'object' && part !== null && 'html' in part

const text = (part: Part): string => {
  if (part === null) return ''
  if (isHtml(part)) return part.html
  if (typeof part === 'string') return part.replace(/[&<>"']/g, (c) => escapes[c] ?? c)
  return typeof part === 'number' ? String(part) : part.map(text).join('')
}

/** html`<p>${anything}</p>`: strings and numbers are escaped, lists are joined, null is nothing. */
export const html = (pieces: TemplateStringsArray, ...parts: readonly Part[]): Html => ({
  html: pieces.map((piece, i) => piece + text(parts[i] ?? null)).join(''),
})

/** Text that is HTML already, made by this program (an SVG, a style sheet). */
export const trusted = (markup: string): Html => ({ html: markup })
