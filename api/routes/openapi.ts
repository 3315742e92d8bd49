import { healthOperations } from '../contract/health-operations.ts'
import type { Operation } from '../contract/operation.ts'
import type { DescribedRoute } from '../openapi/implied-problems.ts'
import { createOpenApiDocument } from '../openapi/openapi-document.ts'
import { referencePage } from '../openapi/reference-page.ts'
import { pageHeaders } from '../page-headers.ts'
import type { Route } from '../route.ts'

const headers = { 'Cache-Control': 'public, max-age=3600', 'X-Content-Type-Options': 'nosniff' }
const jsonHeaders = { 'Content-Type': 'application/json', ...headers }
const htmlHeaders = { 'Content-Type': 'text/html; charset=UTF-8', ...headers, ...pageHeaders() }

const page = (
  path: string,
  operation: Pick<Operation, 'id' | 'summary' | 'answers'>,
  write: Route['handle'],
): Route => ({
  ...{ method: 'GET', path, lane: 'read', caller: 'anyone' },
  operation: { ...operation, problems: [] },
  handle: write,
})

/** Adds the routes that show the contract: of all routes, of themselves and of the health checks. */
export const withOpenApi = (routes: readonly Route[]): Route[] => {
  let made: { document: string; page: Promise<string> } | undefined
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
      async () => new Response(await contract().page, { headers: htmlHeaders }),
    ),
  ]
  const described: readonly DescribedRoute[] = [...routes, ...pages, ...healthOperations]
  return [...routes, ...pages]
}
