import type { WalletPlan } from '../arguments/wallet.ts'
import { createAnswerSheet } from '../generator/answer-sheet.ts'
import { listRequests } from '../generator/list-requests.ts'
import { type AnswerFigures, answerFigures, rate } from '../measure/figures.ts'
import { type LatencySummary, summariseLatencies } from '../measure/latency.ts'
import { readList } from '../people/read-list.ts'
import { type Judgement, judge } from './judge.ts'
import { checkLists } from './list-checks.ts'
import type { ScenarioDependencies } from './prepare.ts'
import { readPress } from './press-answers.ts'
import { pressWithProgress } from './press-with-progress.ts'
import { drainAndSettle } from './settle.ts'
import { requestsPerPress, walletRequest } from './wallet-order.ts'
import { warmUpAndPrepare } from './warm-up-burst.ts'

/** Lists or presses of a run, from the first request of any kind to the last answer. */
export type KindFigures = { perSecond: number; answers: number; latency: LatencySummary | undefined }

export type WalletResult = Judgement &
  AnswerFigures & {
    plan: WalletPlan
    lists: KindFigures
    presses: KindFigures
    /** Shoppers who asked or pressed again because their answer was not final. */
    followedUp: number
  }

/** Presses between that of a shopper and their next list, for each connection. */
const apartPerConnection = 2

/** Lets people press once and look at their lists four times, all of them mixed over the same connections. */
export const runWallet = async (
  plan: WalletPlan,
  dependencies: ScenarioDependencies,
): Promise<WalletResult> => {
  const { shoppers, connections } = plan
  const { url, now } = dependencies
  const { warmUp, campaign } = await warmUpAndPrepare(plan, { shoppers, stock: shoppers }, dependencies)
  const apart = Math.max(
    1,
    Math.min(connections * apartPerConnection, Math.floor(shoppers / requestsPerPress)),
  )
  const order = Array.from({ length: shoppers * requestsPerPress }, (_, number) => ({
    ...walletRequest(number, { shoppers, apart }),
    number,
  }))
  const buffers = { press: campaign.requests, list: listRequests(url, campaign.shoppers) }
  const requests = order.map(({ kind, shopper }) => buffers[kind][shopper] ?? Buffer.alloc(0))
  const sheet = createAnswerSheet(requests.length, now)
  await pressWithProgress({ requests, connections }, sheet, dependencies)

  const nowMs = now()
  const answers = order.map(({ kind, shopper, number }) => {
    const press = readPress(sheet, number, { shopper, nowMs })
    return { kind, press, list: readList(press.status, sheet.read(number)?.body ?? '') }
  })
  const presses = answers.filter(({ kind }) => kind === 'press').map(({ press }) => press)
  const lists = answers.filter(({ kind }) => kind === 'list').map(({ press, list }) => ({ ...press, list }))
  const settled = await drainAndSettle(campaign, shoppers, dependencies, presses)

  const { firstPressMs, lastAnswerMs } = sheet.moments()
  const kindFigures = (of: readonly { latencyMs: number | undefined }[]): KindFigures => {
    const latenciesMs = of.flatMap(({ latencyMs }) => (latencyMs === undefined ? [] : [latencyMs]))
    return {
      perSecond: rate(latenciesMs.length, firstPressMs, lastAnswerMs),
      answers: latenciesMs.length,
      latency: summariseLatencies(latenciesMs),
    }
  }
  const named = lists.map(({ list, ...given }) => ({ ...given, answer: list }))
  return {
    plan,
    ...judge(settled, { own: [checkLists(presses, lists)], warmUp }),
    ...answerFigures(sheet, [...presses, ...named]),
    lists: kindFigures(lists),
    presses: kindFigures(presses),
    followedUp: settled.followedUp,
  }
}
