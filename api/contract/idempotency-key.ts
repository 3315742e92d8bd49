import { createHash } from 'node:crypto'
import { z } from 'zod'

/** The longest key that is accepted. */
const idempotencyKeyLengthMax = 255

/** A string of RFC 9651 (structured fields), or the same characters without quotes. */
const quoted = /^"((?:[\x20-\x21\x23-\x5B\x5D-\x7E]|\\["\\])+)"$/
const bare = /^[A-Za-z0-9._~:+/=-]+$/

/** The header as clients see it. */
export const idempotencyKeyValue = z
  .string()
  .regex(/^(?:"(?:[ !#-[\]-~]|\\["\\]){1,255}"|[A-Za-z0-9._~:+/=-]{1,255})$/)
  .meta({
    description: 'A string of 1 to 255 characters in quotes, or a bare token.',
    examples: ['"black-friday-2030"'],
  })

/**
 * Reads an Idempotency-Key header (draft-ietf-httpapi-idempotency-key-header): a string in quotes, or a bare
 * token. `undefined` when it is malformed, empty or longer than `idempotencyKeyLengthMax` characters.
 */
export const parseIdempotencyKey = (header: string): string | undefined => {
  const text = header.trim()
  const key = quoted.exec(text)?.[1]?.replaceAll(/\\(["\\])/g, '$1') ?? (bare.test(text) ? text : undefined)
  return key === undefined || key.length > idempotencyKeyLengthMax ? undefined : key
}

/** SHA-256 of a text. */
export const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest()
