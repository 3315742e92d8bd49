import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProgressDisplay } from '../../../platform/progress-display.ts'
import { findProgram, programFolders } from '../../../servers/install/find-program.ts'
import type { Host } from '../../../servers/install/host.ts'
import { LaunchError } from '../../../servers/launch-error.ts'
import { runProgram } from '../../../servers/processes/run-program.ts'

/** The wall clocks of the stack. Each can be shifted while the processes that read it run. */
export type ShiftedClocks = {
  /** What the environment of a process must have so that it reads this clock, which it creates. */
  environmentOf(clock: string): Readonly<Record<string, string>>
  /** From now on the clock is ahead of this machine's by so much; behind it when negative. */
  shift(clock: string, byMs: number): void
}

export type ShiftedClockOptions = {
  /** Gets the library and a file for each clock. */
  folder: string
  host: Host
  progress: ProgressDisplay
  signal: AbortSignal
}

const compilers = ['cc', 'gcc', 'clang'] as const
const compileWithinMs = 60_000
const source = join(import.meta.dirname, 'shifted-clock.c')

const findCompiler = ({ environment, systemFolders }: Host): string | undefined =>
  findProgram(compilers, programFolders(environment['PATH'], systemFolders))

/** The C compiler of this machine. Without one, apt-get installs it where this process may use apt-get. */
const obtainCompiler = async ({ folder, host, progress, signal }: ShiftedClockOptions): Promise<string> => {
  const found = findCompiler(host)
  if (found !== undefined) return found
  if (host.packageManager === 'apt-get' && host.isRoot) {
    progress.say(
      'A C compiler is missing on this machine. It compiles the library that shifts clocks.\n' +
        "Installing gcc and libc6-dev now, from Debian's archive as /etc/apt names it, with apt-get.",
    )
    await progress.step('apt-get: installing gcc, libc6-dev', () =>
      host.install.packages([['gcc'], ['libc6-dev']], { logFolder: folder, signal }),
    )
  }
  const installed = findCompiler(host)
  if (installed !== undefined) return installed
  throw new LaunchError(`a fault run needs a C compiler on PATH: ${compilers.join(', ')}`)
}

const fileOf = (folder: string, clock: string): string => join(folder, `${clock}.clock`)

const shiftBytes = (byMs: number): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64LE(BigInt(byMs))
  return bytes
}

/** Compiles the library. Clocks can be shifted on Linux with glibc alone; elsewhere `undefined`. */
export const buildShiftedClocks = async (
  options: ShiftedClockOptions,
): Promise<ShiftedClocks | undefined> => {
  if (process.platform !== 'linux') return undefined
  const { folder, signal } = options
  const library = join(folder, 'shifted-clock.so')
  // It would take this as two libraries, and there is no escape for it.
  if (/[\s:]/.test(library)) throw new LaunchError(`LD_PRELOAD takes no blank and no colon: ${library}`)
  await mkdir(folder, { recursive: true })
  await runProgram({
    command: await obtainCompiler(options),
    arguments: ['-O2', '-shared', '-fPIC', '-o', library, source],
    logFile: join(folder, 'compile.log'),
    timeoutMs: compileWithinMs,
    signal,
  })
  return {
    environmentOf(clock) {
      const file = fileOf(folder, clock)
      writeFileSync(file, shiftBytes(0))
      return { LD_PRELOAD: library, SHIFTED_CLOCK_FILE: file }
    },
    shift(clock, byMs) {
      // Written in place: processes have the file mapped.
      const descriptor = openSync(fileOf(folder, clock), 'r+')
      writeSync(descriptor, shiftBytes(byMs), 0, 8, 0)
      closeSync(descriptor)
    },
  }
}
