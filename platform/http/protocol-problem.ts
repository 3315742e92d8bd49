/** What can be wrong with a request before an application sees it. */
export type ProtocolProblemCode =
  | 'bad-request'
  | 'timeout'
  | 'too-large'
  | 'expectation-failed'
  | 'headers-too-large'

type ProtocolProblemKind = { status: 400 | 408 | 413 | 417 | 431; title: string }

/** Status and title of each. */
export const protocolProblemKinds: Record<ProtocolProblemCode, ProtocolProblemKind> = {
  'bad-request': { status: 400, title: 'Bad request' },
  timeout: { status: 408, title: 'Request timeout' },
  'too-large': { status: 413, title: 'Body too large' },
  'expectation-failed': { status: 417, title: 'Expectation failed' },
  'headers-too-large': { status: 431, title: 'Headers too large' },
}

/** Headers of every problem document. */
export const problemHeaders = {
  'Content-Type': 'application/problem+json',
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
}

/** An RFC 9457 problem document as JSON. Its `type` is a page of the API, `/problems/{code}`. */
export const toProblemText = (
  code: string,
  { status, title }: { status: number; title: string },
  detail: string,
  fields: Record<string, unknown> = {},
): string => JSON.stringify({ type: `/problems/${code}`, title, status, detail, code, ...fields })

/** The 400 for a head that can be read and must not be followed. */
export const badRequestResponse = (detail: string): Response => {
  const kind = protocolProblemKinds['bad-request']
  return new Response(toProblemText('bad-request', kind, detail), {
    status: kind.status,
    headers: problemHeaders,
  })
}
