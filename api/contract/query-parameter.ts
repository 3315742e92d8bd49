import type { HttpContext } from '../route.ts'

/**
 * A parameter of the query; `undefined` when it is left out. A repeated one is empty, which no parameter may
 * be: of two values nobody knows which is meant.
 */
export const readParameter = (context: HttpContext, name: string): string | undefined => {
  const given = context.req.queries(name)
  return given === undefined || given.length === 1 ? given?.[0] : ''
}
