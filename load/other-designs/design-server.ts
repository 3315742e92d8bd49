import type { RequestListener, ServerResponse } from 'node:http'
import { createTokenVerifier } from '../../platform/http/token.ts'

/** Decides a press of this user. */
export type DesignAnswers = (userId: string) => Promise<'granted' | 'already' | 'sold-out'>

const statuses = { granted: 201, already: 200, 'sold-out': 409 }

/** Answers presses by HTTP with the token check of the API. */
export const createDesignListener = (decide: DesignAnswers, jwtSecret: string): RequestListener => {
  const verify = createTokenVerifier({ secret: jwtSecret, leewayMs: 5_000, now: Date.now })
  const serve = async (authorization: string | undefined, response: ServerResponse): Promise<void> => {
    const answer = (status: number, document: unknown): void => {
      const body = JSON.stringify(document)
      const length = Buffer.byteLength(body)
      response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': length }).end(body)
    }
    const verdict = verify(authorization?.slice('Bearer '.length) ?? '')
    if (verdict.kind !== 'user') return answer(401, { code: 'unauthorized' })
    try {
      const decision = await decide(verdict.userId)
      answer(statuses[decision], { decision, userId: verdict.userId })
    } catch {
      answer(503, { code: 'unavailable' })
    }
  }
  return ({ headers }, response) => void serve(headers.authorization, response)
}
