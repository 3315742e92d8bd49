import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Creates a folder and those above it. Node's recursive mkdir never ends in a folder that takes no other, as
 * /proc: it answers ENOENT, which is taken for a missing parent. What exists is not looked at, so it may be a
 * file.
 */
export const createFolder = async (folder: string): Promise<void> => {
  if (existsSync(folder)) return
  await createFolder(dirname(folder))
  try {
    await mkdir(folder)
  } catch (cause) {
    // Another process was faster.
    if (!existsSync(folder)) throw cause
  }
}
