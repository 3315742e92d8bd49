import { execFile } from 'node:child_process'
import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { z } from 'zod'
import type { Machine } from '../../load/measure/machine.ts'
import { Failure, messageOf } from '../../platform/failure.ts'
import { runsSection } from './runs-section.ts'

const count = z.int().min(0)
const killsShape = z.object({ all: count, counted: count })

const runShape = z.strictObject({
  date: z.string(),
  seed: z.string(),
  /** The words of `--only`; empty for all faults. */
  only: z.array(z.string()),
  rounds: count,
  kills: z.record(z.string(), killsShape),
  others: z.record(z.string(), count),
  presses: count,
  people: count,
  rows: count,
  lost: count,
  doubled: count,
  oversold: count,
  stranded: count,
  unresolved: count,
  toldTwoThings: count,
  silenceMsMax: z.number().min(0),
  tookMs: z.number().min(0),
  verdict: z.enum(['pass', 'fail']),
  /** Of the code that ran; with `+` behind it when files differed from it. */
  commit: z.string(),
  /** Processors, memory and Node. */
  machine: z.string(),
  /** What the servers call themselves, as in `Redis 7.0.15`. */
  servers: z.array(z.string()),
})

/** One run, as docs/fault-runs.jsonl keeps it: a line a run. */
export type RunRecord = z.infer<typeof runShape>

/** Where runs are kept, and the page that shows them. */
export type RecordFiles = { runs: string; page: string }

const markers = { begin: '<!-- faults:begin -->', end: '<!-- faults:end -->' }

const refused = (message: string, cause?: unknown): Failure => new Failure('refused', message, { cause })

/** The lines of docs/fault-runs.jsonl. Throws `refused` when one is none. */
export const parseRuns = (text: string): RunRecord[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line, index) => {
      try {
        return runShape.parse(JSON.parse(line))
      } catch (cause) {
        throw refused(`line ${index + 1} is no fault run: ${messageOf(cause)}`, cause)
      }
    })

/** The page with the section made anew from all runs. Throws `refused` when the page has no place for it. */
export const withSection = (page: string, runs: readonly RunRecord[]): string => {
  const [begin, end] = [page.indexOf(markers.begin), page.indexOf(markers.end)]
  if (begin < 0 || end < begin)
    throw refused(`the page has no ${markers.begin} with ${markers.end} behind it`)
  return [
    page.slice(0, begin + markers.begin.length),
    '\n\n',
    runsSection(runs),
    '\n\n',
    page.slice(end),
  ].join('')
}

/** Adds a run to the file of runs, and makes the section of the page anew from all of them. Rejects with `refused` as `withSection`. */
export const recordRun = async (files: RecordFiles, run: RunRecord): Promise<void> => {
  const page = await readFile(files.page, 'utf8')
  // Refuses before anything is written.
  withSection(page, [])
  const line = { ...run, silenceMsMax: Math.round(run.silenceMsMax), tookMs: Math.round(run.tookMs) }
  await appendFile(files.runs, `${JSON.stringify(runShape.parse(line))}\n`)
  await writeFile(files.page, withSection(page, parseRuns(await readFile(files.runs, 'utf8'))))
}

/** A machine as a record names it. */
export const describeRunMachine = ({ processors, memoryGb, node }: Machine): string =>
  `${processors}, ${memoryGb} GB, Node ${node}`

/** The commit in `folder`, with `+` behind it when files beside those of `docs/` differ from it; `unknown` where there is none. */
export const commitOf = async (folder: string): Promise<string> => {
  const git = async (...words: string[]): Promise<string> =>
    (await promisify(execFile)('git', words, { cwd: folder, timeout: 10_000 })).stdout.trim()
  try {
    const commit = await git('rev-parse', '--short', 'HEAD')
    return (await git('status', '--porcelain', '--', '.', ':!docs')) === '' ? commit : `${commit}+`
  } catch {
    // A copy without its history still runs.
    return 'unknown'
  }
}
