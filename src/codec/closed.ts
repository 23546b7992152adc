import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { nearest } from './nearest.js'
import { unknownKey } from './unknownKey.js'

/** Codecs of an object's fields. (`t.Mixed` is io-ts's own name for a codec of any type.) */
export type Fields = Readonly<Record<string, t.Mixed>>

type OptionalKeys<F extends Fields> = {
  [K in keyof F]: F[K] extends { readonly absence: 'allowed' } ? K : never
}[keyof F]

/** The type that `closed` decodes to. */
export type ClosedOf<F extends Fields> = {
  readonly [K in Exclude<keyof F, OptionalKeys<F>>]: t.TypeOf<F[K]>
} & {
  readonly [K in OptionalKeys<F>]?: Exclude<t.TypeOf<F[K]>, undefined>
}

const isObject = (u: unknown): u is Record<string, unknown> =>
  typeof u === 'object' && u !== null && !Array.isArray(u) && !ArrayBuffer.isView(u)

/**
 * An object with exactly these fields. Unknown keys are refused and the nearest known key is named (`t.type` keeps
 * them and `t.strict` drops them in silence); all problems are reported at once.
 */
export const closed = <F extends Fields>(name: string, fields: F): t.Type<ClosedOf<F>> => {
  const known = Object.keys(fields)
  const isKnown = (k: string): boolean => Object.hasOwn(fields, k)
  const is = (u: unknown): u is ClosedOf<F> =>
    isObject(u) && Object.keys(u).every(isKnown) && known.every((k) => fields[k]!.is(u[k]))
  return new t.Type<ClosedOf<F>>(
    name,
    is,
    (u, context) => {
      if (!isObject(u)) return t.failure(u, context)
      const errors: t.ValidationError[] = []
      const out: Record<string, unknown> = {}
      for (const k of Object.keys(u)) {
        if (isKnown(k)) continue
        const near = nearest(k, known)
        const at = t.appendContext(context, k, unknownKey(known), u[k])
        errors.push(near === undefined ? { value: u[k], context: at } : { value: u[k], context: at, message: near })
      }
      for (const k of known) {
        const codec = fields[k]!
        const value = Object.hasOwn(u, k) ? u[k] : undefined
        const result = codec.validate(value, t.appendContext(context, k, codec, value))
        if (E.isLeft(result)) errors.push(...result.left)
        else if (result.right !== undefined) out[k] = result.right
      }
      // every key was checked by its own codec just above
      return errors.length > 0 ? t.failures(errors) : t.success(out as ClosedOf<F>)
    },
    (a) => {
      const out: Record<string, unknown> = {}
      for (const [k, value] of Object.entries(a)) if (value !== undefined) out[k] = fields[k]!.encode(value)
      return out as ClosedOf<F>
    },
  )
}
