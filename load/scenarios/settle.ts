import { type Check, overallVerdict } from '../../coupon/audit/compare/check.ts'
import { compareClients } from '../../coupon/audit/compare/compare-clients.ts'
import { createSourceTables } from '../../coupon/audit/compare/source-tables.ts'
import type { Drain } from '../ledger/drain.ts'
import { waitForLag } from '../ledger/drain-lag.ts'
import type { CouponCounts } from '../measure/figures.ts'
import { type AnswerHistory, createAnswerHistory } from '../people/answer-history.ts'
import { followUp, pressAgain } from '../people/follow-up.ts'
import { writeHistory } from '../people/write-history.ts'
import { inThousands } from '../report/numbers.ts'
import type { LoadVerdict } from './load-verdict.ts'
import type { LoadCampaign, ScenarioDependencies } from './prepare.ts'
import { isGrant, type PressAnswer, readFirstAnswers } from './press-answers.ts'
import { valueOrReason } from './value-or-reason.ts'

/** A campaign whose shoppers have final answers, compared with the ledger. */
export type Settlement = {
  firstAnswers: readonly PressAnswer[]
  history: AnswerHistory
  /** Before any shopper asked or pressed again. */
  wave: CouponCounts
  /** In the end. */
  total: CouponCounts
  /** Shoppers who asked or pressed again because their answer was not final. */
  followedUp: number
  /** Shoppers who pressed once more although it was. */
  repeated: number
  checks: Check[]
  verdict: LoadVerdict
  /** Why the verdict is unknown; null when it is known. */
  unknown: string | null
}

// Longer than the arming of a gate with a million grants takes.
const followUpBounds = { waitMaxMs: 5_000, limitMs: 90_000 }
// Enough to find a wrong answer to a repeat, too few for a second burst.
const repeatsMax = 400
const lagLimitMs = 15_000

/** Compares the answers to the shoppers with the rows of the ledger. */
const compareAnswers = async (
  history: AnswerHistory,
  { campaignId, stock, shoppers }: LoadCampaign,
  isLedgerComplete: boolean,
  { ledger }: ScenarioDependencies,
): Promise<Check[]> => {
  const sources = createSourceTables()
  try {
    for (const entry of history.entries(shoppers.userId)) sources.addAnswer(entry)
    await ledger.eachRow(campaignId, sources.addRow)
    return compareClients(sources, { campaignId, stock, isLedgerComplete })
  } finally {
    sources.close()
  }
}

/** What shoppers were answered, and the ledger behind it. */
export type Answered = {
  /** Shoppers who pressed: those numbered from 0. */
  pressed: number
  drained: Drain
  /** In the order in which they were given; without it the first answer of each on the campaign's sheet. */
  answers?: readonly PressAnswer[]
}

/**
 * Lets shoppers without a final answer go on and a few others press once more, then compares the answers with
 * the ledger.
 */
export const settle = async (
  campaign: LoadCampaign,
  { pressed, drained, answers }: Answered,
  dependencies: ScenarioDependencies,
): Promise<Settlement> => {
  const { campaignId, shoppers, sheet } = campaign
  const { api, lag, now, progress } = dependencies
  const history = createAnswerHistory()
  const firstAnswers = answers ?? readFirstAnswers(sheet, pressed, now())
  for (const { shopper, answer, times } of firstAnswers) history.add(shopper, answer, times)
  const wave = { accepted: history.winnerCount(), persisted: drained.rows }

  const asking = { api, campaignId, tokenOf: shoppers.token, now }
  const followedUp = await progress.step(
    () => `${inThousands(history.open().length)} shoppers without a final answer go on`,
    () => followUp(history, { ...asking, ...followUpBounds }),
  )
  const accepted = history.winnerCount()
  const { rows, isComplete } =
    accepted > wave.accepted ? await campaign.waitForRows(accepted, now()) : drained
  const repeated = await pressAgain(history, pressed, { ...asking, repeatsMax })

  if (dependencies.history !== undefined)
    await writeHistory(dependencies.history, campaignId, history, shoppers.userId)

  const compared = await progress.step('comparing the answers with the ledger', async () => {
    // Waits for further rows too, such as nobody was told of.
    const lagGone = await valueOrReason(waitForLag(lag, lagLimitMs))
    const isLedgerComplete = lagGone.value ?? isComplete
    const checks = await valueOrReason(compareAnswers(history, campaign, isLedgerComplete, dependencies))
    return { checks: checks.value ?? [], noRows: checks.reason, noLag: lagGone.reason }
  })
  const { checks } = compared
  const known = overallVerdict(checks)
  // Without the log a row that is not there may still come.
  const unknown = compared.noRows ?? (known === 'in-flight' ? compared.noLag : undefined) ?? null
  return {
    firstAnswers,
    history,
    wave,
    total: { accepted, persisted: rows },
    followedUp,
    repeated,
    checks,
    verdict: unknown === null ? known : 'unknown',
    unknown,
  }
}

/**
 * Waits for a row behind each shopper with a grant among `answers`, then settles the campaign. Without
 * `answers` they are the first ones on the campaign's sheet.
 */
export const drainAndSettle = async (
  campaign: LoadCampaign,
  pressed: number,
  dependencies: ScenarioDependencies,
  answers: readonly PressAnswer[] = readFirstAnswers(campaign.sheet, pressed, dependencies.now()),
): Promise<Settlement> => {
  const grants = answers.filter(({ answer }) => isGrant(answer))
  const lastGrantMs = grants.reduce((last, { times }) => Math.max(last, times.answeredMs), 0)
  const winners = new Set(grants.map(({ shopper }) => shopper)).size
  const drained = await campaign.waitForRows(winners, lastGrantMs || dependencies.now())
  return settle(campaign, { pressed, drained, answers }, dependencies)
}
