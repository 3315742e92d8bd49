import { Pool } from 'undici'

export type HttpAnswer = {
  status: number
  body: string
  retryAfter: string | undefined
  etag: string | undefined
}

/** Single requests to one server, over connections of its own and with a limit on every wait. */
export type HttpPool = {
  /** Rejects when the connection is refused or reset, or the answer takes too long. */
  send(
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    content?: { token?: string; document?: object; ifMatch?: string },
  ): Promise<HttpAnswer>
  close(): Promise<void>
}

export type HttpPoolOptions = {
  /** Origin of the server. */
  url: string
  connections: number
  answerTimeoutMs: number
}

export const createHttpPool = ({ url, connections, answerTimeoutMs }: HttpPoolOptions): HttpPool => {
  const pool = new Pool(url, {
    connections,
    connect: { timeout: answerTimeoutMs },
    headersTimeout: answerTimeoutMs,
    bodyTimeout: answerTimeoutMs,
  })
  return {
    async send(method, path, { token, document, ifMatch } = {}) {
      const response = await pool.request({
        method,
        path,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(document === undefined ? {} : { 'content-type': 'application/json' }),
          ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
        },
        body: document === undefined ? null : JSON.stringify(document),
      })
      const { etag, 'retry-after': retryAfter } = response.headers
      return {
        status: response.statusCode,
        body: await response.body.text(),
        retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
        etag: typeof etag === 'string' ? etag : undefined,
      }
    },
    close: () => pool.destroy(),
  }
}
