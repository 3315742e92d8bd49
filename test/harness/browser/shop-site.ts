import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A site of a shop: another origin, and another site, than the API at 127.0.0.1. */
export type ShopSite = {
  origin: string
  /** Serves this page, with this policy, and returns its address. */
  page(html: string, policy?: string): string
  close(): Promise<void>
}

/** Starts a shop on a free port of localhost. */
export const startShopSite = async (): Promise<ShopSite> => {
  const pages = new Map<string, { html: string; policy: string | undefined }>()
  const server = createServer((request, response) => {
    const found = pages.get(request.url ?? '')
    response.setHeader('content-type', 'text/html; charset=utf-8')
    if (found?.policy !== undefined) response.setHeader('content-security-policy', found.policy)
    response.writeHead(found === undefined ? 404 : 200).end(found?.html ?? '')
  })
  const listening = Promise.withResolvers<void>()
  server.listen(0, 'localhost', listening.resolve)
  await listening.promise
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`
  return {
    origin,
    page(html, policy) {
      const path = `/${pages.size}`
      pages.set(path, { html: `<!doctype html><html lang="en"><title>Shop</title>${html}`, policy })
      return origin + path
    },
    async close() {
      const closed = Promise.withResolvers<void>()
      server.close(() => closed.resolve())
      server.closeAllConnections()
      await closed.promise
    },
  }
}
