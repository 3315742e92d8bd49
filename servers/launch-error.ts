/** A reason not to start, or to stop, that its reader can act on: printed as it is, without a stack. */
export class LaunchError extends Error {
  override readonly name = 'StartFault'
}

/** Throws a StartFault once the one who started it has given up (Ctrl-C, or a part that failed). */
export const throwIfAborted = (signal: AbortSignal | undefined): void => {
  if (signal?.aborted) throw new LaunchError('stopped before everything was ready')
}
