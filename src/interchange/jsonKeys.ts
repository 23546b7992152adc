/** What `JSON.parse` takes in silence: keys that stand twice, and nesting without an end to it. */

/** See above. */
export interface Outline {
  /** Keys that stand in one object more than once, with those of the objects around: `a.dtype`. */
  readonly repeated: readonly string[]
  /** How many objects and lists are in one another at most. */
  readonly depth: number
}

/** Where the text that begins at `from` with a quote ends: after the other quote. */
const afterText = (json: string, from: number): number => {
  let at = from + 1
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1
  return at + 1
}

/** The next sign from `at` on that is no white space. */
const signFrom = (json: string, at: number): string => {
  let next = at
  while (/\s/.test(json[next] ?? '')) next++
  return json[next] ?? ''
}

/** The outline of valid JSON. Not by a regular expression: those run out of memory in a text of millions of characters. */
export const outlineOf = (json: string): Outline => {
  const repeated = new Set<string>()
  const open: { readonly keys: Set<string>; readonly path: string }[] = []
  let depth = 0
  let key = ''
  for (let at = 0; at < json.length; at++) {
    const sign = json[at]!
    if (sign === '{' || sign === '[') {
      open.push({ keys: new Set(), path: key })
      depth = Math.max(depth, open.length)
    } else if (sign === '}' || sign === ']') open.pop()
    else if (sign === '"') {
      const end = afterText(json, at)
      const inside = open.at(-1)
      if (inside !== undefined && signFrom(json, end) === ':') {
        const own = String(JSON.parse(json.slice(at, end)))
        key = inside.path === '' ? own : `${inside.path}.${own}`
        if (inside.keys.has(own)) repeated.add(key)
        inside.keys.add(own)
      }
      at = end - 1
    }
  }
  return { repeated: [...repeated], depth }
}
