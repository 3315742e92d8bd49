import type { IncomingMessage } from 'node:http'

const readOnMs = 500

const hasBody = ({ headers }: IncomingMessage): boolean =>
  'transfer-encoding' in headers || headers['content-length'] !== undefined

/**
 * What follows the answer to a request whose body was not read, or `undefined` when it has none. Node reads
 * on after an answer, without an end. A body that is still not whole half a second later closes its
 * connection. When it was closed at once, a third of the clients with 1 MB lost their answer.
 */
export const leaveRestOfBody = (request: IncomingMessage): (() => void) | undefined => {
  if (!hasBody(request)) return undefined
  return () => {
    if (request.complete) return
    request.resume()
    setTimeout(() => {
      if (!request.complete) request.socket.destroySoon()
    }, readOnMs).unref()
  }
}
