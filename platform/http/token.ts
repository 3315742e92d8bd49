import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'

/**
 * What a token is worth. `claims`: all of its payload, as it was parsed. `refused`: in words for its owner,
 * what is wrong with it.
 */
export type TokenVerdict =
  | { kind: 'user'; userId: string; claims: Readonly<Record<string, unknown>> }
  | { kind: 'refused'; reason: string }

export type TokenVerifierOptions = {
  secret: string
  /** Tolerance for the clock of the issuer. */
  leewayMs: number
  /** Epoch milliseconds. */
  now(): number
}

/** The longest token that is read, in characters. Half of the longest head of a request. */
export const tokenLengthMax = 8_192

const refused = (reason: string): TokenVerdict => ({ kind: 'refused', reason })
// One object each: a refusal allocates nothing.
const refusals = {
  form: refused('The token is not a JWT: three parts in base64url, with periods between.'),
  length: refused(`The token is longer than ${tokenLengthMax} characters.`),
  signature: refused('The token is not signed for this server (HS256).'),
  header: refused('The header of the token must be a JSON object with alg HS256 and without crit.'),
  payload: refused('The payload of the token must be a JSON object.'),
  expiry: refused('exp of the token must be a number of seconds since 1970.'),
  start: refused('nbf of the token must be a number of seconds since 1970.'),
  expired: refused('The token has expired.'),
  early: refused('The token is not valid yet.'),
  subject: refused('sub of the token must be a string: the id of the user.'),
} as const

/** HS256 in base64url: 43 characters for 32 bytes. */
const signatureLength = 43
/** The last character of 32 bytes has two spare bits, which are zero. */
const signaturePattern = /^[\w-]{42}[AEIMQUYcgkosw048]$/
/** RFC 4648, section 5, without padding; spare bits of the last character are zero. */
const base64urlPattern = /^(?:[\w-]{4})*(?:[\w-][AQgw]|[\w-]{2}[AEIMQUYcgkosw048])?$/

const sign = (key: KeyObject, text: string): string =>
  createHmac('sha256', key).update(text).digest('base64url')

const encode = (document: object): string => Buffer.from(JSON.stringify(document)).toString('base64url')

/** The JSON object in a part of a token whose signature is good; `undefined` for anything else. */
const decode = (part: string): Record<string, unknown> | undefined => {
  if (!base64urlPattern.test(part)) return undefined
  try {
    const document: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    if (typeof document !== 'object' || document === null || Array.isArray(document)) return undefined
    return document as Record<string, unknown>
  } catch {
    // Only an owner of the secret gets here, so the cost of the exception does not matter.
    return undefined
  }
}

const isTime = (value: unknown): value is number | undefined => value === undefined || Number.isFinite(value)

const judge = (claims: Record<string, unknown>, { leewayMs, now }: TokenVerifierOptions): TokenVerdict => {
  const { exp, nbf, sub } = claims
  if (!isTime(exp)) return refusals.expiry
  if (!isTime(nbf)) return refusals.start
  const nowMs = now()
  if (exp !== undefined && nowMs >= exp * 1_000 + leewayMs) return refusals.expired
  if (nbf !== undefined && nowMs < nbf * 1_000 - leewayMs) return refusals.early
  return typeof sub === 'string' ? { kind: 'user', userId: sub, claims } : refusals.subject
}

/**
 * Signs shopper tokens (JWT, HS256) that are valid for `lifetimeSeconds`. For tests, load runs and
 * development.
 */
export const createTokenSigner = (secret: string): ((userId: string, lifetimeSeconds: number) => string) => {
  const key = createSecretKey(secret, 'utf8')
  const header = encode({ alg: 'HS256', typ: 'JWT' })
  return (userId, lifetimeSeconds) => {
    const exp = Math.floor(Date.now() / 1_000) + lifetimeSeconds
    const signed = `${header}.${encode({ sub: userId, exp })}`
    return `${signed}.${sign(key, signed)}`
  }
}

/**
 * Verifies shopper tokens: JWT in compact form, HS256 and nothing else (RFC 7515, 7518 and 7519). The
 * signature is checked before anything of the token is read, and a refusal throws nothing. fast-jwt throws
 * twice, with a stack each time; docs/decisions/017 has the costs.
 */
export const createTokenVerifier = (options: TokenVerifierOptions): ((token: string) => TokenVerdict) => {
  const key = createSecretKey(options.secret, 'utf8')
  const [given, expected] = [Buffer.alloc(signatureLength), Buffer.alloc(signatureLength)]
  // Nearly all tokens of an issuer have the same header.
  let goodHeader = ''

  const isSigned = (signed: string, signature: string): boolean => {
    given.write(signature, 'latin1')
    expected.write(sign(key, signed), 'latin1')
    return timingSafeEqual(given, expected)
  }

  return (token) => {
    if (token.length > tokenLengthMax) return refusals.length
    const headerEnd = token.indexOf('.')
    const payloadEnd = token.indexOf('.', headerEnd + 1)
    const signature = token.slice(payloadEnd + 1)
    if (headerEnd < 1 || payloadEnd < 0 || signature.includes('.')) return refusals.form
    if (!signaturePattern.test(signature) || !isSigned(token.slice(0, payloadEnd), signature))
      return refusals.signature
    const headerPart = token.slice(0, headerEnd)
    if (headerPart !== goodHeader) {
      const header = decode(headerPart)
      if (header?.['alg'] !== 'HS256' || 'crit' in header) return refusals.header
      goodHeader = headerPart
    }
    const payload = decode(token.slice(headerEnd + 1, payloadEnd))
    return payload === undefined ? refusals.payload : judge(payload, options)
  }
}
