/** Whatever a hook throws names its strategy and the hook. */
export const inHook = <A>(strategy: string, hook: string, call: () => A): A => {
  // eslint-disable-next-line engram/no-catch -- nothing is caught for good: it is thrown on under the name of the hook
  try {
    return call()
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    if (reason.startsWith(`strategy '${strategy}'`)) throw cause
    throw new Error(`strategy '${strategy}', hook '${hook}': ${reason}`, { cause })
  }
}
