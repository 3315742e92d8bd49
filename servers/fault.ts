/** A reason not to start, or to stop, that its reader can act on: printed as it is, without a stack. */
export class StartFault extends Error {
  override readonly name = 'StartFault'
}

/** Throws a StartFault once the one who started it has given up (Ctrl-C, or a part that failed). */
export const refuseIfAborted = (signal: AbortSignal | undefined): void => {
  if (signal?.aborted) throw new StartFault('stopped before everything was ready')
}
