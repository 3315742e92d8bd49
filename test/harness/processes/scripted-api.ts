import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * What is answered. `nothing` leaves the client waiting; `drop` closes the connection, and `cut` does so in
 * the middle of the answer. A body that is a text is sent as it is.
 */
export type ScriptedReply =
  | { status: number; body?: object | string; retryAfter?: string }
  | 'nothing'
  | 'drop'
  | 'cut'

/** One request of a shopper whose token is `token of <user>`. `target` is its path with the query. */
export type Asked = { act: 'press' | 'outcome'; userId: string; atMs: number; port: number; target: string }

/** An API with scripted answers, which records its requests. */
export type ScriptedApi = {
  url: string
  requests: readonly Asked[]
  close(): Promise<void>
}

/** Starts one. `reply` decides by the request and by how many came before it. */
export const startScriptedApi = async (
  reply: (request: Asked, index: number) => ScriptedReply,
): Promise<ScriptedApi> => {
  const requests: Asked[] = []
  const server = createServer((request, response) => {
    const asked: Asked = {
      act: request.method === 'POST' ? 'press' : 'outcome',
      userId: (request.headers.authorization ?? '').replace('Bearer token of ', ''),
      atMs: performance.now(),
      port: request.socket.remotePort ?? 0,
      target: request.url ?? '',
    }
    const said = reply(asked, requests.push(asked) - 1)
    if (said === 'nothing') return
    if (said === 'drop') {
      request.socket.destroy()
      return
    }
    if (said === 'cut') {
      response.writeHead(201, { 'content-length': 1_000 }).write('{"id":', () => request.socket.destroy())
      return
    }
    if (said.retryAfter !== undefined) response.setHeader('retry-after', said.retryAfter)
    const body = typeof said.body === 'string' ? said.body : JSON.stringify(said.body ?? {})
    setImmediate(() => response.writeHead(said.status).end(body))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  return {
    ...{ url: `http://127.0.0.1:${port}`, requests },
    async close() {
      if (!server.listening) return
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
