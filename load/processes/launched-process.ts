import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure } from '../../platform/failure.ts'

/** A part that `npm start` runs in a folder of that name. */
export type LaunchedPart = 'worker' | 'kafka' | 'database' | 'redis'

/** A process, and what people call it. */
export type NamedProcess = { name: string; pid: number }

/** The process of a part of the system that `npm start` runs in this folder. Throws `refused` without one. */
export const readLaunchedProcess = async (folder: string, part: LaunchedPart): Promise<NamedProcess> => {
  const file = join(folder, part, 'process')
  const text = await readFile(file, 'utf8').catch(() => '')
  const pid = Number(/^\d+/.exec(text)?.[0])
  if (!Number.isInteger(pid))
    throw new Failure('refused', `${file} names no process: start the system with npm start, or give --pid`)
  return { name: part, pid }
}
