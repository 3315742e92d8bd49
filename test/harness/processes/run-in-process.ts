import { Writable } from 'node:stream'
import type { Command } from '../../../platform/command.ts'

/** Runs a command in this process with only this environment, and returns what it printed. */
export const runInProcess = async (
  command: Command,
  words: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number; stdout: string; stderr: string }> => {
  const printed = { stdout: '', stderr: '' }
  const collect = (name: keyof typeof printed): Writable =>
    new Writable({
      write(chunk, _, done) {
        printed[name] += String(chunk)
        done()
      },
    })
  const code = await command.run(words, { env, stdout: collect('stdout'), stderr: collect('stderr') })
  return { code, ...printed }
}
