import * as t from 'io-ts'

/** A value or null: a thing that was looked for and is not there. */
export const nullable = <A>(codec: t.Type<A>): t.Type<A | null> =>
  new t.Type<A | null>(
    `${codec.name}, or null`,
    (u): u is A | null => u === null || codec.is(u),
    (u, c) => (u === null ? t.success(null) : codec.validate(u, c)),
    (a) => (a === null ? null : codec.encode(a)),
  )
