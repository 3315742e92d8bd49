import { hash } from 'node:crypto'
import { z } from 'zod'

/** If-None-Match, as the document describes it. */
export const ifNoneMatchValue = z
  .string()
  .max(1_000)
  .optional()
  .describe('The `ETag` of an earlier answer: 304 while it is still the same.')

/** A weak entity tag of a text (RFC 9110, section 8.8.3): the same text has the same tag on every process. */
export const weakTagOf = (text: string): string => `W/"${hash('sha256', text, 'base64url').slice(0, 22)}"`

/**
 * Whether If-None-Match names this tag, or any (`*`). Tags are compared weakly (section 13.1.2); what is no
 * tag matches nothing.
 */
export const isNotModified = (header: string | undefined, tag: string): boolean =>
  header !== undefined &&
  (header.trim() === '*' ||
    header.split(',').some((one) => one.trim().replace(/^W\//, '') === tag.replace(/^W\//, '')))
