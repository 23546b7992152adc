import type { World } from './world.js'

/** Bytes of the rows in buffers: pixels, a label, a context where the loss or a right needs it, and columns. */
export const bufferBytes = (w: World): number =>
  w.method
    .flatMap((s) =>
      Object.keys(s.buffers ?? {}).map((name) => {
        const buffer = w.buffers.get(`${s.name}/${name}`)
        const context = w.masks !== undefined || s.rights.context === true ? 4 : 0
        const columns = Object.values(buffer?.columns ?? {}).reduce((n, c) => n + 4 * c.width, 0)
        return (buffer?.size ?? 0) * (w.inputs + 4 + context + columns)
      }),
    )
    .reduce((a, b) => a + b, 0)
