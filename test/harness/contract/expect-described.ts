import { isDeepStrictEqual } from 'node:util'
import { RegExpRouter } from 'hono/router/reg-exp-router'
import type { z } from 'zod'
import type { AnswerHeader, OperationAnswer } from '../../../api/contract/operation.ts'
import { problemShape } from '../../../api/contract/problem-shape.ts'
import { type DescribedRoute, problemsOf } from '../../../api/openapi/implied-problems.ts'
import { type ProblemCode, problemKinds } from '../../../api/problem.ts'
import { describedRoutes } from './described-routes.ts'

type Answer = { status: number; headers: Headers; body: Record<string, unknown> }

const router = new RegExpRouter<DescribedRoute>()
for (const route of describedRoutes) router.add(route.method, route.path, route)

/** What is wrong with a body, in words. Objects strip what they do not know, which is then missing. */
const bodyFaults = (schema: z.ZodType, body: unknown): string[] => {
  const { success, data, error } = schema.safeParse(body)
  if (!success) return error.issues.map(({ path, message }) => `/${path.join('/')}: ${message}`)
  return isDeepStrictEqual(data, body) ? [] : [`a field is not described: only ${JSON.stringify(data)} is`]
}

const described: readonly AnswerHeader[] = ['ETag', 'Location', 'Retry-After']

const answerFaults = (answer: OperationAnswer, { headers, body }: Answer, hasBody: boolean): string[] => {
  const expected = answer.headers ?? []
  const astray = described.filter((name) => headers.has(name) !== expected.includes(name))
  const mediaType = answer.mediaType ?? (answer.schema === undefined ? undefined : 'application/json')
  const sentType = headers.get('content-type')?.split(';')[0]
  // As its other type it is text.
  const isOther = answer.alsoAs !== undefined && sentType === answer.alsoAs
  const isOfType = sentType === mediaType || isOther
  return [
    ...astray.map((name) => `${name} is ${headers.has(name) ? 'not described' : 'missing'}`),
    ...(!hasBody || isOfType ? [] : [`its type is not ${mediaType}`]),
    ...(hasBody && !isOther && answer.schema !== undefined ? bodyFaults(answer.schema, body) : []),
  ]
}

const problemFaults = (codes: readonly string[] | undefined, { status, headers, body }: Answer): string[] => {
  const code = String(body['code'])
  const kind = problemKinds[code as ProblemCode] as (typeof problemKinds)[ProblemCode] | undefined
  return [
    ...bodyFaults(problemShape, body),
    ...(codes?.includes(code) === false ? [`${code} is not described: only ${codes.join(', ')}`] : []),
    ...(kind?.status === status ? [] : [`${code} has another status`]),
    ...(kind?.retryable === true && !headers.has('retry-after') ? ['Retry-After is missing'] : []),
  ]
}

/** What an answer has that the contract does not describe, in words. */
export const contractFaults = (method: string, path: string, answer: Answer): string[] => {
  const route = router.match(method === 'HEAD' ? 'GET' : method, path)[0][0]?.[0]
  const isProblem = answer.headers.get('content-type') === 'application/problem+json'
  const hasBody = method !== 'HEAD' && answer.status !== 204 && answer.status !== 304
  // Another server, or an address that no route has: what it answers is 404 or 405.
  if (route === undefined) return isProblem && hasBody ? problemFaults(undefined, answer) : []
  const codes = problemsOf(route).get(answer.status)
  if (isProblem) return hasBody ? problemFaults(codes ?? [], answer) : []
  const expected = (route.operation.answers as Partial<Record<number, OperationAnswer>>)[answer.status]
  return expected === undefined
    ? [`${answer.status} is not described`]
    : answerFaults(expected, answer, hasBody)
}

/** Fails the test when an answer has anything that the contract does not describe. */
export const expectDescribed = (method: string, url: string, answer: Answer): void => {
  const { pathname } = new URL(url)
  const faults = contractFaults(method, pathname, answer)
  if (faults.length > 0)
    throw new Error(
      `${method} ${pathname} answered ${answer.status} against its contract (api/contract/): ${faults.join('; ')}`,
    )
}
