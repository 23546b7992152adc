/** Functions of users that may refuse what they are given: a smaller shape, a second derivative. */

/** What `make` gives, or the text of what it throws. */
export const attempt = <T>(make: () => T): { readonly value: T } | { readonly problem: string } => {
  try {
    return { value: make() }
  } catch (thrown) {
    return { problem: thrown instanceof Error ? thrown.message : String(thrown) }
  }
}
