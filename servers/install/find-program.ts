import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Searched after PATH: Debian installs servers in /usr/sbin, which is not on the PATH of ordinary users. */
export const systemFolders: readonly string[] = ['/usr/local/sbin', '/usr/sbin', '/sbin']

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}

/** The folders to search for a program: those of a PATH variable, then the system folders. */
export const programFolders = (path: string | undefined, system = systemFolders): string[] => [
  ...(path ?? '').split(delimiter).filter((folder) => folder !== ''),
  ...system,
]

/**
 * The absolute path of the first of `names` that exists in `folders`: an earlier name wins over an earlier
 * folder.
 */
export const findProgram = (
  names: readonly string[],
  folders: readonly string[] = programFolders(process.env['PATH']),
): string | undefined => {
  for (const name of names) {
    const file = folders.map((folder) => join(folder, name)).find(isExecutable)
    if (file !== undefined) return file
  }
  return undefined
}
