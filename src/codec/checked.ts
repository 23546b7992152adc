import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'

/** What a rule over several fields found: where (keys from the value down), what would be right. */
export interface Complaint {
  readonly at: readonly string[]
  readonly expected: string
}

const within = (value: unknown, k: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, k) : undefined

/** `codec` plus rules that relate fields to one another; every complaint becomes a problem at its own path. */
export const checked = <A>(codec: t.Type<A>, rule: (a: A) => readonly Complaint[]): t.Type<A> =>
  new t.Type<A>(
    codec.name,
    (u): u is A => codec.is(u) && rule(u).length === 0,
    (u, context) => {
      const result = codec.validate(u, context)
      if (E.isLeft(result)) return result
      const errors = rule(result.right).map(({ at, expected }): t.ValidationError => {
        const type = new t.Type<never, never>(expected, (_): _ is never => false, t.failure, t.identity)
        let here = context
        let value: unknown = result.right
        for (const k of at) {
          value = within(value, k)
          here = t.appendContext(here, k, type, value)
        }
        return { value, context: at.length > 0 ? here : t.appendContext(context, '', type, value) }
      })
      return errors.length > 0 ? t.failures(errors) : t.success(result.right)
    },
    codec.encode,
  )
