import { canonical } from '../record/canonical.js'
import { type Html, trusted } from './html.js'

/** A value as JSON inside a page, for other programs to read; `<` is escaped, so that nothing in it can end the script element. */
export const embed = (id: string, value: unknown): Html =>
  trusted(`<script type="application/json" id="${id}">${canonical(value).replaceAll('<', '\\u003c')}</script>`)
