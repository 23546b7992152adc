/** Refuses names that a hook returns and nobody declared: TypeScript does not check them in results of arrow functions. */
import { nearest } from '../codec/nearest.js'

/** One message for each of `given` that is not in `known`, naming the strategy, the hook and the nearest known name. */
export const unknownNames = (
  strategy: string,
  hook: string,
  what: string,
  given: readonly string[],
  known: readonly string[],
): readonly string[] =>
  given
    .filter((name) => !known.includes(name))
    .map((name) => {
      const near = nearest(name, known)
      return `strategy '${strategy}', hook '${hook}': unknown ${what} '${name}'${near === undefined ? '' : `; did you mean '${near}'?`} (known: ${known.join(', ') || 'none'})`
    })

/** Throws when one of `given` is not in `known`, with the messages of all. */
export const refuseUnknown = (...names: Parameters<typeof unknownNames>): void => {
  const unknown = unknownNames(...names)
  if (unknown.length > 0) throw new Error(unknown.join('\n'))
}
