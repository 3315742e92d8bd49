import { type ProblemCode, problemKinds } from '../problem.ts'
import type { Route } from '../route.ts'

/** What the document says about a route. Health checks have no lane: they are answered in every overload. */
export type DescribedRoute = Pick<Route, 'method' | 'path' | 'caller' | 'operation'> &
  Partial<Pick<Route, 'lane'>>

/** Refusals that every request can meet, whatever its route. */
const everywhere: readonly ProblemCode[] = [
  'bad-request',
  'timeout',
  'expectation-failed',
  'headers-too-large',
  'rate-limited',
  'internal',
]

/** The codes that follow from a route: from its path, its caller, its query and its body. */
const impliedBy = ({ path, caller, lane, operation }: DescribedRoute): readonly ProblemCode[] => [
  ...everywhere,
  ...(lane === undefined ? [] : (['overloaded'] as const)),
  ...(path.includes(':') ? (['not-found'] as const) : []),
  ...(caller === 'anyone' ? [] : (['unauthorized'] as const)),
  ...(caller === 'anyone' || caller === 'shopper' ? [] : (['forbidden'] as const)),
  ...(operation.query === undefined ? [] : (['invalid'] as const)),
  ...(operation.body === undefined
    ? []
    : (['malformed', 'too-large', 'unsupported-media-type', 'invalid'] as const)),
]

const common: ReadonlySet<string> = new Set<ProblemCode>([
  ...everywhere,
  'overloaded',
  'not-found',
  'unauthorized',
])

/** Whether a code says nothing about the operation itself. */
export const isCommonProblem = (code: string): boolean => common.has(code)

/** Every code that a route can answer, by status. */
export const problemsOf = (route: DescribedRoute): Map<number, ProblemCode[]> => {
  const codes = [...new Set([...route.operation.problems, ...impliedBy(route)])]
  return Map.groupBy(codes, (code) => problemKinds[code].status)
}
