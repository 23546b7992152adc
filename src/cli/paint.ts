import pc from 'picocolors'

/** Colours, or none of them: one function per meaning. */
export interface Paint {
  readonly good: (text: string) => string
  readonly bad: (text: string) => string
  readonly faint: (text: string) => string
  readonly strong: (text: string) => string
  readonly live: (line: string) => string
}

/** Colours for a terminal; none where NO_COLOR is set to anything, where TERM is `dumb`, or in a pipe. */
export const paintFor = (terminal: boolean, env: Readonly<Record<string, string | undefined>>): Paint => {
  // In a pipe Node leaves `isTTY` undefined, which the library would take for "decide yourself".
  const wanted = terminal ? !env['NO_COLOR'] && env['TERM'] !== 'dumb' : false
  const colours = pc.createColors(wanted)
  return {
    good: colours.green,
    bad: colours.red,
    faint: colours.dim,
    strong: colours.bold,
    live: (line) => line.replace(/━+/, colours.cyan).replace(/─+/, colours.dim),
  }
}
