import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { inject } from 'vitest'

const root = join(import.meta.dirname, '..', '..', '..')

/** How a command ended, and what it said. */
export type Said = { code: unknown; stdout: string; stderr: string }

/**
 * Runs a `main.ts` of ours as a person does, in the environment of the tests; `changes` replace variables of
 * it.
 */
export const runCommand = async (
  main: string,
  words: readonly string[],
  changes: Record<string, string> = {},
): Promise<Said> => {
  const child = spawn(process.execPath, [join(root, main), ...words], {
    env: { PATH: process.env['PATH'], ...inject('environment'), ...changes },
  })
  const said = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => {
    said.stdout += String(chunk)
  })
  child.stderr.on('data', (chunk) => {
    said.stderr += String(chunk)
  })
  const [code]: unknown[] = await once(child, 'close')
  return { code, ...said }
}
