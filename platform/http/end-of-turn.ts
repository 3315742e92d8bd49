let ending: Promise<void> | undefined

/**
 * Resolves when the event loop has read what has arrived on every connection. Answers that wait for it leave
 * together: each write to a client that sleeps wakes it, which costs more than the write.
 */
export const endOfTurn = (): Promise<void> => {
  ending ??= new Promise((resolve) =>
    setImmediate(() => {
      ending = undefined
      resolve()
    }),
  )
  return ending
}
