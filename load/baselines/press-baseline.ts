import type { ProgressDisplay } from '../../platform/progress-display.ts'
import { createAnswerSheet } from '../generator/answer-sheet.ts'
import { pressAll } from '../generator/press-all.ts'
import { rate } from '../measure/figures.ts'
import { type LatencySummary, summariseLatencies } from '../measure/latency.ts'
import { microsecondsEach, readProcessSeconds } from '../measure/process-seconds.ts'
import { createShoppers } from '../people/shoppers.ts'
import type { ServingProcess } from '../processes/serving-process.ts'
import { inThousands } from '../report/numbers.ts'
import { type BaselineName, baselineLabels, baselineNames, startBaseline } from './baseline-server.ts'

/** How a baseline answered the presses of a burst. */
export type BaselineRun = {
  answers: number
  answersPerSecond: number
  latency: LatencySummary | undefined
  /** Microseconds of its processor for each answer; undefined where that is not known. */
  cpuMicroseconds?: number | undefined
}

/** How many press, over how many connections. */
export type BaselinePlan = { shoppers: number; connections: number }

/** Presses a baseline instead of the API. */
export type PressBaseline = (name: BaselineName, plan: BaselinePlan) => Promise<BaselineRun>

export type BaselineDependencies = {
  jwtSecret: string
  sign(userId: string, lifetimeSeconds: number): string
  now(): number
  progress: ProgressDisplay
}

const campaignId = '00000000-0000-7000-8000-000000000000'

/** With the generator, requests and connections of a burst. Throws unless every answer is 201. */
const press = async (
  label: string,
  { url, pid }: Pick<ServingProcess, 'url' | 'pid'>,
  { shoppers: count, connections }: BaselinePlan,
  { sign, now, progress }: BaselineDependencies,
): Promise<BaselineRun> => {
  const sheet = createAnswerSheet(count, now)
  const requests = createShoppers({ count, prefix: 'bare', sign }).presses(url, campaignId)
  const before = await readProcessSeconds(pid)
  await progress.step(
    () => `${label}: ${inThousands(sheet.answeredCount())} of ${inThousands(count)} answered`,
    () => pressAll({ url, requests, connections }, sheet),
  )
  const after = await readProcessSeconds(pid)
  const { firstPressMs, lastAnswerMs } = sheet.moments()
  const answers = Array.from({ length: count }, (_, shopper) => sheet.read(shopper)).filter(
    (answer) => answer !== undefined,
  )
  const refused = answers.find(({ status }) => status !== 201)
  if (refused !== undefined || answers.length < count)
    throw new Error(
      `${label} answered ${answers.length} of ${count}${refused === undefined ? '' : `, one with ${refused.status}`}`,
    )
  return {
    answers: answers.length,
    answersPerSecond: rate(answers.length, firstPressMs, lastAnswerMs),
    latency: summariseLatencies(answers.map(({ latencyMs }) => latencyMs)),
    cpuMicroseconds: microsecondsEach(before, after, answers.length),
  }
}

/** Runs baselines, all unless they are named, each in a process of its own, while `work` runs. */
export const withBaselines = async <Result>(
  dependencies: BaselineDependencies,
  work: (pressBaseline: PressBaseline) => Promise<Result>,
  names: readonly BaselineName[] = baselineNames,
): Promise<Result> => {
  const servers = new Map<BaselineName, ServingProcess>()
  try {
    for (const name of names) servers.set(name, await startBaseline(name, dependencies.jwtSecret))
    return await work((name, plan) =>
      press(baselineLabels[name], servers.get(name) ?? { url: '', pid: undefined }, plan, dependencies),
    )
  } finally {
    await Promise.all([...servers.values()].map((server) => server.stop()))
  }
}
