import { messageOf } from '../../platform/failure.ts'
import type { Logger } from '../../platform/log/logger.ts'
import { examineInstallation, type Installation } from './examine-installation.ts'

/**
 * Logs one warning for each requirement that is not met, when a process starts. Never rejects; nothing waits
 * for it. What a server does not report is left to `npm run doctor`.
 */
export const logUnmetRequirements = async (installation: Installation, log: Logger): Promise<void> => {
  try {
    for (const { findings } of await examineInstallation(installation))
      for (const { place, name, level, found, expected, fix } of findings)
        if (level === 'warning' || level === 'failed')
          log.warn(
            { requirement: `${place}: ${name}`, finding: level, found, expected, fix },
            'a requirement is not met',
          )
  } catch (cause) {
    log.warn({ cause: messageOf(cause) }, 'the requirements could not be examined')
  }
}
