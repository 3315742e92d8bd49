import { execFileSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'

/** The folder of the repository. */
export const repositoryRoot = join(import.meta.dirname, '..', '..')

/** The paths of all files below a root that git tracks, or would track: without those it ignores. */
export const filesOf = (root: string): string[] => {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
  return listed
    .split('\n')
    .filter((file) => file !== '' && statSync(join(root, file), { throwIfNoEntry: false })?.isFile())
}
