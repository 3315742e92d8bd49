/** What a token says, once its signature is good. */
export type Claims = Readonly<Record<string, unknown>>

/**
 * What a token is worth. `refused`: in words for its owner, what is wrong with it. `waiting`: the key that it
 * names may be among those that are being read.
 */
export type TokenVerdict =
  | { kind: 'user'; userId: string; claims: Claims }
  | { kind: 'refused'; reason: string }
  | { kind: 'waiting' }

/** What a token must say beside a good signature. */
export type ClaimRules = {
  /** Tolerance for the clock of the issuer. */
  leewayMs: number
  /** Epoch milliseconds. */
  now(): number
  /** `iss` must be this. */
  issuer?: string | undefined
  /** `aud` must be this, or a list with it. */
  audience?: string | undefined
  /** Tokens that never expire are refused. */
  needsExpiry?: boolean
}

/** The longest token that is read, in characters. Half of the longest head of a request. */
export const tokenLengthMax = 8_192

const refused = (reason: string): TokenVerdict => ({ kind: 'refused', reason })
// One object each: a refusal allocates nothing.
export const tokenRefusals = {
  form: refused('The token is not a JWT: three parts in base64url, with periods between.'),
  length: refused(`The token is longer than ${tokenLengthMax} characters.`),
  signature: refused('The token is not signed for this server (HS256).'),
  key: refused('The token is not signed with a key of the issuer (RS256, ES256 or EdDSA).'),
  header: refused('The header of the token must be a JSON object with alg HS256 and without crit.'),
  keyHeader: refused('The header of the token must be a JSON object with alg and kid, and without crit.'),
  payload: refused('The payload of the token must be a JSON object.'),
  expiry: refused('exp of the token must be a number of seconds since 1970.'),
  start: refused('nbf of the token must be a number of seconds since 1970.'),
  expired: refused('The token has expired.'),
  early: refused('The token is not valid yet.'),
  issuer: refused('iss of the token is not the issuer that this server trusts.'),
  audience: refused('aud of the token does not have this server.'),
  subject: refused('sub of the token must be a string: the id of the user.'),
} as const

/** RFC 4648, section 5, without padding; spare bits of the last character are zero. */
export const base64urlPattern = /^(?:[\w-]{4})*(?:[\w-][AQgw]|[\w-]{2}[AEIMQUYcgkosw048])?$/

/** The JSON object in a part of a token; `undefined` for anything else. */
export const decodeTokenPart = (part: string): Claims | undefined => {
  if (!base64urlPattern.test(part)) return undefined
  try {
    const document: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    if (typeof document !== 'object' || document === null || Array.isArray(document)) return undefined
    return document as Claims
  } catch {
    return undefined
  }
}

/** The three parts of a token as they were sent. */
export type TokenParts = { header: string; payload: string; signature: string; signed: string }

/** Splits a token (RFC 7515, section 7.1) and decodes nothing. Refuses what is too long or no three parts. */
export const splitToken = (token: string): TokenParts | TokenVerdict => {
  if (token.length > tokenLengthMax) return tokenRefusals.length
  const headerEnd = token.indexOf('.')
  const payloadEnd = token.indexOf('.', headerEnd + 1)
  const signature = token.slice(payloadEnd + 1)
  if (headerEnd < 1 || payloadEnd < 0 || signature.includes('.')) return tokenRefusals.form
  return {
    header: token.slice(0, headerEnd),
    payload: token.slice(headerEnd + 1, payloadEnd),
    signature,
    signed: token.slice(0, payloadEnd),
  }
}

const isTime = (value: unknown): value is number | undefined => value === undefined || Number.isFinite(value)

const hasAudience = (given: unknown, audience: string): boolean =>
  Array.isArray(given) ? given.includes(audience) : given === audience

/** From when on a token is refused, in epoch milliseconds; `undefined` when it never expires. */
export const expiryOf = ({ exp }: Claims, { leewayMs }: Pick<ClaimRules, 'leewayMs'>): number | undefined =>
  typeof exp === 'number' ? exp * 1_000 + leewayMs : undefined

/** Judges the payload of a token whose signature is good. */
export const judgeClaims = (claims: Claims, rules: ClaimRules): TokenVerdict => {
  const { exp, nbf, sub } = claims
  if (!isTime(exp) || (exp === undefined && rules.needsExpiry === true)) return tokenRefusals.expiry
  if (!isTime(nbf)) return tokenRefusals.start
  const nowMs = rules.now()
  if (nowMs >= (expiryOf(claims, rules) ?? Number.POSITIVE_INFINITY)) return tokenRefusals.expired
  if (nbf !== undefined && nowMs < nbf * 1_000 - rules.leewayMs) return tokenRefusals.early
  if (rules.issuer !== undefined && claims['iss'] !== rules.issuer) return tokenRefusals.issuer
  if (rules.audience !== undefined && !hasAudience(claims['aud'], rules.audience))
    return tokenRefusals.audience
  return typeof sub === 'string' ? { kind: 'user', userId: sub, claims } : tokenRefusals.subject
}
