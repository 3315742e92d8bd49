import { z } from 'zod'
import { createRecordedRuns, type RecordFiles } from '../records/recorded-runs.ts'
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
  /** Left out before operators changed campaigns in rounds. */
  changes: z
    .strictObject({ stops: count, halts: count, seen: count, pagesMsMax: z.number().min(0) })
    .optional(),
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

const faultRuns = createRecordedRuns<RunRecord>({
  shape: runShape,
  what: 'fault run',
  marker: 'faults',
  section: runsSection,
})

/** Reads docs/fault-runs.jsonl. */
export const parseRuns = faultRuns.parse

/** The page with its section rewritten from all runs. */
export const withSection = faultRuns.withSection

/** Appends a run to the file, in whole milliseconds, and rewrites the section of the page. */
export const recordRun = (files: RecordFiles, run: RunRecord): Promise<void> =>
  faultRuns.record(files, {
    ...run,
    silenceMsMax: Math.round(run.silenceMsMax),
    tookMs: Math.round(run.tookMs),
  })
