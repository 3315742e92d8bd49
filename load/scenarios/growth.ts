import { type GrowthPlan, growthSizes } from '../arguments/growth.ts'
import { pressAll } from '../generator/press-all.ts'
import { sheetFrom } from '../generator/sheet-part.ts'
import type { RedisUsage } from '../measure/redis-usage.ts'
import { readApiCounters } from '../measure/watch-api.ts'
import { inThousands } from '../report/numbers.ts'
import type { LoadVerdict } from './load-verdict.ts'
import { prepareCampaign, type ScenarioDependencies } from './prepare.ts'
import { drainAndSettle, type Settlement } from './settle.ts'

/** What the last presses up to this many winners cost each, and what all winners take in Redis. */
export type GrowthFigures = {
  winners: number
  apiMicroseconds: number
  redisMicroseconds: number
  redisBytesPerWinner: number
}

export type GrowthResult = {
  plan: GrowthPlan
  verdict: LoadVerdict
  sizes: GrowthFigures[]
  settlement: Pick<Settlement, 'checks' | 'unknown'>
}

export type GrowthDependencies = ScenarioDependencies & {
  metricsUrl: string
  redisUsage(): Promise<RedisUsage>
}

/** Lets one campaign grow, and measures what a press costs at each size: it must stay the same. */
export const runGrowth = async (
  plan: GrowthPlan,
  dependencies: GrowthDependencies,
): Promise<GrowthResult> => {
  const { url, api, now, progress, metricsUrl, redisUsage } = dependencies
  const { winners: count, sample, connections } = plan
  const campaign = await progress.step(`creating ${inThousands(count)} shoppers`, () =>
    prepareCampaign({ shoppers: count, stock: count }, dependencies),
  )
  const { requests, sheet } = campaign
  const empty = await redisUsage()
  let pressed = 0

  const pressUpTo = async (size: number): Promise<void> => {
    const part = requests.slice(pressed, size)
    if (part.length > 0)
      await pressAll({ url, requests: part, connections, api }, sheetFrom(sheet, pressed, part.length))
    pressed = size
  }
  const usageNow = async (): Promise<RedisUsage & { apiSeconds: number }> => ({
    ...(await redisUsage()),
    apiSeconds: (await readApiCounters(metricsUrl)).cpuSeconds,
  })
  const measure = async (size: number): Promise<GrowthFigures> => {
    await pressUpTo(size - sample)
    await campaign.waitForRows(sheet.grantedCount(), now())
    const [before, answeredBefore] = [await usageNow(), sheet.answeredCount()]
    await pressUpTo(size)
    const after = await usageNow()
    const answers = Math.max(1, sheet.answeredCount() - answeredBefore)
    return {
      winners: size,
      apiMicroseconds: ((after.apiSeconds - before.apiSeconds) * 1e6) / answers,
      redisMicroseconds: ((after.cpuSeconds - before.cpuSeconds) * 1e6) / answers,
      redisBytesPerWinner: (after.memoryBytes - empty.memoryBytes) / size,
    }
  }

  const sizes: GrowthFigures[] = []
  for (const size of growthSizes(plan))
    sizes.push(
      await progress.step(
        () => `${inThousands(sheet.grantedCount())} of ${inThousands(size)} winners`,
        () => measure(size),
      ),
    )
  const settlement = await drainAndSettle(campaign, count, dependencies)
  return { plan, sizes, settlement, verdict: settlement.verdict }
}
