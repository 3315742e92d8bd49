import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { StackReaders } from './stack-readers.ts'
import { createCampaign } from './campaign.ts'
import type { FaultKind } from './kinds/fault-kind.ts'
import { Failure } from '../../platform/failure.ts'
import { gatherPeople, type People } from './people.ts'
import { createRandom } from './random.ts'
import { waitForRest } from './wait-for-rest.ts'
import { planRound } from './schedule.ts'
import type { Stack } from './stack.ts'
import { waitForTraffic } from './traffic.ts'
import { strikeAll } from './strikes.ts'
import { judgeRound, type RoundVerdict } from './round-verdict.ts'

export type RoundOptions = {
  round: number
  /** Of the run; the round has one of its own made from it. */
  seed: string
  stack: Stack
  books: StackReaders
  kinds: readonly FaultKind[]
  adminToken: string
  sign(userId: string, lifetimeSeconds: number): string
  /** Holds what the people were told. */
  folder: string
  signal: AbortSignal
}

// Far more than are granted while faults come, so that every one of them meets a sale.
const stock = 5_000
const peoplePerSecond = 200
const personsMax = 96
/** A request that took longer is given up by whoever waits. */
const patienceMs = 4_000
const campaignOpensForMs = 5 * 60_000
const warmUpMs = 300
const hotWithinMs = 400
const selloutWithinMs = 60_000
const settleWithinMs = 30_000
const repeats = 300
const restWithinMs = 60_000
const judgedWithinMs = 30_000
const pauseMs = 20

const now = (): number => performance.now()

/** Until so many more were told that they have a coupon, or for `limitMs`. */
const untilWinners = async (people: People, more: number, limitMs: number): Promise<void> => {
  const [wanted, untilMs] = [people.winners() + more, now() + limitMs]
  while (people.winners() < wanted && now() < untilMs) await wait(pauseMs)
}

/**
 * Everybody else comes as fast as they can, until nothing is left and everybody has a final answer. Units that an arming brought back are sold too:
 * whoever is still missing comes.
 */
const sellOut = async (people: People, ledger: StackReaders['ledger'], campaignId: string): Promise<void> => {
  const untilMs = now() + selloutWithinMs
  for (;;) {
    people.pace(Number.POSITIVE_INFINITY)
    await untilSoldOut(people, untilMs)
    await people.settle(settleWithinMs)
    const rows = await ledger.count(campaignId).catch(() => 0)
    if (people.winners() >= stock || rows >= stock || now() >= untilMs) return
  }
}

/** A few losers more than one, so that "sold out" is heard from every process. */
const untilSoldOut = async (people: People, untilMs: number): Promise<void> => {
  const before = people.answered()
  while (now() < untilMs && !(people.isSoldOut() && people.answered() > before + 200)) await wait(pauseMs)
}

/** One round on the stack: a new campaign, people, faults, the end of the sale, rest, and what the books say. */
export const runRound = async (options: RoundOptions): Promise<RoundVerdict> => {
  const { round, seed, stack, books, kinds, folder, signal } = options
  const startedMs = now()
  const urls = stack.apis.map(({ url }) => url)
  const campaignId = await createCampaign({
    ...{ url: urls[0] ?? '', adminToken: options.adminToken, stock, opensForMs: campaignOpensForMs },
    ...{ now, limitMs: 30_000 },
  })
  const people = gatherPeople({
    ...{ urls, campaignId, sign: options.sign, personsMax, patienceMs, now },
    random: createRandom(`${seed} people ${round}`),
  })
  try {
    people.pace(peoplePerSecond)
    await wait(warmUpMs)
    const { struck, failed } = await strikeAll({
      moments: planRound(createRandom(`${seed} round ${round}`), kinds),
      kinds,
      surroundings: { stack, confirming: (limitMs) => untilWinners(people, 10, limitMs) },
      standing: () => waitForTraffic({ gate: books.gate, campaignId, stock, people, now }, hotWithinMs),
      ...{ now, startedMs, signal },
    })
    if (signal.aborted) throw new Failure('unavailable', 'the round was broken off')
    await sellOut(people, books.ledger, campaignId)
    await people.pressAgain(repeats, settleWithinMs)
    const moves = await waitForRest({
      ...{ stack, gate: books.gate, ledger: books.ledger, campaignId, limitMs: restWithinMs, now },
    })
    const verdict = await judgeRound({
      ...{ round, seed, campaignId, stock, struck, people, audit: books.audit, now, startedMs },
      ...{ historyFile: join(folder, `round-${round}.history`), limitMs: judgedWithinMs },
    })
    const reasons = [
      ...verdict.reasons,
      ...failed,
      ...(moves === undefined ? [] : [`did not come to rest: ${moves}`]),
    ]
    return { ...verdict, reasons, verdict: reasons.length === 0 ? verdict.verdict : 'fail' }
  } finally {
    await people.close()
  }
}
