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
    // ESRCH: the process exited after its file was opened.
    if (cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ESRCH'))
      return
    throw cause
  }
}

/**
 * When the process started; undefined when it has exited, reaped or not. The system reuses a pid, but not
 * together with its start time. (The command line would not do: Redis and setpriv rewrite theirs.)
 */
export const processStartTime = async (pid: number): Promise<string | undefined> => {
  if (process.platform === 'linux') {
    const stat = await read(`/proc/${pid}/stat`)
    if (stat === undefined) return undefined
    // The second field is the program's name in brackets and may contain spaces, so count from its end.
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
    // ps exits with 1 when the process does not exist.
    return undefined
  }
}

/** Records in `folder` which process uses it, for a later start. */
export const writeProcessRecord = async (folder: string, pid: number): Promise<void> => {
  await mkdir(folder, { recursive: true })
  await writeFile(recordFile(folder), `${pid} ${await processStartTime(pid)}\n`)
}

/** Removes the record of the process that uses `folder`. */
export const removeProcessRecord = async (folder: string): Promise<void> =>
  rm(recordFile(folder), { force: true })

/** The pid of the process recorded in `folder`, if it still runs. */
export const findRecordedProcess = async (folder: string): Promise<number | undefined> => {
  const record = await read(recordFile(folder))
  const match = record === undefined ? null : /^(\d+) (.+)$/m.exec(record)
  if (match === null) return undefined
  const pid = Number(match[1])
  return (await processStartTime(pid)) === match[2] ? pid : undefined
}

/**
 * Stops the process that an earlier, killed launcher left on `folder`: two servers on one data folder would
 * destroy it. Resolves after the exit. Sends SIGKILL after `withinMs`.
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
