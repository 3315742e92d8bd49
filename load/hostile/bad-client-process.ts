import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { type CountingProcess, startCountingProcess } from '../processes/counting-process.ts'
import type { BadClientCounts, BadClientTarget } from './bad-client.ts'
import type { BadClientName } from './bad-client-kinds.ts'

const startMs = 10_000
const program = fileURLToPath(new URL('main.ts', import.meta.url))
const counts = z.object({ opened: z.number(), sent: z.number(), answered: z.number(), cut: z.number() })

/**
 * The address that bad clients of a local API come from. Bounds for each address count them apart from
 * everybody else, and only Linux has more than one address of its own without set-up.
 */
export const badClientAddress = (url: string): Pick<BadClientTarget, 'from'> =>
  process.platform === 'linux' && new URL(url).hostname === '127.0.0.1' ? { from: '127.0.0.2' } : {}

/**
 * Starts bad clients of these kinds. They end with this process. Rejects `unavailable` when they do not
 * start.
 */
export const startBadClients = (
  names: readonly BadClientName[],
  target: BadClientTarget,
): Promise<CountingProcess<BadClientCounts>> =>
  startCountingProcess({
    ...{ name: 'bad clients', program, counts, startMs },
    environment: { BAD_CLIENTS: JSON.stringify({ names, target }) },
  })
