import { performance } from 'node:perf_hooks'

/** What a process took of its machine. */
export type ProcessUsage = {
  /** The share of the time in which its event loop was busy, from 0 to 1. */
  eventLoop: number
  /** Processor time in processors: 1 is all of one. Garbage collection and other threads count too. */
  cpu: number
  /** Memory that it holds (RSS). */
  memoryBytes: number
}

/** Returns what this process took since the call before, or since it started. A call takes microseconds. */
export const createUsageMeter = (): (() => ProcessUsage) => {
  let loop = performance.eventLoopUtilization()
  let [cpu, atMs] = [process.cpuUsage(), performance.now()]
  return () => {
    const [loopNow, cpuNow, nowMs] = [
      performance.eventLoopUtilization(),
      process.cpuUsage(),
      performance.now(),
    ]
    const { utilization } = performance.eventLoopUtilization(loopNow, loop)
    const cpuMs = (cpuNow.user - cpu.user + cpuNow.system - cpu.system) / 1_000
    const usage = {
      eventLoop: utilization,
      cpu: cpuMs / Math.max(1, nowMs - atMs),
      memoryBytes: process.memoryUsage.rss(),
    }
    loop = loopNow
    cpu = cpuNow
    atMs = nowMs
    return usage
  }
}
