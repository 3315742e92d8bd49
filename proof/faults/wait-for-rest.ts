import { setTimeout as wait } from 'node:timers/promises'
import type { GateSurveyor } from '../../coupon/gate/gate-surveyor.ts'
import type { LedgerReader } from '../../load/ledger/ledger-reader.ts'
import { messageOf } from '../../platform/failure.ts'
import type { Stack } from './stack.ts'

export type RestOptions = {
  stack: Stack
  gate: Pick<GateSurveyor, 'survey'>
  ledger: Pick<LedgerReader, 'count'>
  campaignId: string
  limitMs: number
  now(): number
}

const pauseMs = 100
const answerWithinMs = 1_000

const findUnready = async (stack: Stack): Promise<string | undefined> => {
  for (const { name, url } of [...stack.apis, ...stack.workers]) {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(answerWithinMs) })
    const body = await response.text()
    if (response.status !== 200) return `${name} is not ready: ${body}`
  }
  return undefined
}

/** What is still moving; undefined when everything is at rest. Rejects when a part does not answer. */
const findMoving = async ({ stack, gate, ledger, campaignId }: RestOptions): Promise<string | undefined> => {
  const surveyed = await gate.survey(campaignId)
  if (surveyed.kind !== 'armed')
    return `the gate is ${surveyed.kind === 'missing' ? surveyed.kind : surveyed.reason}`
  if (surveyed.isHalted) return 'the gate is halted, and the ledger has not recorded that'
  if (surveyed.entries > 0) return `the outbox has ${surveyed.grantsPending} grants`
  const rows = await ledger.count(campaignId)
  if (rows !== surveyed.granted) return `${surveyed.granted} coupons are granted, ${rows} have a row`
  return findUnready(stack)
}

/**
 * Waits until everything is at rest. After `limitMs` it resolves with what is still moving or does not
 * answer.
 */
export const waitForRest = async (options: RestOptions): Promise<string | undefined> => {
  const untilMs = options.now() + options.limitMs
  for (;;) {
    const moving = await findMoving(options).catch(messageOf)
    if (moving === undefined || options.now() >= untilMs) return moving
    await wait(pauseMs)
  }
}
