import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The processes of a system, in the order in which a coupon passes them. */
export const systemProcesses = ['api', 'redis', 'kafka', 'worker', 'database'] as const

export type SystemProcess = (typeof systemProcesses)[number]

/** Seconds of processor, by process; one that could not be read is left out. */
export type ProcessSeconds = Partial<Record<SystemProcess, number>>

// USER_HZ: Linux counts in hundredths of a second for every program, whatever the kernel was built with.
const ticksPerSecond = 100

/** The process group of `/proc/<pid>/stat` and its seconds of processor, user and system; see proc(5). */
export const parseStat = (stat: string): { group: number; seconds: number } => {
  // The second field is the name of the program in brackets, and may contain blanks and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return {
    group: Number(fields[2]),
    seconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
  }
}

const readText = (file: string): Promise<string | undefined> =>
  // It exited meanwhile, or this is not Linux.
  readFile(file, 'utf8').catch(() => undefined)

/** Seconds of processor of one process; undefined where there is no /proc, or no such process. */
export const readProcessSeconds = async (pid: number | undefined): Promise<number | undefined> => {
  const stat = await readText(`/proc/${pid}/stat`)
  return stat === undefined ? undefined : parseStat(stat).seconds
}

/** Seconds of processor of process groups. What `npm start` starts leads a group each. */
const readGroupSeconds = async (): Promise<Map<number, number>> => {
  const groups = new Map<number, number>()
  for (const name of await readdir('/proc').catch(() => [])) {
    const stat = /^\d+$/.test(name) ? await readText(`/proc/${name}/stat`) : undefined
    if (stat === undefined) continue
    const { group, seconds } = parseStat(stat)
    groups.set(group, (groups.get(group) ?? 0) + seconds)
  }
  return groups
}

/** Reads the processors' time of what `npm start` runs on `folder`, from /proc. */
export const readFolderSeconds = async (folder: string): Promise<ProcessSeconds> => {
  const groups = await readGroupSeconds()
  const seconds: ProcessSeconds = {}
  for (const name of systemProcesses) {
    // The record that `npm start` keeps of each process begins with its id.
    const record = await readText(join(folder, name, 'process'))
    const spent = record === undefined ? undefined : groups.get(Number(record.split(' ')[0]))
    if (spent !== undefined) seconds[name] = spent
  }
  return seconds
}

/** Microseconds a thing between two readings, to a tenth; without things, or a reading, none. */
export const microsecondsEach = (
  before: number | undefined,
  after: number | undefined,
  count: number,
): number | undefined =>
  before === undefined || after === undefined || count === 0
    ? undefined
    : Math.round(((after - before) * 10_000_000) / count) / 10

/** Microseconds a coupon of every process that was read at both ends. */
export const microsecondsByProcess = (
  before: ProcessSeconds,
  after: ProcessSeconds,
  count: number,
): ProcessSeconds =>
  Object.fromEntries(
    systemProcesses.flatMap((name) => {
      const each = microsecondsEach(before[name], after[name], count)
      return each === undefined ? [] : [[name, each]]
    }),
  )
