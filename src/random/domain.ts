/**
 * Second counter word of Threefry per use, so that draws from a key never coincide with keys derived from it.
 * Redraws after a rejection use `redraw + attempt`.
 */
export const DOMAIN = { draw: 0, fold: 1, name: 2, redraw: 16 } as const
