import type { z } from 'zod'
import type { FieldError } from '../problem.ts'

const pointerOf = (issuePath: readonly PropertyKey[]): string =>
  issuePath.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

/** What a schema found wrong, as JSON pointers (RFC 6901) with what was expected. */
export const fieldErrors = (issues: readonly z.core.$ZodIssue[]): FieldError[] =>
  issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ pointer: pointerOf([...issue.path, key]), message: 'unknown field' }))
      : [{ pointer: pointerOf(issue.path), message: issue.message }],
  )
