/** What is computed once for a value and asked for more often. */

/** `f`, computed once for each key that is alive. */
export const remembered = <K extends object, V extends object>(f: (key: K) => V): ((key: K) => V) => {
  const known = new WeakMap<K, V>()
  return (key) => {
    const value = known.get(key) ?? f(key)
    known.set(key, value)
    return value
  }
}
