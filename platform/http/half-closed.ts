import type { Server } from 'node:http'

/**
 * Answers clients that close their side after the request and go on reading. On the wire they look like those
 * who have gone. So they get `answerMs`. Then the connection is closed, and a request that waits is dropped.
 */
export const answerHalfClosed = (
  server: Server & { httpAllowHalfOpen?: boolean },
  answerMs: number,
): void => {
  server.httpAllowHalfOpen = true
  server.on('connection', (socket) => {
    socket.once('end', () => {
      // Node has ended a connection on which no answer is due.
      if (socket.writableEnded) return
      const patience = setTimeout(() => socket.destroy(), answerMs)
      socket.once('close', () => clearTimeout(patience))
    })
  })
}
