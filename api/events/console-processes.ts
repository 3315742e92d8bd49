import type { ProcessSamples } from '../../coupon/gate/process-samples.ts'
import { decodeProcessSample, type ProcessSample } from '../../coupon/process/process-sample.ts'
import type { ProcessSampler } from '../../coupon/process/process-sampler.ts'

/** A process on the console. `atMs`: when it said this, by the clock of the gate. */
export type ConsoleProcess = ProcessSample & { atMs: number }

/** Processes that a frame has. */
export const processesMax = 64

export type ConsoleProcesses = {
  processes: ConsoleProcess[]
  /** Processes that are not shown; null when Redis did not answer, and this process alone is shown. */
  others: number | null
  /** Whether a worker lives; null when Redis did not answer. */
  isWorkerSeen: boolean | null
}

/** This process first, then API before worker. */
const compare = (one: ConsoleProcess, other: ConsoleProcess): number =>
  one.kind === other.kind ? one.name.localeCompare(other.name, 'en') : one.kind < other.kind ? -1 : 1

/** Reads what all processes do, and tells them that a console watches. Rejects only as `sampler` does. */
export const readConsoleProcesses = async (
  sampler: Pick<ProcessSampler, 'read'>,
  stored: Promise<Awaited<ReturnType<ProcessSamples['read']>> | null>,
  gateNowMs: () => number,
): Promise<ConsoleProcesses> => {
  const [sample, found] = await Promise.all([sampler.read(), stored])
  const own = { ...sample, atMs: gateNowMs() }
  if (found === null) return { processes: [own], others: null, isWorkerSeen: null }
  const others = found.filter(({ id }) => id !== own.id)
  const readable = others.flatMap(({ atMs, text }): ConsoleProcess[] => {
    const decoded = decodeProcessSample(text)
    return decoded === undefined ? [] : [{ ...decoded, atMs }]
  })
  const shown = [own, ...readable.toSorted(compare)].slice(0, processesMax)
  return {
    processes: shown,
    others: others.length + 1 - shown.length,
    isWorkerSeen: readable.some(({ kind }) => kind === 'worker'),
  }
}
