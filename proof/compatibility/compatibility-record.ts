import { z } from 'zod'
import { createRecordedRuns } from '../records/recorded-runs.ts'
import { compatibilitySection } from './compatibility-section.ts'

const versions = z.strictObject({ redis: z.string(), kafka: z.string(), database: z.string() })
const count = z.int().min(0)

const compatibilityShape = z.strictObject({
  date: z.string(),
  /** As the servers named themselves in the burst: `Valkey 9.1.2`. */
  servers: versions,
  /** Those of them that were given by their address. */
  given: z.array(z.enum(['redis', 'kafka', 'database'])),
  /** The programs on PATH: tests that break a server start one of these, whatever was given. */
  programs: versions,
  node: z.string(),
  /** Null when no tests ran. */
  tests: z
    .strictObject({
      /** The words of `--tests`, or null for the whole project. */
      pattern: z.string().nullable(),
      passed: count,
      failed: count,
      /** Titles of those that failed, and files that could not run. */
      failures: z.array(z.string()),
    })
    .nullable(),
  burst: z.enum(['pass', 'fail', 'in-flight', 'unknown']),
  doctor: z.enum(['ok', 'failed', 'unread']),
  /** The commit that ran, followed by `+` when files differed from it. */
  commit: z.string(),
})

/** One run: a line of docs/compatibility-runs.jsonl. */
export type CompatibilityRun = z.infer<typeof compatibilityShape>

/** The runs of docs/compatibility-runs.jsonl, which docs/compatibility.md shows. */
export const compatibilityRuns = createRecordedRuns<CompatibilityRun>({
  shape: compatibilityShape,
  what: 'compatibility run',
  marker: 'compatibility',
  section: compatibilitySection,
})
