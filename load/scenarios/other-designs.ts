import { setTimeout as wait } from 'node:timers/promises'
import type { OtherDesignsPlan } from '../arguments/other-designs.ts'
import { type AnswerSheet, createAnswerSheet } from '../generator/answer-sheet.ts'
import { pressAll } from '../generator/press-all.ts'
import { rate, type Spread, spreadOf } from '../measure/figures.ts'
import { type DesignName, designLabels } from '../other-designs/design-process.ts'
import type { DesignSale, DesignStore, StoredCoupons } from '../other-designs/design-store.ts'
import { createShoppers } from '../people/shoppers.ts'
import type { ServingProcess } from '../processes/serving-process.ts'
import { type BurstResult, runBurst } from './burst.ts'
import { type LoadVerdict, worstVerdict } from './load-verdict.ts'
import type { ScenarioDependencies } from './prepare.ts'

/** What a design did wrong in a run: people with a yes and no row, rows beyond the stock, second rows. */
export type DesignFaults = { lost: number; oversold: number; doubled: number }

export type DesignFigures = {
  name: DesignName
  /** Coupons a second, from the first press until the last row was seen. */
  persistedPerSecond: Spread
  /** The system's coupons a second, for each of this design in the same round. */
  ratio: Spread
  /** Killed when half of the coupons were answered, and started again. */
  killed: DesignFaults
  /** Redis lost its memory when half of the coupons were answered; `undefined` when there is none. */
  redisLost: DesignFaults | undefined
}

export type OtherDesignsResult = {
  plan: OtherDesignsPlan
  /** Of the system: the designs promise nothing. */
  verdict: LoadVerdict
  bursts: BurstResult[]
  persistedPerSecond: Spread
  designs: DesignFigures[]
}

export type OtherDesignsDependencies = ScenarioDependencies & {
  store: DesignStore
  start(part: DesignName | 'consumer', sale: DesignSale): Promise<ServingProcess>
}

const designNames = Object.keys(designLabels) as DesignName[]
const campaignId = '00000000-0000-7000-8000-000000000000'
const watchIntervalMs = 5
const drainLimitMs = 60_000

type DesignRun = { sheet: AnswerSheet; users: readonly string[]; stored: StoredCoupons; lastRowMs: number }

/** Presses a design and the system in turn, then breaks each design once and counts what it lost. */
export const runOtherDesigns = async (
  plan: OtherDesignsPlan,
  dependencies: OtherDesignsDependencies,
): Promise<OtherDesignsResult> => {
  const { store, start, sign, now, progress } = dependencies
  const { shoppers: count, connections } = plan
  const stock = Math.floor(count / 2)
  let crowds = 0

  const waitUntil = async (isDone: () => Promise<boolean>): Promise<void> => {
    const limitMs = now() + drainLimitMs
    while (!(await isDone()) && now() < limitMs) await wait(watchIntervalMs)
  }

  /** A sale on a design. `halfWay` is called when half of the coupons are answered. */
  const runDesign = async (
    name: DesignName,
    halfWay?: (restart: () => Promise<void>) => Promise<void>,
  ): Promise<DesignRun> => {
    const sale = await store.reset(stock)
    const parts: ServingProcess[] = []
    const startParts = async (): Promise<string> => {
      const server = await start(name, sale)
      parts.push(server)
      if (name === 'send-and-forget') parts.push(await start('consumer', sale))
      return server.url
    }
    const url = await startParts()
    crowds += 1
    const shoppers = createShoppers({ count, prefix: `other-${process.pid}-${crowds}`, sign })
    const sheet = createAnswerSheet(count, now)
    let [isPressed, isKilled] = [false, false]
    const pressing = pressAll(
      { url, requests: shoppers.presses(url, campaignId), connections },
      sheet,
    ).finally(() => {
      isPressed = true
    })
    const breaking = async (): Promise<void> => {
      while (!isPressed && sheet.grantedCount() < stock / 2) await wait(watchIntervalMs)
      await halfWay?.(async () => {
        isKilled = true
        await Promise.all(parts.splice(0).map((part) => part.kill()))
        await startParts()
      })
    }
    try {
      await Promise.all([pressing, breaking()])
      const hasRows = async (): Promise<boolean> => (await store.countRows()) >= sheet.grantedCount()
      await waitUntil(isKilled ? () => store.isConsumed(sale) : hasRows)
      const lastRowMs = now()
      const users = Array.from({ length: count }, (_, shopper) => shoppers.userId(shopper))
      return { sheet, users, stored: await store.read(), lastRowMs }
    } finally {
      await Promise.all(parts.map((part) => part.stop()))
    }
  }

  const faultsOf = ({ sheet, users, stored }: DesignRun): DesignFaults => ({
    lost: users.filter((user, shopper) => sheet.read(shopper)?.status === 201 && !stored.users.has(user))
      .length,
    oversold: Math.max(0, stored.users.size - stock),
    doubled: stored.doubled,
  })
  const speedOf = async (name: DesignName): Promise<number> => {
    const { sheet, stored, lastRowMs } = await runDesign(name)
    return rate(stored.rows, sheet.moments().firstPressMs, lastRowMs)
  }

  const bursts: BurstResult[] = []
  const speeds = new Map<DesignName, number[]>(designNames.map((name) => [name, []]))
  const designs: DesignFigures[] = []
  try {
    for (let round = 0; round <= plan.rounds; round += 1) {
      const burst = await runBurst({ name: 'burst', shoppers: count, stock, connections }, dependencies)
      // A promise that is broken while the first round warms up is broken.
      if (round > 0 || burst.verdict !== 'pass') bursts.push(burst)
      for (const name of designNames) {
        const what = `${designLabels[name]}, round ${round} of ${plan.rounds}`
        const speed = await progress.step(what, () => speedOf(name))
        if (round > 0) speeds.get(name)?.push(speed)
      }
    }
    const ownSpeeds = bursts.slice(-plan.rounds).map(({ figures }) => figures.persistedPerSecond)
    for (const name of designNames) {
      const label = designLabels[name]
      const killed = await progress.step(`${label}, killed half way`, () =>
        runDesign(name, (restart) => restart()),
      )
      const redisLost =
        name === 'naive-mysql'
          ? undefined
          : await progress.step(`${label}, without the memory of Redis half way`, () =>
              runDesign(name, () => store.loseRedis()),
            )
      const own = speeds.get(name) ?? []
      designs.push({
        name,
        persistedPerSecond: spreadOf(own),
        ratio: spreadOf(own.map((speed, round) => (ownSpeeds[round] ?? 0) / speed)),
        killed: faultsOf(killed),
        redisLost: redisLost === undefined ? undefined : faultsOf(redisLost),
      })
    }
    return {
      ...{ plan, bursts, designs },
      persistedPerSecond: spreadOf(ownSpeeds),
      verdict: worstVerdict(bursts.map(({ verdict }) => verdict)),
    }
  } finally {
    await store.remove()
  }
}
