import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'

/** An object with any keys, all values of one codec. */
export const table = <A>(codec: t.Type<A>): t.Type<Readonly<Record<string, A>>> => {
  const isObject = (u: unknown): u is object => typeof u === 'object' && u !== null && !Array.isArray(u)
  return new t.Type<Readonly<Record<string, A>>>(
    `a table (each value: ${codec.name})`,
    (u): u is Readonly<Record<string, A>> => isObject(u) && Object.values(u).every(codec.is),
    (u, context) => {
      if (!isObject(u)) return t.failure(u, context)
      const errors: t.ValidationError[] = []
      const out: [string, A][] = []
      for (const [k, value] of Object.entries(u)) {
        const result = codec.validate(value, t.appendContext(context, k, codec, value))
        if (E.isLeft(result)) errors.push(...result.left)
        else out.push([k, result.right])
      }
      return errors.length > 0 ? t.failures(errors) : t.success(Object.fromEntries(out))
    },
    (a) => Object.fromEntries(Object.entries(a).map(([k, v]) => [k, codec.encode(v)])),
  )
}
