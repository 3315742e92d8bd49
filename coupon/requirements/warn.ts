import { messageOf } from '../../platform/failure.ts'
import type { Logger } from '../../platform/log/logger.ts'
import { examineInstallation, type Installation } from './examine.ts'

/**
 * One line in the log for each requirement that is not met, when a process starts. Never rejects and holds nobody up: what a server does
 * not tell is left to `npm run doctor`.
 */
export const warnOfRequirements = async (installation: Installation, log: Logger): Promise<void> => {
  try {
    for (const { findings } of await examineInstallation(installation))
      for (const { place, name, status, found, expected, mend } of findings)
        if (status === 'warn' || status === 'fail')
          log.warn(
            { requirement: `${place}: ${name}`, status, found, expected, mend },
            'a requirement is not met',
          )
  } catch (cause) {
    log.warn({ cause: messageOf(cause) }, 'the requirements could not be looked at')
  }
}
