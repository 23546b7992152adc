import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'

interface ListOptions {
  /** Fewest items allowed. */
  readonly min?: number
}

/** A list of values of one codec, every item's problems reported. */
export const list = <A>(codec: t.Type<A>, { min = 0 }: ListOptions = {}): t.Type<readonly A[]> => {
  const is = (u: unknown): u is readonly A[] => Array.isArray(u) && u.length >= min && u.every(codec.is)
  return new t.Type<readonly A[]>(
    min === 0 ? `a list (each: ${codec.name})` : `a list of at least ${min} (each: ${codec.name})`,
    is,
    (u, context) => {
      if (!Array.isArray(u) || u.length < min) return t.failure(u, context)
      const errors: t.ValidationError[] = []
      const out: A[] = []
      u.forEach((item: unknown, i) => {
        const result = codec.validate(item, t.appendContext(context, String(i), codec, item))
        if (E.isLeft(result)) errors.push(...result.left)
        else out.push(result.right)
      })
      return errors.length > 0 ? t.failures(errors) : t.success(out)
    },
    (items) => items.map(codec.encode),
  )
}
