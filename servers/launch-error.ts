/** A problem that the user can solve. Its message is printed as it is, without a stack. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError'
}

/**
 * Throws a LaunchError when the start was cancelled: by Ctrl-C, or because another server failed to start.
 */
export const throwIfAborted = (signal: AbortSignal | undefined): void => {
  if (signal?.aborted) throw new LaunchError('stopped before everything was ready')
}
