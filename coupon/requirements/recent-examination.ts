import { messageOf } from '../../platform/failure.ts'
import type { Logger } from '../../platform/log/logger.ts'
import { withTimeout } from '../../platform/with-timeout.ts'
import type { Examination } from './finding.ts'

/** What was found about the servers, a short time ago. */
export type RecentExamination = {
  /**
   * At most `ageMaxMs` old, or `rememberMs` when left out. Waits at most `timeoutMs`. `undefined` when it is
   * not known by then; ask again. Never rejects.
   */
  read(ageMaxMs?: number): Promise<{ examinations: Examination[]; atMs: number } | undefined>
}

export type RecentExaminationOptions = {
  examine(): Promise<Examination[]>
  log: Logger
  rememberMs: number
  timeoutMs: number
  now(): number
  monotonicMs(): number
}

/** All who ask at a time share one examination: it asks every server many questions. */
export const createRecentExamination = (options: RecentExaminationOptions): RecentExamination => {
  const { log, now, monotonicMs } = options
  let running: Promise<{ examinations: Examination[]; atMs: number } | undefined> | undefined
  let known: { examinations: Examination[]; atMs: number; readAtMs: number } | undefined

  const run = async (): Promise<typeof known> => {
    try {
      const examinations = await options.examine()
      known = { examinations, atMs: now(), readAtMs: monotonicMs() }
      return known
    } catch (cause) {
      log.warn({ cause: messageOf(cause) }, 'the requirements could not be examined')
      return undefined
    }
  }

  return {
    async read(ageMaxMs = options.rememberMs) {
      if (known !== undefined && monotonicMs() - known.readAtMs <= ageMaxMs) return known
      running ??= run().finally(() => {
        running = undefined
      })
      return withTimeout(running, options.timeoutMs, 'the servers: no answer').catch(() => undefined)
    },
  }
}
