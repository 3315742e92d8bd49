import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Machine } from '../../load/measure/machine.ts'

/** The machine as a record shows it. */
export const describeRunMachine = ({ processors, memoryGb, node }: Machine): string =>
  `${processors}, ${memoryGb} GB, Node ${node}`

/**
 * The commit of `folder`, followed by `+` when files outside `docs/` differ from it; `unknown` without a
 * repository.
 */
export const commitOf = async (folder: string): Promise<string> => {
  const git = async (...words: string[]): Promise<string> =>
    (await promisify(execFile)('git', words, { cwd: folder, timeout: 10_000 })).stdout.trim()
  try {
    const commit = await git('rev-parse', '--short', 'HEAD')
    return (await git('status', '--porcelain', '--', '.', ':!docs')) === '' ? commit : `${commit}+`
  } catch {
    // A copy without the Git repository runs as well.
    return 'unknown'
  }
}
