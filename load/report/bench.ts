import { type BenchRun, benchParts, benchVerdict } from '../scenarios/bench-run.ts'
import { burstReport } from './burst.ts'
import { fairnessHeadline } from './fairness.ts'
import { paint, type ReportOutput } from './lines.ts'
import { steadyHeadline } from './steady.ts'
import { benchWord, reasonOf } from './words.ts'

/** A benchmark for a terminal: the verdict on all of its campaigns, then what each part found. */
export const benchReport = (run: BenchRun, stream: ReportOutput): string => {
  const { burst, machine, fairness, openModel } = run
  const [parts, verdict] = [benchParts(run), benchVerdict(run)]
  const word = paint(verdict, benchWord(verdict), stream)
  return [
    '',
    `  ${word}  ${parts.length} campaigns; ${reasonOf(verdict, parts)}`,
    ...(fairness === undefined ? [] : [fairnessHeadline(fairness, stream)]),
    ...(openModel === undefined ? [] : [steadyHeadline(openModel, stream)]),
    burstReport(burst, machine, stream, benchWord),
  ].join('\n')
}
