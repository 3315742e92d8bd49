import { healthOperations } from '../contract/health-operations.ts'
import type { Operation } from '../contract/operation.ts'
import type { DescribedRoute } from '../openapi/implied-problems.ts'
import { createOpenApiDocument } from '../openapi/openapi-document.ts'
import { referencePage } from '../openapi/reference-page.ts'
import { referencePolicy } from '../openapi/reference-style.ts'
import type { Route } from '../route.ts'

const headers = { 'Cache-Control': 'public, max-age=3600', 'X-Content-Type-Options': 'nosniff' }
const jsonHeaders = { 'Content-Type': 'application/json', ...headers }
const pageHeaders = {
  ...{ 'Content-Type': 'text/html; charset=UTF-8', ...headers },
  ...{ 'Content-Security-Policy': referencePolicy, 'Referrer-Policy': 'no-referrer' },
}

const page = (
  path: string,
  operation: Pick<Operation, 'id' | 'summary' | 'answers'>,
  write: () => Response,
): Route => ({
  ...{ method: 'GET', path, lane: 'read', caller: 'anyone' },
  operation: { ...operation, problems: [] },
  handle: write,
})

/** Adds the routes that show the contract: of all routes, of themselves and of the health checks. */
export const withOpenApi = (routes: readonly Route[]): Route[] => {
  let made: { document: string; page: string } | undefined
  /** Made at the first request, because no press needs it. */
  const contract = () => {
    if (made === undefined) {
      const openApi = createOpenApiDocument(described)
      made = { document: JSON.stringify(openApi), page: referencePage(openApi) }
    }
    return made
  }
  const pages = [
    page(
      '/openapi.json',
      {
        id: 'readContract',
        summary: 'This contract, for programs',
        answers: { 200: { description: 'OpenAPI 3.1.', mediaType: 'application/json' } },
      },
      () => new Response(contract().document, { headers: jsonHeaders }),
    ),
    page(
      '/docs',
      {
        id: 'readReference',
        summary: 'This contract, for people',
        answers: { 200: { description: 'A page without scripts.', mediaType: 'text/html' } },
      },
      () => new Response(contract().page, { headers: pageHeaders }),
    ),
  ]
  const described: readonly DescribedRoute[] = [...routes, ...pages, ...healthOperations]
  return [...routes, ...pages]
}
