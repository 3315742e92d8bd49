/** Headers of answers for one user or one moment: no cache may store them. */
export const noStoreHeaders = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' }

/**
 * A JSON answer with plain headers. `context.json` of hono builds a web Headers object for each answer; these
 * headers go straight to the response of Node.
 */
export const jsonResponse = (document: unknown, status: number, headers: Record<string, string>): Response =>
  new Response(JSON.stringify(document), {
    status,
    headers: { 'Content-Type': 'application/json', ...headers },
  })
