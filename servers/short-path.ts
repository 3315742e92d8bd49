import { isAbsolute, relative } from 'node:path'

/** A path as a person in `workingFolder` writes it: relative when it is inside, else absolute. */
export const shortPath = (path: string, workingFolder = process.cwd()): string => {
  const short = relative(workingFolder, path)
  return short.startsWith('..') || isAbsolute(short) ? path : short
}
