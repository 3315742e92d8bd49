import type { AnswerSheet } from '../generator/answer-sheet.ts'
import { pressAll } from '../generator/press-all.ts'
import { inThousands } from '../report/numbers.ts'
import type { ScenarioDependencies } from './prepare.ts'

/** Sends every request once, and shows how many are answered so far. */
export const pressWithProgress = (
  { requests, connections }: { requests: readonly Buffer[]; connections: number },
  sheet: AnswerSheet,
  { url, api, progress }: ScenarioDependencies,
): Promise<void> =>
  progress.step(
    () => `${inThousands(sheet.answeredCount())} of ${inThousands(requests.length)} requests answered`,
    () => pressAll({ url, requests, connections, api }, sheet),
  )
