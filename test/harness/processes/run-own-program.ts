import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '../values/until.ts'

/** A small program of a test's own, as a process. */
export type Program = {
  readonly pid: number
  /** What it said on standard output so far, by line. */
  lines(): string[]
  /** Resolves once it has said this. */
  said(text: string): Promise<void>
  signal(name: NodeJS.Signals): void
  /** How it ended, and what it said until then: `lines` on standard output, `stderr` on standard error. */
  end(): Promise<{ code: number | null; lines: string[]; stderr: string }>
}

const programs: { child: ChildProcess; folder: string }[] = []

/** Runs this module, in which `platform` is the address of that folder. */
export const runOwnProgram = async (source: string): Promise<Program> => {
  const folder = await mkdtemp(join(tmpdir(), 'firstcome-program-'))
  const file = join(folder, 'main.mjs')
  const platform = new URL('../../../platform/', import.meta.url).href
  await writeFile(file, source.replaceAll('platform/', platform))
  const child = spawn(process.execPath, [file])
  programs.push({ child, folder })
  const text = { out: '', err: '' }
  child.stdout.on('data', (bytes) => (text.out += String(bytes)))
  child.stderr.on('data', (bytes) => (text.err += String(bytes)))
  const ended = once(child, 'close')
  const lines = (): string[] => text.out.split('\n').slice(0, -1)
  return {
    pid: child.pid ?? 0,
    lines,
    said: async (words) => {
      await until(`it says ${words}`, () => text.out.includes(words))
    },
    signal: (name) => void child.kill(name),
    async end() {
      const [code] = await ended
      return { code, lines: lines(), stderr: text.err }
    },
  }
}

/** After a test: whatever still runs is killed. */
export const killPrograms = async (): Promise<void> => {
  for (const { child, folder } of programs.splice(0)) {
    child.kill('SIGKILL')
    await rm(folder, { recursive: true })
  }
}
