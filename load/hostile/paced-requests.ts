import { openPressConnection, type PressConnection } from '../generator/press-connection.ts'
import { type BadClient, type BadClientTarget, noCounts } from './bad-client.ts'

/** Requests at a rate, over connections with one request in flight each. */
export type PacedRequests = {
  connections: number
  /** At most: what finds no free connection is not sent. */
  perSecond: number
  request(): Buffer
}

const tickMs = 5
const reopenAfterMs = 250

/** Sends them until it is stopped, and reads every answer. */
export const paceRequests = (
  { url, from }: Pick<BadClientTarget, 'url' | 'from'>,
  { connections, perSecond, request }: PacedRequests,
): BadClient => {
  const origin = new URL(url)
  const counts = noCounts()
  const open = new Set<PressConnection>()
  let free: PressConnection[] = []
  let isOver = false
  let owed = 0
  let lastMs = performance.now()
  const openOne = (): void => {
    if (isOver) return
    const connection = openPressConnection(
      origin,
      {
        connected() {
          counts.opened += 1
          open.add(connection)
          free.push(connection)
        },
        answered() {
          counts.answered += 1
          free.push(connection)
        },
        closed() {
          if (open.delete(connection)) counts.cut += 1
          free = free.filter((one) => one !== connection)
          setTimeout(openOne, reopenAfterMs)
        },
        fault: () => undefined,
      },
      from,
    )
  }
  for (let count = 0; count < connections; count += 1) openOne()
  const sending = setInterval(() => {
    const nowMs = performance.now()
    // A late tick sends no burst for the time that it missed.
    owed += (Math.min(nowMs - lastMs, 4 * tickMs) * perSecond) / 1_000
    lastMs = nowMs
    for (; owed >= 1; owed -= 1) {
      const connection = free.shift()
      if (connection === undefined) break
      connection.send(request())
      counts.sent += 1
    }
    owed %= 1
  }, tickMs)
  return {
    counts: () => ({ ...counts }),
    stop() {
      isOver = true
      clearInterval(sending)
      for (const connection of open) connection.reset()
    },
  }
}
