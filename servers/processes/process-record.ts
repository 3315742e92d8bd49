import { execFile } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

const recordFile = (folder: string): string => join(folder, 'process')

const read = async (file: string): Promise<string | undefined> => {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    // ESRCH: the process ended between opening its file and reading it.
    if (cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ESRCH'))
      return
    throw cause
  }
}

/**
 * When the process was born; undefined when it has ended, reaped or not. A pid is used again after its process ended,
 * together with its birth it is not. (The command line would not do: Redis and setpriv rewrite theirs.)
 */
export const processStartTime = async (pid: number): Promise<string | undefined> => {
  if (process.platform === 'linux') {
    const stat = await read(`/proc/${pid}/stat`)
    if (stat === undefined) return undefined
    // The second field is the program's name in brackets and may hold spaces: count from behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z') return undefined
    return `${(await read('/proc/sys/kernel/random/boot_id'))?.trim()} ${fields[19]}`
  }
  try {
    const { stdout } = await promisify(execFile)('ps', ['-p', String(pid), '-o', 'lstart='], {
      timeout: 2_000,
    })
    return stdout.trim() || undefined
  } catch {
    // ps answers with exit code 1 when there is no such process.
    return undefined
  }
}

/** Remembers in `folder` which process runs on it, for a later start to find. */
export const writeProcessRecord = async (folder: string, pid: number): Promise<void> => {
  await mkdir(folder, { recursive: true })
  await writeFile(recordFile(folder), `${pid} ${await processStartTime(pid)}\n`)
}

/** Forgets the process of `folder`. */
export const removeProcessRecord = async (folder: string): Promise<void> =>
  rm(recordFile(folder), { force: true })

/** The process remembered in `folder`, if it still runs. */
export const findRecordedProcess = async (folder: string): Promise<number | undefined> => {
  const record = await read(recordFile(folder))
  const match = record === undefined ? null : /^(\d+) (.+)$/m.exec(record)
  if (match === null) return undefined
  const pid = Number(match[1])
  return (await processStartTime(pid)) === match[2] ? pid : undefined
}

/**
 * Stops the process that an earlier, killed launcher left on `folder`: two servers on one data folder would destroy it.
 * Resolves once it is gone; after `withinMs` it is killed.
 */
export const stopRecordedProcess = async (folder: string, withinMs = 8_000): Promise<void> => {
  const pid = await findRecordedProcess(folder)
  if (pid !== undefined) {
    const killAt = Date.now() + withinMs
    let signal: NodeJS.Signals = 'SIGTERM'
    process.kill(pid, signal)
    while ((await findRecordedProcess(folder)) !== undefined) {
      if (Date.now() > killAt && signal === 'SIGTERM') {
        signal = 'SIGKILL'
        process.kill(pid, signal)
      }
      await delay(20)
    }
  }
  await removeProcessRecord(folder)
}
