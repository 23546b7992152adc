import * as t from 'io-ts'
import { type ClosedOf, closed, type Fields } from './closed.js'
import { oneOf } from './oneOf.js'

/** The type that `tagged` decodes to: a union over the values of the tag. */
export type TaggedOf<T extends string, V extends Readonly<Record<string, Fields>>> = {
  [K in keyof V]: { readonly [P in T]: K } & ClosedOf<V[K]>
}[keyof V]

/**
 * A union of closed objects told apart by the field `tag`: `tagged('kind', { complete: {}, diverged: { step: natural } })`.
 * Only the variant named by the tag is tried, so the problems are those of the variant that was meant.
 */
export const tagged = <T extends string, V extends Readonly<Record<string, Fields>>>(
  tag: T,
  variants: V,
): t.Type<TaggedOf<T, V>> => {
  const [first, ...rest] = Object.keys(variants)
  if (first === undefined) throw new Error('tagged: needs at least one variant')
  const tags = oneOf([first, ...rest])
  const codecs = new Map(
    Object.entries(variants).map(([k, fields]) => [k, closed(k, { [tag]: oneOf([k]), ...fields })]),
  )
  const variantOf = (u: unknown) => {
    const value = typeof u === 'object' && u !== null && Object.hasOwn(u, tag) ? Reflect.get(u, tag) : undefined
    return { value, codec: typeof value === 'string' ? codecs.get(value) : undefined }
  }
  const is = (u: unknown): u is TaggedOf<T, V> => variantOf(u).codec?.is(u) ?? false
  return new t.Type<TaggedOf<T, V>>(
    `an object with ${tag} ${tags.name}`,
    is,
    (u, context) => {
      if (typeof u !== 'object' || u === null || Array.isArray(u)) return t.failure(u, context)
      const { value, codec } = variantOf(u)
      // the variant's codec has checked exactly the fields of that member of the union
      if (codec !== undefined) return codec.validate(u, context) as t.Validation<TaggedOf<T, V>>
      return tags.validate(value, t.appendContext(context, tag, tags, value)) as t.Validation<never>
    },
    (a) => (variantOf(a).codec?.encode(a) ?? a) as TaggedOf<T, V>,
  )
}
