import type { BadClientCounts } from '../../../load/hostile/bad-client.ts'
import { badClientNames } from '../../../load/hostile/bad-client-kinds.ts'
import { badClientAddress, startBadClients } from '../../../load/hostile/bad-client-process.ts'
import type { CountingProcess } from '../../../load/processes/counting-process.ts'
import { chosen } from '../random.ts'
import { disturbanceKind, type FaultKind } from './fault-kind.ts'

// A fifth of 30,000 requests a second: the system shares its two cores with all of them.
const share = 0.2
const tokenLifetimeSeconds = 3_600

/** Every kind of bad client at one API process, while people press. */
const apiBadClients = disturbanceKind(
  'api',
  'bad-clients',
  [2_000, 6_000],
  ({ stack, campaignId, sign }, [chance]) => {
    let clients: CountingProcess<BadClientCounts> | undefined
    return {
      // The process may be killed or paused meanwhile.
      target: 'bad-clients',
      async strike() {
        const { url } = chosen(stack.apis, chance)
        const token = sign(`bad-client-${campaignId.slice(-8)}`, tokenLifetimeSeconds)
        const target = { url, ...badClientAddress(url), campaignId, token, share }
        clients = await startBadClients(badClientNames, target)
        return true
      },
      heal: async () => void (await clients?.stop()),
    }
  },
)

/** What other clients do to the API. */
export const clientKinds: readonly FaultKind[] = [apiBadClients]
