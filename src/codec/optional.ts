import * as t from 'io-ts'

/** A field that may be absent; `closed` makes its key optional. */
export interface OptionalType<A> extends t.Type<A | undefined> {
  readonly absence: 'allowed'
}

/** The field may be absent, which means something; then its key is absent from the decoded value too. */
export const optional = <A>(codec: t.Type<A>): OptionalType<A> => {
  const type = new t.Type<A | undefined>(
    codec.name,
    (u): u is A | undefined => u === undefined || codec.is(u),
    (u, c) => (u === undefined ? t.success(undefined) : codec.validate(u, c)),
    (a) => (a === undefined ? undefined : codec.encode(a)),
  )
  return Object.assign(type, { absence: 'allowed' } as const)
}

/** The field may be absent and then has the value `value`: decoded values are complete. */
export const withDefault = <A>(codec: t.Type<A>, value: NoInfer<A>): t.Type<A> =>
  new t.Type<A>(
    codec.name,
    codec.is,
    (u, c) => (u === undefined ? t.success(value) : codec.validate(u, c)),
    codec.encode,
  )
