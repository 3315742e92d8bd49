import type { FreshProcessPlan } from '../arguments/fresh-process.ts'
import { pressAll } from '../generator/press-all.ts'
import { type Spread, spreadOf } from '../measure/figures.ts'
import { readApiCounters } from '../measure/watch-api.ts'
import { type LoadVerdict, worstVerdict } from './load-verdict.ts'
import type { OwnApi } from './own-api.ts'
import { prepareCampaign, type ScenarioDependencies } from './prepare.ts'
import { drainAndSettle, type Settlement } from './settle.ts'

export type FreshProcessResult = {
  plan: FreshProcessPlan
  verdict: LoadVerdict
  /** Microseconds of processor for a press, by burst from the start of a process, over the processes. */
  bursts: Spread[]
  /** The first burst of a process divided by its last. */
  ratio: Spread
  /** Major garbage collections for a million presses, all bursts of a process together. */
  majorCollections: Spread
  settlements: readonly Pick<Settlement, 'checks' | 'unknown'>[]
}

export type FreshProcessDependencies = ScenarioDependencies & {
  /** Runs an API process that nobody has asked yet, while `work` runs. */
  withFreshApi<Result>(work: (api: OwnApi) => Promise<Result>): Promise<Result>
}

/** What presses cost the processor of an API from its start on, with several processes after each other. */
export const runFreshProcess = async (
  plan: FreshProcessPlan,
  dependencies: FreshProcessDependencies,
): Promise<FreshProcessResult> => {
  const { progress, withFreshApi } = dependencies
  const { processes, bursts, presses, connections } = plan
  const settlements: Settlement[] = []

  const costOfBurst = async ({ url, metricsUrl }: OwnApi): Promise<number> => {
    const own = { ...dependencies, url }
    const campaign = await prepareCampaign({ shoppers: presses, stock: presses }, own)
    const before = await readApiCounters(metricsUrl)
    await pressAll({ url, requests: campaign.requests, connections }, campaign.sheet)
    const after = await readApiCounters(metricsUrl)
    settlements.push(await drainAndSettle(campaign, presses, own))
    return ((after.cpuSeconds - before.cpuSeconds) * 1e6) / Math.max(1, campaign.sheet.answeredCount())
  }
  const measureProcess = (number: number): Promise<{ costs: number[]; majorCollections: number }> =>
    withFreshApi(async (api) => {
      const costs: number[] = []
      while (costs.length < bursts)
        costs.push(
          await progress.step(
            `process ${number} of ${processes}, burst ${costs.length + 1} of ${bursts}`,
            () => costOfBurst(api),
          ),
        )
      const { majorCollections } = await readApiCounters(api.metricsUrl)
      return { costs, majorCollections: (majorCollections * 1e6) / (bursts * presses) }
    })

  const measured: Awaited<ReturnType<typeof measureProcess>>[] = []
  while (measured.length < processes) measured.push(await measureProcess(measured.length + 1))
  const ofBurst = (burst: number): number[] => measured.map(({ costs }) => costs[burst] ?? 0)
  return {
    plan,
    bursts: Array.from({ length: bursts }, (_, burst) => spreadOf(ofBurst(burst))),
    ratio: spreadOf(measured.map(({ costs }) => (costs[0] ?? 0) / (costs.at(-1) ?? 1))),
    majorCollections: spreadOf(measured.map(({ majorCollections }) => majorCollections)),
    settlements,
    verdict: worstVerdict(settlements.map(({ verdict }) => verdict)),
  }
}
