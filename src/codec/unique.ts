import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'

/** Where two items count as one: a name for what must differ, and where in an item the complaint belongs. */
export interface Sameness {
  /** What must differ, of an item that may not be valid itself; undefined: nothing to compare. */
  readonly keyOf: (item: unknown) => string | undefined
  /** Key of the item that holds it; absent for the item itself. */
  readonly at?: string
  readonly expected: string
}

/** A list whose items all differ. Repeats are reported beside the items' own problems, each where it stands the second time. */
export const unique = <A>(codec: t.Type<readonly A[]>, { keyOf, at, expected }: Sameness): t.Type<readonly A[]> => {
  const repeats = (u: unknown): readonly number[] => {
    const keys = Array.isArray(u) ? u.map(keyOf) : []
    return keys.flatMap((key, i) => (key !== undefined && keys.indexOf(key) < i ? [i] : []))
  }
  const item = new t.Type<never, never>(expected, (_): _ is never => false, t.failure, t.identity)
  return new t.Type<readonly A[]>(
    codec.name,
    (u): u is readonly A[] => codec.is(u) && repeats(u).length === 0,
    (u, context) => {
      const result = codec.validate(u, context)
      const errors = repeats(u).map((i): t.ValidationError => {
        const value: unknown = Array.isArray(u) ? u[i] : undefined
        const here = t.appendContext(context, String(i), item, value)
        if (at === undefined) return { value, context: here }
        const field: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, at) : undefined
        return { value: field, context: t.appendContext(here, at, item, field) }
      })
      if (errors.length === 0) return result
      return t.failures([...(E.isLeft(result) ? result.left : []), ...errors])
    },
    codec.encode,
  )
}
