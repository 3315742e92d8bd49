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
  /** The words of `--only`; empty when all faults were included. */
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
  /** The commit that ran, followed by `+` when files differed from it. */
  commit: z.string(),
  /** Processors, memory and Node. */
  machine: z.string(),
  /** Versions of the servers, as in `Redis 7.0.15`. */
  servers: z.array(z.string()),
})

/** One run: a line of docs/fault-runs.jsonl. */
export type RunRecord = z.infer<typeof runShape>

/** The file of all runs, and the page that shows them. */
export type RecordFiles = { runs: string; page: string }

const markers = { begin: '<!-- faults:begin -->', end: '<!-- faults:end -->' }

const refused = (message: string, cause?: unknown): Failure => new Failure('refused', message, { cause })

/** Reads docs/fault-runs.jsonl. Throws `refused`, with the line number, when a line is not a run. */
export const parseRuns = (text: string): RunRecord[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line, index) => {
      try {
        return runShape.parse(JSON.parse(line))
      } catch (cause) {
        throw refused(`line ${index + 1} is not a fault run: ${messageOf(cause)}`, cause)
      }
    })

/**
 * The page with its section rewritten from all runs. Throws `refused` when the page has no markers for it.
 */
export const withSection = (page: string, runs: readonly RunRecord[]): string => {
  const [begin, end] = [page.indexOf(markers.begin), page.indexOf(markers.end)]
  if (begin < 0 || end < begin) throw refused(`the page has no ${markers.begin} followed by ${markers.end}`)
  return [
    page.slice(0, begin + markers.begin.length),
    '\n\n',
    runsSection(runs),
    '\n\n',
    page.slice(end),
  ].join('')
}

/**
 * Appends a run to the file, and rewrites the section of the page. Rejects with `refused` as `withSection`
 * does.
 */
export const recordRun = async (files: RecordFiles, run: RunRecord): Promise<void> => {
  const page = await readFile(files.page, 'utf8')
  // Fails before anything is written.
  withSection(page, [])
  const line = { ...run, silenceMsMax: Math.round(run.silenceMsMax), tookMs: Math.round(run.tookMs) }
  await appendFile(files.runs, `${JSON.stringify(runShape.parse(line))}\n`)
  await writeFile(files.page, withSection(page, parseRuns(await readFile(files.runs, 'utf8'))))
}

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
