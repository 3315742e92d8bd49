import { connect, type Socket } from 'node:net'
import { type BadClient, type BadClientTarget, noCounts } from './bad-client.ts'

/** Connections that never read, and are opened again when the API closes them. */
export type ReopenedConnections = {
  connections: number
  /** From the close of a connection until it is opened again, so that the rate is bounded. */
  reopenAfterMs: number
  /** Called once for each connection that is open. Returns how many requests it wrote. */
  begin(socket: Socket): number
  /** Called at this interval for each open connection that has nothing left to write. */
  everyMs: number
  go(socket: Socket): number
}

// All at once would measure the backlog of the system.
const openedTogetherMax = 50
const openingIntervalMs = 20

/** Opens them some at a time, and keeps them until they are stopped. */
export const keepConnections = (
  { url, from }: Pick<BadClientTarget, 'url' | 'from'>,
  { connections, reopenAfterMs, begin, everyMs, go }: ReopenedConnections,
): BadClient => {
  const { hostname, port } = new URL(url)
  const address = {
    host: hostname,
    port: Number(port),
    ...(from === undefined ? {} : { localAddress: from }),
  }
  const counts = noCounts()
  const open = new Set<Socket>()
  let missing = connections
  let isOver = false
  const openOne = (): void => {
    missing -= 1
    const socket = connect(address)
    let going: NodeJS.Timeout | undefined
    socket.pause()
    socket.on('connect', () => {
      counts.opened += 1
      open.add(socket)
      counts.sent += begin(socket)
      going = setInterval(() => {
        if (socket.writableLength === 0) counts.sent += go(socket)
      }, everyMs)
    })
    // The close follows.
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearInterval(going)
      if (open.delete(socket)) counts.cut += 1
      setTimeout(() => (missing += 1), reopenAfterMs)
    })
  }
  const opening = setInterval(() => {
    for (let count = 0; !isOver && missing > 0 && count < openedTogetherMax; count += 1) openOne()
  }, openingIntervalMs)
  return {
    counts: () => ({ ...counts }),
    stop() {
      isOver = true
      clearInterval(opening)
      for (const socket of open) {
        open.delete(socket)
        socket.resetAndDestroy()
      }
    },
  }
}
