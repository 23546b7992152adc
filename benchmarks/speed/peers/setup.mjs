// What the peers need of a task beside its batches.
import { readFileSync } from 'node:fs'

/** Name and version of an installed package. */
export const versionOf = (name) => {
  const { version } = JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url), 'utf8'))
  return `${name} ${version}`
}

/** Parameters of a task by name, flat. */
export const parametersOf = ({ layout, params }) => {
  const all = new Float32Array(Uint8Array.from(Buffer.from(params, 'base64')).buffer)
  let at = 0
  return new Map(
    layout.map(({ name, shape }) => {
      const size = shape.reduce((a, b) => a * b, 1)
      at += size
      return [name, all.slice(at - size, at)]
    }),
  )
}
