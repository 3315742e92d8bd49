import { createHmac } from 'node:crypto'
import { inject } from 'vitest'

const encode = (document: object): string => Buffer.from(JSON.stringify(document)).toString('base64url')

/** A shopper's token that says more than who it is for. */
export const tokenWithClaims = (userId: string, claims: Record<string, unknown>): string => {
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ ...claims, sub: userId })}`
  const key = inject('environment')['JWT_SECRET'] ?? ''
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`
}
