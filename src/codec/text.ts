import * as t from 'io-ts'

const textWhere = (name: string, holds: (s: string) => boolean): t.Type<string> => {
  const is = (u: unknown): u is string => typeof u === 'string' && holds(u)
  return new t.Type<string>(name, is, (u, c) => (is(u) ? t.success(u) : t.failure(u, c)), t.identity)
}

/** A string that is not empty. */
export const text = textWhere('a non-empty text', (s) => s.length > 0)

/** A name that can be a folder beside `report.html`: letters, digits and `. _ + -`, at most 100, not starting with a dot. */
export const slug = textWhere(
  'a name of at most 100 letters, digits and . _ + -, other than report.html',
  (s) => /^[A-Za-z0-9_+-][A-Za-z0-9._+-]{0,99}$/.test(s) && s.toLowerCase() !== 'report.html',
)

/** A SHA-256 in hexadecimal digits. */
export const sha256Text = textWhere('64 hexadecimal digits, lower case', (s) => /^[0-9a-f]{64}$/.test(s))

/** true or false. */
export const flag = new t.Type<boolean>(
  'true or false',
  (u): u is boolean => typeof u === 'boolean',
  (u, c) => (typeof u === 'boolean' ? t.success(u) : t.failure(u, c)),
  t.identity,
)
