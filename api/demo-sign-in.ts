import { randomUUIDv7 } from 'node:crypto'
import { createTokenSigner } from '../platform/http/token.ts'
import type { PagesOptions } from './routes/pages.ts'

const lifetimeSeconds = 86_400

/** Signs in shoppers who are made up, where the settings allow it and there is a secret to sign with. */
export const demoSignInOf = ({
  DEMO_SIGN_IN,
  JWT_SECRET,
}: {
  DEMO_SIGN_IN: 'true' | 'false'
  JWT_SECRET?: string | undefined
}): PagesOptions['demoSignIn'] => {
  if (DEMO_SIGN_IN !== 'true' || JWT_SECRET === undefined) return undefined
  const sign = createTokenSigner(JWT_SECRET)
  return () => ({ token: sign(`demo-${randomUUIDv7()}`, lifetimeSeconds) })
}
