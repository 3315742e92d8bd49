import { readFile } from 'node:fs/promises'

/** Connections that the kernel could not queue for a listening program, over all programs of the machine. */
export type ListenCounts = {
  /** The queue of connections to be accepted was full. */
  overflows: number
  /** Attempts that were dropped, for that reason or another. The other side tries again after a second. */
  drops: number
}

/** Reads them from the text of /proc/net/netstat; `undefined` where they are missing. */
export const parseListenCounts = (netstat: string): ListenCounts | undefined => {
  // Two lines for each protocol: the names, then the values.
  const [names, values] = netstat
    .split('\n')
    .filter((line) => line.startsWith('TcpExt:'))
    .map((line) => line.trim().split(/\s+/))
  const valueOf = (name: string): number => Number(values?.[names?.indexOf(name) ?? -1])
  const counts = { overflows: valueOf('ListenOverflows'), drops: valueOf('ListenDrops') }
  return Number.isNaN(counts.overflows + counts.drops) ? undefined : counts
}

const readListenCounts = async (): Promise<ListenCounts | undefined> => {
  try {
    return parseListenCounts(await readFile('/proc/net/netstat', 'utf8'))
  } catch {
    // Only Linux has this file.
    return undefined
  }
}

/**
 * What was added while `work` ran; `undefined` where it cannot be known. That is so on other systems than
 * Linux, and when the server of `url` is not on this machine.
 */
export const countListenOverflows = async <Result>(
  url: string,
  work: () => Promise<Result>,
): Promise<{ result: Result; added: ListenCounts | undefined }> => {
  const isHere = /^(?:127\.|localhost$|\[::1\]$)/.test(new URL(url).hostname)
  const before = isHere ? await readListenCounts() : undefined
  const result = await work()
  const after = before === undefined ? undefined : await readListenCounts()
  if (before === undefined || after === undefined) return { result, added: undefined }
  return {
    result,
    added: { overflows: after.overflows - before.overflows, drops: after.drops - before.drops },
  }
}
