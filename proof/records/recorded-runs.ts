import { appendFile, readFile, writeFile } from 'node:fs/promises'
import type { z } from 'zod'
import { Failure, messageOf } from '../../platform/failure.ts'

/** The file of all runs, a line each, and the page that shows them. */
export type RecordFiles = { runs: string; page: string }

/** Runs of one kind, kept for a document. */
export type RecordedRuns<Run> = {
  /** Reads the file. Throws `refused`, with the line number, when a line is not a run. */
  parse(text: string): Run[]
  /** The page with its section rewritten from all runs. Throws `refused` when it has no markers for it. */
  withSection(page: string, runs: readonly Run[]): string
  /**
   * Appends a run to the file, and rewrites the section of the page. Rejects with `refused` as `withSection`
   * does.
   */
  record(files: RecordFiles, run: Run): Promise<void>
}

export type RecordedRunsOptions<Run> = {
  shape: z.ZodType<Run>
  /** As a line that is none is told: `fault run`. */
  what: string
  /** The section stands between `<!-- marker:begin -->` and `<!-- marker:end -->`. */
  marker: string
  /** All runs in Markdown. */
  section(runs: readonly Run[]): string
}

const refused = (message: string, cause?: unknown): Failure => new Failure('refused', message, { cause })

/** The file is what programs read. The section is made from it alone, so nobody types figures. */
export const createRecordedRuns = <Run>({
  shape,
  what,
  marker,
  section,
}: RecordedRunsOptions<Run>): RecordedRuns<Run> => {
  const markers = { begin: `<!-- ${marker}:begin -->`, end: `<!-- ${marker}:end -->` }

  const parse: RecordedRuns<Run>['parse'] = (text) =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line, index) => {
        try {
          return shape.parse(JSON.parse(line))
        } catch (cause) {
          throw refused(`line ${index + 1} is not a ${what}: ${messageOf(cause)}`, cause)
        }
      })

  const withSection: RecordedRuns<Run>['withSection'] = (page, runs) => {
    const [begin, end] = [page.indexOf(markers.begin), page.indexOf(markers.end)]
    if (begin < 0 || end < begin) throw refused(`the page has no ${markers.begin} followed by ${markers.end}`)
    return [page.slice(0, begin + markers.begin.length), section(runs), page.slice(end)].join('\n\n')
  }

  return {
    parse,
    withSection,
    async record(files, run) {
      const page = await readFile(files.page, 'utf8')
      // Fails before anything is written.
      withSection(page, [])
      await appendFile(files.runs, `${JSON.stringify(shape.parse(run))}\n`)
      await writeFile(files.page, withSection(page, parse(await readFile(files.runs, 'utf8'))))
    },
  }
}
