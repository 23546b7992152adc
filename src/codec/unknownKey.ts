import * as t from 'io-ts'

/** Marks, in the context of an io-ts error, a key that its object does not have; `problems` reads the mark. */
export interface UnknownKeyType extends t.Type<never, never> {
  readonly mark: 'unknown key'
}

/** The type of an unknown key: accepts nothing; its name lists the keys that exist. */
export const unknownKey = (known: readonly string[]): UnknownKeyType => {
  const name = known.length === 0 ? 'no keys at all' : `one of the keys ${known.map((k) => `'${k}'`).join(', ')}`
  const type = new t.Type<never, never>(name, (_): _ is never => false, t.failure, t.identity)
  return Object.assign(type, { mark: 'unknown key' } as const)
}
