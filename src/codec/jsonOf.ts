import * as E from 'fp-ts/lib/Either.js'

/** The JSON value that UTF-8 bytes spell; Left says what is wrong with them. */
export const jsonOf = (bytes: Uint8Array): E.Either<string, unknown> => {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
    return E.right(value)
  } catch (cause) {
    return E.left(cause instanceof Error ? cause.message : String(cause))
  }
}
