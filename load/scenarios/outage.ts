import { setTimeout as wait } from 'node:timers/promises'
import { Failure, messageOf } from '../../platform/failure.ts'
import type { OutagePlan } from '../arguments/outage.ts'
import { runRush } from '../generator/rush.ts'
import { type OutcomeFigures, outcomeFigures } from '../measure/figures.ts'
import type { NamedProcess } from '../processes/launched-process.ts'
import { inThousands } from '../report/numbers.ts'
import { type LoadVerdict, worstVerdict } from './load-verdict.ts'
import { prepareCampaign, type ScenarioDependencies } from './prepare.ts'
import { type Settlement, settle } from './settle.ts'
import { valueOrReason } from './value-or-reason.ts'

/** The people whose last press was sent in a stretch, and what it was answered. */
export type OutageStretch = { name: 'before' | 'frozen' | 'after'; outcomes: OutcomeFigures[] }

/** One process that was frozen. */
export type Outage = {
  frozen: NamedProcess
  verdict: LoadVerdict
  stretches: OutageStretch[]
  /** The most grants at once that were not yet rows. */
  backlogMax: number
  /** From the end of the outage until the next grant was answered. `null`: none was. */
  nextGrantMs: number | null
  /** From the end of the outage until every grant was a row. `null`: that was not seen. */
  caughtUpMs: number | null
  settlement: Pick<Settlement, 'checks' | 'unknown'>
}

export type OutageResult = { plan: OutagePlan; verdict: LoadVerdict; outages: Outage[] }

export type OutageDependencies = ScenarioDependencies & {
  /** Sends a signal to the process; 0 only finds out whether it would take one. */
  signal(pid: number, name: 'SIGSTOP' | 'SIGCONT' | 0): void
}

const connections = 256
const patienceMs = 5_000
const sampleMs = 100

const runOne = async (
  plan: OutagePlan,
  frozen: NamedProcess,
  dependencies: OutageDependencies,
): Promise<Outage> => {
  const { url, ledger, now, progress } = dependencies
  const signal = (name: 'SIGSTOP' | 'SIGCONT' | 0): void => {
    try {
      dependencies.signal(frozen.pid, name)
    } catch (cause) {
      throw new Failure('refused', `process ${frozen.pid} takes no signal: ${messageOf(cause)}`)
    }
  }
  signal(0)
  const { seconds, before, after } = plan
  const lastsMs = (before + seconds + after) * 1_000
  const people = Math.ceil((lastsMs / 1_000) * plan.presses)
  const campaign = await prepareCampaign({ shoppers: people, stock: people }, dependencies)
  const { campaignId, requests, sheet } = campaign
  let [isPressing, frozenAtMs, thawedAtMs] = [true, 0, 0]
  let backlogMax = 0
  let caughtUpAtMs: number | null = null

  const freeze = async (): Promise<void> => {
    await wait(before * 1_000)
    signal('SIGSTOP')
    frozenAtMs = now()
    try {
      await wait(seconds * 1_000)
    } finally {
      signal('SIGCONT')
      thawedAtMs = now()
    }
  }
  /** Grants that are no rows yet. A frozen database does not say. */
  const watchBacklog = async (): Promise<void> => {
    while (isPressing) {
      const granted = sheet.grantedCount()
      const { value: rows } = await valueOrReason(ledger.count(campaignId))
      if (rows !== undefined) {
        backlogMax = Math.max(backlogMax, granted - rows)
        if (thawedAtMs > 0 && rows >= granted) caughtUpAtMs ??= now()
      }
      await wait(sampleMs)
    }
  }
  const rushing = runRush(
    { url, now, requests, connections, patienceMs, lastsMs, peoplePerSecond: plan.presses },
    sheet,
  ).finally(() => {
    isPressing = false
  })
  const [rush] = await progress.step(
    () => `${frozen.name}: ${inThousands(sheet.grantedCount())} of ${inThousands(people)} have a coupon`,
    () => Promise.all([rushing, freeze(), watchBacklog()]),
  )
  const drained = await campaign.waitForRows(sheet.grantedCount(), now())
  if (drained.isComplete) caughtUpAtMs ??= drained.lastRowMs
  const settlement = await settle(campaign, { pressed: rush.people, drained }, dependencies)
  const nameAt = (sentMs: number): OutageStretch['name'] => {
    if (sentMs < frozenAtMs) return 'before'
    return sentMs < thawedAtMs ? 'frozen' : 'after'
  }
  const byStretch = Map.groupBy(settlement.firstAnswers, ({ times }) => nameAt(times.sentMs))
  const grantedAfter = settlement.firstAnswers.flatMap(({ answer, times }) =>
    answer.outcome === 'granted' && times.answeredMs > thawedAtMs ? [times.answeredMs - thawedAtMs] : [],
  )
  return {
    ...{ frozen, settlement, backlogMax, verdict: settlement.verdict },
    stretches: (['before', 'frozen', 'after'] as const).map((name) => ({
      name,
      outcomes: outcomeFigures(byStretch.get(name) ?? []),
    })),
    nextGrantMs: grantedAfter.reduce<number | null>((least, ms) => Math.min(least ?? ms, ms), null),
    caughtUpMs: caughtUpAtMs === null ? null : Math.max(0, caughtUpAtMs - thawedAtMs),
  }
}

/**
 * People press at a steady rate while a process is frozen, and then goes on. One after the other, each with a
 * campaign of its own.
 */
export const runOutage = async (
  plan: OutagePlan,
  processes: readonly NamedProcess[],
  dependencies: OutageDependencies,
): Promise<OutageResult> => {
  const outages: Outage[] = []
  for (const frozen of processes) outages.push(await runOne(plan, frozen, dependencies))
  return { plan, outages, verdict: worstVerdict(outages.map(({ verdict }) => verdict)) }
}
