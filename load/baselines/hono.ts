import type { RequestListener } from 'node:http'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import type { CouponAnswers } from './coupon-answers.ts'

/** Bare Hono as fast as it can be written: plain answers, and no web Headers on either side. */
export const createHonoListener = (answers: CouponAnswers): RequestListener => {
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.post('/v1/campaigns/:campaignId/coupons', ({ env, req }) => {
    const { authorization } = env.incoming.headers
    const { status, headers, body } = answers.press(authorization, req.param('campaignId'))
    return new Response(body, { status, headers })
  })
  app.get('/v1/coupons', ({ env }) => {
    const { status, headers, body } = answers.list(env.incoming.headers.authorization)
    return new Response(body, { status, headers })
  })
  const listener = getRequestListener((request, bindings) => app.fetch(request, bindings))
  return (request, response) => void listener(request, response)
}
