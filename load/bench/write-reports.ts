import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hgrmName, hgrmText } from '../measure/hgrm.ts'
import type { LatencyLog } from '../measure/latency-log.ts'
import { htmlReport } from '../report/html/document.ts'
import { markdownReport } from '../report/markdown.ts'
import type { BenchRun } from '../scenarios/bench-run.ts'

/** `2026-11-29T15-20-00Z-0123456789`: folders sort by time. */
const folderName = ({ startedAt, checkout: { commit } }: BenchRun): string =>
  `${startedAt.slice(0, 19).replaceAll(':', '-')}Z-${commit ?? 'unknown'}`

/**
 * Writes the page, the Markdown, the data and a file of latencies for each outcome into a new folder below
 * `reports`. The files of the folder `histories` are copied to it. Returns its path.
 */
export const writeReports = async (
  run: BenchRun,
  latencies: LatencyLog,
  { reports, histories }: { reports: string; histories: string },
): Promise<string> => {
  const folder = join(reports, folderName(run))
  await mkdir(folder, { recursive: true })
  await cp(histories, folder, { recursive: true })
  await writeFile(join(folder, 'run.json'), `${JSON.stringify(run, undefined, 2)}\n`)
  await writeFile(join(folder, 'report.html'), await htmlReport(run))
  await writeFile(join(folder, 'report.md'), markdownReport(run.burst, run.machine, run.command))
  for (const [outcome, sorted] of latencies.sorted())
    await writeFile(join(folder, hgrmName(outcome)), hgrmText(sorted))
  return folder
}
