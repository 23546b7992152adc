import process from 'node:process'

/** Signals that stop a run, and the exit codes that shells expect after them. */
export const stopCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

/** A signal that stopped the program. */
export type StopSignal = keyof typeof stopCodes

const stopSignals: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** Calls the listener at the first stop signal; a second one kills the process as usual. Returns how to stop listening. */
export const onStop = (listener: (signal: StopSignal) => void): (() => void) => {
  const forget = (): void => {
    for (const signal of stopSignals) process.off(signal, heard)
  }
  const heard = (signal: NodeJS.Signals): void => {
    forget()
    const stop = stopSignals.find((candidate) => candidate === signal)
    if (stop !== undefined) listener(stop)
  }
  for (const signal of stopSignals) process.on(signal, heard)
  return forget
}
