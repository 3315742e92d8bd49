/**
 * Runs `work`, which must never reject, now and then again `intervalMs` after each end, until `stop` is
 * called.
 */
export const repeat = (work: () => Promise<unknown>, intervalMs: number): { stop(): void } => {
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  const once = async (): Promise<void> => {
    await work()
    if (!stopped) timer = setTimeout(() => void once(), intervalMs)
  }
  void once()
  return {
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}
