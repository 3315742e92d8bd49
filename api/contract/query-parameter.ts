import type { HttpContext } from '../route.ts'

/**
 * A parameter of the query; `undefined` when it is left out. A repeated one is empty, which no parameter may
 * be: of two values nobody knows which is meant.
 */
export const readParameter = (context: HttpContext, name: string): string | undefined => {
  const text = context.req.query(name)
  return text === undefined || context.req.queries(name)?.length === 1 ? text : ''
}
