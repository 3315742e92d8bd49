import { healthOperations } from '../contract/health-operations.ts'
import type { DescribedRoute } from '../openapi/implied-problems.ts'
import { createOpenApiDocument } from '../openapi/openapi-document.ts'
import type { Route } from '../route.ts'

const headers = {
  'Content-Type': 'application/json',
  'Cache-Control': 'public, max-age=3600',
  'X-Content-Type-Options': 'nosniff',
}

/** Adds the routes that serve the OpenAPI document of all routes, of themselves and of the health checks. */
export const withOpenApi = (routes: readonly Route[]): Route[] => {
  const openapi: Route = {
    method: 'GET',
    path: '/openapi.json',
    lane: 'read',
    caller: 'anyone',
    operation: {
      id: 'readContract',
      summary: 'This document',
      answers: { 200: { description: 'OpenAPI 3.1.', mediaType: 'application/json' } },
      problems: [],
    },
    handle: () => new Response(text(), { headers }),
  }
  const described: readonly DescribedRoute[] = [...routes, openapi, ...healthOperations]
  let made: string | undefined
  const text = (): string => (made ??= JSON.stringify(createOpenApiDocument(described)))
  return [...routes, openapi]
}
