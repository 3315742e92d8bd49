/** Starts to measure what part of one core this process takes. Call the result at the end. */
export const startGeneratorShare = (now: () => number): (() => number) => {
  const [startedMs, before] = [now(), process.cpuUsage()]
  return () => {
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1_000 / (now() - startedMs)
  }
}
