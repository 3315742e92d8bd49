import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Searched after PATH: Debian keeps servers out of an ordinary user's. */
export const systemFolders: readonly string[] = ['/usr/local/sbin', '/usr/sbin', '/sbin']

const isProgram = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}

/** The folders in which a program may lie: those of a PATH variable, then the system's. */
export const programFolders = (path: string | undefined, system = systemFolders): string[] => [
  ...(path ?? '').split(delimiter).filter((folder) => folder !== ''),
  ...system,
]

/** The first of `names` that exists in `folders`, as an absolute path: an earlier name wins over an earlier folder. */
export const findProgram = (
  names: readonly string[],
  folders: readonly string[] = programFolders(process.env['PATH']),
): string | undefined => {
  for (const name of names) {
    const file = folders.map((folder) => join(folder, name)).find(isProgram)
    if (file !== undefined) return file
  }
  return undefined
}
