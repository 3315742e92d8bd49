import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** The version that was measured. `commit` is null outside a Git checkout. */
export type Checkout = { commit: string | null; hasChanges: boolean }

const run = promisify(execFile)

const git = async (...words: string[]): Promise<string | undefined> => {
  try {
    return (await run('git', words, { cwd: import.meta.dirname })).stdout.trim()
  } catch {
    // No Git, or no checkout: a copy of the files is measured.
    return undefined
  }
}

/** Reads the commit of this checkout, and whether its files differ from it. */
export const readCheckout = async (): Promise<Checkout> => {
  const commit = await git('rev-parse', '--short=10', 'HEAD')
  return {
    commit: commit ?? null,
    hasChanges: commit !== undefined && (await git('status', '--porcelain')) !== '',
  }
}
