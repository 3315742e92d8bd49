import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createApiClient } from '../../load/people/api-client.ts'
import { Failure } from '../../platform/failure.ts'
import { judgeChanges } from './judge-changes.ts'
import type { FaultKind } from './kinds/fault-kind.ts'
import { gatherPeople, type People } from './people.ts'
import { createRandom } from './random.ts'
import { judgeRound, type RoundVerdict } from './round-verdict.ts'
import { createSaleOperator, type SaleOperator } from './sale-operator.ts'
import { planRound } from './schedule.ts'
import type { Stack } from './stack.ts'
import type { StackReaders } from './stack-readers.ts'
import { strikeAll } from './strikes.ts'
import { waitForTraffic } from './traffic.ts'
import { waitForRest } from './wait-for-rest.ts'

export type RoundOptions = {
  round: number
  /** Of the run; the round derives its own from it. */
  seed: string
  stack: Stack
  readers: StackReaders
  kinds: readonly FaultKind[]
  adminToken: string
  sign(userId: string, lifetimeSeconds: number): string
  /** Keeps the history of the round. */
  folder: string
  signal: AbortSignal
}

// Far more than are granted while faults strike, so that each of them strikes a running sale.
const stock = 5_000
const peoplePerSecond = 200
const requestsMax = 96
/** A person gives a request up after this long. */
const patienceMs = 4_000
// The campaign closes by itself, so that later rounds do not carry it along.
const campaignOpensForMs = 5 * 60_000
const createWithinMs = 30_000
const createAnswerTimeoutMs = 10_000
const warmUpMs = 300
const trafficWithinMs = 400
const selloutWithinMs = 60_000
const settleWithinMs = 30_000
const repeatsMax = 300
const restWithinMs = 60_000
const auditWithinMs = 30_000
const pauseMs = 20

// A pause that no ledger has yet is lost with the memory of Redis.
const memoryLosses = new Set(['redis-empty', 'redis-old-file', 'redis-promoted', 'redis-flap'])

/** Nothing is on sale once a closure was sent. */
const stockOnSale = (operator: SaleOperator): number => (operator.mayBeClosed() ? 0 : operator.stock())

const now = (): number => performance.now()

const createRoundCampaign = async (url: string, adminToken: string): Promise<string> => {
  const api = createApiClient({ url, adminToken, connections: 1, answerTimeoutMs: createAnswerTimeoutMs })
  try {
    const campaign = { name: 'Fault round', stock, opensForMs: campaignOpensForMs }
    return await api.createCampaign(campaign, createWithinMs)
  } finally {
    await api.close()
  }
}

/** Waits for `more` winners, or for `limitMs`. */
const untilWinners = async (people: People, more: number, limitMs: number): Promise<void> => {
  const [wanted, untilMs] = [people.winnerCount() + more, now() + limitMs]
  while (people.winnerCount() < wanted && now() < untilMs) await wait(pauseMs)
}

/**
 * Lets people arrive as fast as they can until nothing is left, and everybody has a final answer. An arming
 * may return units afterwards: then more people arrive, so that those are sold too.
 */
const sellOut = async (
  people: People,
  operator: SaleOperator,
  ledger: StackReaders['ledger'],
  campaignId: string,
): Promise<void> => {
  const untilMs = now() + selloutWithinMs
  const stockNow = operator.stock()
  for (;;) {
    people.pace(operator.mayBeClosed() ? 0 : Infinity)
    if (!operator.mayBeClosed()) await untilSoldOut(people, untilMs)
    await people.settle(settleWithinMs)
    const rows = await ledger.count(campaignId).catch(() => 0)
    if (operator.mayBeClosed() || people.winnerCount() >= stockNow || rows >= stockNow || now() >= untilMs)
      return
  }
}

/** Waits until nothing is left and 200 more were answered, so that every API process says so. */
const untilSoldOut = async (people: People, untilMs: number): Promise<void> => {
  const before = people.answered()
  while (now() < untilMs && !(people.isSoldOut() && people.answered() > before + 200)) await wait(pauseMs)
}

/** Plays one round: a new campaign, people, faults, the end of the sale, rest, and the verdict. */
export const runRound = async (options: RoundOptions): Promise<RoundVerdict> => {
  const { round, seed, stack, readers, kinds, folder, signal } = options
  const startedMs = now()
  const urls = stack.apis.map(({ url }) => url)
  const campaignId = await createRoundCampaign(urls[0] ?? '', options.adminToken)
  const operator = createSaleOperator({
    ...{ urls, campaignId, adminToken: options.adminToken, stock, now },
    gateNowMs: readers.gateNowMs,
  })
  const people = gatherPeople({
    operator,
    urls,
    campaignId,
    sign: options.sign,
    requestsMax,
    patienceMs,
    now,
    random: createRandom(`${seed} people ${round}`),
  })
  try {
    people.pace(peoplePerSecond)
    await wait(warmUpMs)
    const { struck, failed } = await strikeAll({
      moments: planRound(createRandom(`${seed} round ${round}`), kinds),
      kinds,
      context: {
        stack,
        campaignId,
        operator,
        sign: options.sign,
        confirming: (limitMs) => untilWinners(people, 10, limitMs),
      },
      traffic: () =>
        waitForTraffic(
          { gate: readers.gate, campaignId, stock: stockOnSale(operator), people, now },
          trafficWithinMs,
        ),
      now,
      startedMs,
      signal,
    })
    if (signal.aborted) throw new Failure('unavailable', 'the round was interrupted')
    await sellOut(people, operator, readers.ledger, campaignId)
    await people.pressAgain(repeatsMax, settleWithinMs)
    const moving = await waitForRest({
      stack,
      gate: readers.gate,
      ledger: readers.ledger,
      campaignId,
      limitMs: restWithinMs,
      now,
    })
    const verdict = await judgeRound({
      round,
      seed,
      campaignId,
      stock: operator.stock(),
      struck,
      people,
      operator,
      audit: readers.audit,
      judgeChanges: () =>
        judgeChanges({
          operator,
          wins: people.wins(),
          grantedBetween: (...bounds) => readers.grantedBetween(campaignId, ...bounds),
          settings: () => readers.settings(campaignId),
          didClockJump: struck.some(({ fault }) => fault === 'redis-clock'),
          didLoseMemory: struck.some(({ fault }) => memoryLosses.has(fault)),
        }),
      historyFile: join(folder, `round-${round}.history`),
      limitMs: auditWithinMs,
      now,
      startedMs,
    })
    const reasons = [
      ...verdict.reasons,
      ...failed,
      ...(moving === undefined ? [] : [`did not come to rest: ${moving}`]),
    ]
    return { ...verdict, reasons, verdict: reasons.length === 0 ? verdict.verdict : 'fail' }
  } finally {
    await Promise.all([people.close(), operator.disconnect()])
  }
}
