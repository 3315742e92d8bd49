import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { messageOf } from '../../platform/failure.ts'
import type { Logger } from '../../platform/log/logger.ts'
import type { CurrentRedis } from '../deployment/current-redis.ts'
import type { UnrecordedCampaigns, UnrecordedLook } from '../gate/unrecorded-campaigns.ts'
import { isBelow } from '../ledger/positions.ts'
import type { LogEnds } from '../log/log-ends.ts'

/**
 * Keeps the notes of unrecorded campaigns short and complete: lists of coupons ask the gates of noted
 * campaigns alone (docs/protocol.md, section 6).
 */
export type Settling = {
  /**
   * Takes out the notes of campaigns whose grants the ledger has. Completes the notes of a server that lost
   * memory. Never rejects: what fails is tried again at the next step.
   */
  step(): Promise<void>
}

export type SettlingOptions = {
  unrecorded: UnrecordedCampaigns
  /** The live campaigns of this ledger: another one knows nothing of their grants. */
  campaigns(): readonly { id: string }[]
  logEnds: LogEnds
  currentRedis: CurrentRedis
  /** How long a cut-off old master may confirm beside its successor. */
  failoverWaitMs(): Promise<number>
  /** One worker of all is enough to take notes out, because each try marks the log. */
  isInCharge(): boolean
  log: Logger
}

/** A ledger that is further behind is looked at again by the next step. */
const ledgerWaitMs = 5_000

export const createSettling = (options: SettlingOptions): Settling => {
  const { unrecorded, logEnds, log } = options

  /**
   * What this server confirmed before it lost its memory is in the log before the marks. The claim is written
   * before the ledger is asked which server is current: a server that is left has no claim afterwards.
   */
  const complete = async (): Promise<void> => {
    const claim = randomUUID()
    const fence = await unrecorded.claim(claim)
    if (fence === undefined) return
    // safeguard: notes are complete on the current Redis alone
    if ((await options.currentRedis.claim()).kind !== 'current') return
    // safeguard: notes are complete after the replication lag
    await wait(await options.failoverWaitMs())
    const ends = await logEnds.mark('settling')
    // safeguard: notes are complete once the ledger has every confirmed grant
    if (!(await logEnds.waitForLedgerWithin(ends, ledgerWaitMs))) return
    const completed = await unrecorded.complete(claim, fence, ends)
    log.info({ completed }, 'settling: lists of coupons are complete once this Redis has all notes')
  }

  /** The notes of campaigns all of whose grants were confirmed. */
  const confirmedNotes = async ({ notes }: UnrecordedLook): Promise<Map<string, string>> => {
    const known = new Set(options.campaigns().map(({ id }) => id))
    const due = [...notes].filter(([id]) => known.has(id))
    // safeguard: a note stays while a grant is pending
    const pending = await Promise.all(due.map(([id]) => unrecorded.hasPending(id)))
    return new Map(due.filter((_, index) => pending[index] === false))
  }

  const settle = async (): Promise<void> => {
    const look = await unrecorded.look()
    if (!look.isComplete) return complete()
    if (!options.isInCharge()) return
    const confirmed = await confirmedNotes(look)
    if (confirmed.size === 0) return
    const ends = await logEnds.mark('settling')
    // What was noted as recorded is of another log, which went further than this one.
    if (isBelow(ends, look.recorded)) return complete()
    // safeguard: a note is taken out once the ledger has its grants
    if (!(await logEnds.waitForLedgerWithin(ends, ledgerWaitMs))) return
    await unrecorded.remove(confirmed, ends)
  }

  return {
    async step() {
      try {
        await settle()
      } catch (cause) {
        log.debug({ cause: messageOf(cause) }, 'settling: failed, trying again later')
      }
    },
  }
}
