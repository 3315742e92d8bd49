import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { Failure, messageOf } from '../../platform/failure.ts'
import type { BenchRun } from '../scenarios/bench-run.ts'

/** What tells a benchmark from another file. The rest of it is as it was written. */
const benchShape = z.looseObject({
  schema: z.literal(1, 'it has another schema than 1'),
  burst: z.looseObject({ verdict: z.string(), bursts: z.array(z.unknown()) }),
})

/** Reads the `run.json` of a report: the file, or its folder. Throws `refused` for anything else. */
export const readBenchRun = async (path: string): Promise<BenchRun> => {
  try {
    const isFolder = (await stat(path)).isDirectory()
    const text = await readFile(isFolder ? join(path, 'run.json') : path, 'utf8')
    return benchShape.parse(JSON.parse(text)) as unknown as BenchRun
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : messageOf(cause)
    throw new Failure('refused', `${path} is no report of npm run bench: ${reason}`, { cause })
  }
}
