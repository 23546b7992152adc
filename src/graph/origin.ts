/** Where in the caller's code an expression was being built, read from the call stack at the moment of an error. */

// V8 writes `at name (place:line:column)` or `at place:line:column`, SpiderMonkey and JavaScriptCore `name@place:line:column`.
const v8Frame = /^\s*at (?:.*\()?(.+?):(\d+):(\d+)\)?$/
const otherFrame = /^[^@]*@(.+?):(\d+):(\d+)$/

/** Frames of the platform: they have no file. */
const platform = /^(node:|<|self-hosted)/

/** Folders and files that build expressions on behalf of whoever called them, below the folder of the engine. */
const builders = ['graph/', 'nn/', 'optim/', 'train/scope.']

/** One form for the paths and `file:` addresses of all systems; without what loaders append to tell versions apart. */
const plainPath = (place: string): string =>
  place
    .replace(/^file:\/\/(?=\/)/, '')
    .replace(/[?#].*$/, '')
    .replaceAll('\\', '/')

/**
 * The place of the first frame outside of the builders, as `file:line:column`: the bare name of a file of the user's, the path of one
 * of the engine's own. `stack` begins in this file, and so tells where the engine is. Undefined where it does not.
 */
export const originIn = (stack: string): string | undefined => {
  let engine: string | undefined
  for (const frame of stack.split('\n')) {
    const [, place = '', line, column] = v8Frame.exec(frame) ?? otherFrame.exec(frame) ?? []
    if (place === '' || platform.test(place)) continue
    const path = plainPath(place)
    engine ??= /^(.*\/)graph\/origin\.[jt]s$/.exec(path)?.[1]
    if (engine === undefined) return undefined
    const own = path.startsWith(engine) ? path.slice(engine.length) : undefined
    if (own !== undefined && builders.some((builder) => own.startsWith(builder))) continue
    return `${own ?? path.slice(path.lastIndexOf('/') + 1)}:${line}:${column}`
  }
  return undefined
}

/** ` (built at my-strategy.js:12:20)`, or nothing where the platform does not tell. For messages of errors only: it is slow. */
export const builtAt = (): string => {
  const limit = Error.stackTraceLimit
  // the builders alone may fill the ten frames that V8 records
  Error.stackTraceLimit = 100
  const { stack = '' } = new Error()
  Error.stackTraceLimit = limit
  const origin = originIn(stack)
  return origin === undefined ? '' : ` (built at ${origin})`
}
