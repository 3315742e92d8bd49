import { z } from 'zod'
import {
  type ContradictionRule,
  refuseContradictions,
} from '../platform/connections/refuse-contradictions.ts'
import { trustedPeers } from '../platform/http/trusted-peers.ts'
import { jwtSecret, milliseconds } from '../platform/settings.ts'
import { isSafeKeySetUrl } from '../platform/tokens/read-key-set.ts'

/** Claims that RFC 7519 gives a meaning. */
const registeredClaims = ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti']

/** Headers that a client may send through a gateway, which adds to them. */
const forwardingHeaders = [
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'x-request-id',
]

const safeUrl = 'expected an https:// address without user and password; http:// is for this machine alone'

/** Who says who a caller is, beside JWT_SECRET. */
export const tokenSettings = {
  JWT_PREVIOUS_SECRET: jwtSecret('as JWT_SECRET was before')
    .optional()
    .describe('Tokens that are signed with it are accepted too, while JWT_SECRET is replaced.'),
  JWT_ISSUER: z
    .string()
    .max(1_024)
    .optional()
    .describe('What `iss` of every token must be. Needed with JWKS.'),
  JWT_AUDIENCE: z
    .string()
    .max(1_024)
    .optional()
    .describe('What `aud` of every token must be, or have in its list. Needed with JWKS.'),
  JWKS_FILE: z
    .string()
    .optional()
    .describe('File of the public keys of the token issuer (JWK Set): RS256, ES256 and EdDSA.'),
  JWKS_URL: z
    .string()
    .refine(isSafeKeySetUrl, { error: safeUrl })
    .optional()
    .describe('Address of the same, instead of a file: https, or http on this machine.'),
  JWKS_REFRESH_MS: milliseconds(300_000, 86_400_000).describe(
    'Time between two readings of the keys of the token issuer.',
  ),
  OPERATOR_CLAIM: z
    .string()
    .max(256)
    .refine((name) => !registeredClaims.includes(name), {
      error: `expected a claim of its own, none of ${registeredClaims.join(', ')}`,
    })
    .optional()
    .describe(
      "Claim of an issuer's tokens that has roles of operators: viewer, operator, orders, one or a list. Needs JWKS. Users must not be able to set it themselves.",
    ),
  USER_HEADER: z
    .string()
    .toLowerCase()
    .refine((name) => /^x-[a-z0-9-]{1,60}$/.test(name) && !forwardingHeaders.includes(name), {
      error: 'expected a header that begins with x-, and none of those in which proxies say where they stand',
    })
    .optional()
    .describe(
      'Header in which a gateway says who the shopper is, as x-user-id. It is believed of TRUSTED_GATEWAYS alone.',
    ),
  TRUSTED_GATEWAYS: trustedPeers
    .optional()
    .describe(
      'Addresses or networks (10.1.0.0/16) of the gateways that send USER_HEADER, with commas between: those that connect to the API themselves.',
    ),
}

type Values = z.infer<z.ZodObject<typeof tokenSettings>> & { JWT_SECRET?: string | undefined }

const hasKeys = ({ JWKS_FILE, JWKS_URL }: Values): boolean =>
  JWKS_FILE !== undefined || JWKS_URL !== undefined

const rules: readonly ContradictionRule<Values>[] = [
  {
    setting: 'JWT_SECRET',
    error: `expected the secret that shopper tokens are signed with (HS256), at least 32 bytes; make one with: openssl rand -base64 48`,
    isBroken: (values) =>
      values.JWT_SECRET === undefined && !hasKeys(values) && values.USER_HEADER === undefined,
  },
  {
    setting: 'JWT_PREVIOUS_SECRET',
    error: 'expected another value than JWT_SECRET, and only beside one',
    isBroken: ({ JWT_SECRET, JWT_PREVIOUS_SECRET: previous }) =>
      previous !== undefined && (JWT_SECRET === undefined || JWT_SECRET === previous),
  },
  {
    setting: 'JWKS_URL',
    error: 'expected JWKS_URL or JWKS_FILE, not both',
    isBroken: ({ JWKS_FILE, JWKS_URL }) => JWKS_FILE !== undefined && JWKS_URL !== undefined,
  },
  {
    setting: 'JWT_ISSUER',
    error: 'expected the iss of the tokens: with JWKS it is needed',
    isBroken: (values) => hasKeys(values) && values.JWT_ISSUER === undefined,
  },
  {
    setting: 'JWT_AUDIENCE',
    error: 'expected the aud of the tokens: with JWKS it is needed, since its issuer signs for others too',
    isBroken: (values) => hasKeys(values) && values.JWT_AUDIENCE === undefined,
  },
  {
    setting: 'OPERATOR_CLAIM',
    error: 'expected JWKS_FILE or JWKS_URL beside it: tokens that are signed with a secret make no operators',
    isBroken: (values) => values.OPERATOR_CLAIM !== undefined && !hasKeys(values),
  },
  {
    setting: 'TRUSTED_GATEWAYS',
    error: 'expected the addresses of the gateways that send USER_HEADER: anybody could send it otherwise',
    isBroken: ({ USER_HEADER, TRUSTED_GATEWAYS }) =>
      USER_HEADER !== undefined && TRUSTED_GATEWAYS === undefined,
  },
  {
    setting: 'USER_HEADER',
    error: 'expected the header by which TRUSTED_GATEWAYS say who the shopper is',
    isBroken: ({ USER_HEADER, TRUSTED_GATEWAYS }) =>
      USER_HEADER === undefined && TRUSTED_GATEWAYS !== undefined,
  },
]

/** Refuses settings of tokens that do not fit together, by the name of one of them. */
export const tokenRules = <Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>): z.ZodObject<Shape> =>
  refuseContradictions(schema, rules)
