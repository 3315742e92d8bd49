import { z } from 'zod'
import { buttonStyle } from '../../web/browser/button-style.ts'
import { type Asset, loadAssets } from '../../web/load-assets.ts'
import { consolePage } from '../../web/pages/console-page.ts'
import { couponsPage } from '../../web/pages/coupons-page.ts'
import { frontPage } from '../../web/pages/front-page.ts'
import { chooseLanguage, type Language } from '../../web/texts/language.ts'
import { named } from '../contract/named-schema.ts'
import type { Operation } from '../contract/operation.ts'
import { jsonResponse, noStoreHeaders } from '../json-response.ts'
import { pageHeaders } from '../page-headers.ts'
import { problem } from '../problem.ts'
import { type HttpContext, headerOf, type Route } from '../route.ts'
import type { ListSales } from './list-sales.ts'
import { type ReadPage, shopperPageRoute } from './shopper-page.ts'

export type PagesOptions = {
  /** The sales of the front page. */
  listSales: ListSales
  /** The public document of a campaign. */
  readPublic: ReadPage
  /** Origins whose pages may embed these, and say who their person is. */
  embedders: readonly string[]
  /** Signs a new shopper in, for trying things out; left out where only the shop signs people in. */
  demoSignIn: (() => { token: string }) | undefined
}

const secondsInAnHour = 3_600

const languageOf = (context: HttpContext): Language =>
  chooseLanguage(context.req.query('lang'), headerOf(context, 'accept-language'))

const page = (id: string, summary: string, problems: Operation['problems'] = []): Operation => ({
  ...{ id, summary, problems },
  answers: {
    200: { description: 'A page, in the language of Accept-Language or `lang`.', mediaType: 'text/html' },
  },
})

const sendAsset = (context: HttpContext, asset: Asset, headers: Record<string, string>): Response => {
  const common = {
    'Cache-Control': `public, max-age=${secondsInAnHour}`,
    ETag: asset.etag,
    Vary: 'Accept-Encoding',
    'X-Content-Type-Options': 'nosniff',
    ...headers,
  }
  if (headerOf(context, 'if-none-match') === asset.etag)
    return new Response(null, { status: 304, headers: common })
  const isCompressed = /\bgzip\b/.test(headerOf(context, 'accept-encoding') ?? '')
  return new Response(new Uint8Array(isCompressed ? asset.compressed : asset.plain), {
    headers: {
      ...common,
      'Content-Type': asset.mediaType,
      ...(isCompressed ? { 'Content-Encoding': 'gzip' } : {}),
    },
  })
}

const tokenShape = named('DemoSignIn', z.object({ token: z.string().max(1_000) }))

const demoSignInRoute = (signIn: () => { token: string }): Route => ({
  ...{ method: 'POST', path: '/demo/sign-in', lane: 'read', caller: 'anyone' },
  operation: {
    ...{ id: 'demoSignIn', summary: 'A token of a shopper who is made up', problems: [] },
    answers: { 200: { description: 'The token.', schema: tokenShape } },
  },
  handle: () => jsonResponse(signIn(), 200, noStoreHeaders),
})

/** The pages for people, and the files that these load. */
export const pageRoutes = ({ listSales, readPublic, embedders, demoSignIn }: PagesOptions): Route[] => {
  const assets = loadAssets()
  const signIn = { embedders, isDemo: demoSignIn !== undefined }
  const headers = {
    ...pageHeaders({ ancestors: ["'self'", ...embedders], styles: [buttonStyle] }),
    'Cache-Control': 'no-cache',
    Vary: 'Accept-Language',
  }
  const common = { method: 'GET', lane: 'read', caller: 'anyone' } as const

  const shopper = shopperPageRoute({ readPublic, languageOf, signIn, headers, operation: page })
  const coupons: Route = {
    ...common,
    path: '/me/coupons',
    operation: page('couponsPage', 'The page of the coupons of a person'),
    handle: async (context) => context.html(await couponsPage(languageOf(context), signIn), 200, headers),
  }
  const operators: Route = {
    ...common,
    path: '/console',
    operation: page('consolePage', 'The page of operators'),
    // An operator's token is typed in here: no other site may embed the page, whoever may embed the others.
    handle: async (context) =>
      context.html(await consolePage(languageOf(context)), 200, {
        ...headers,
        ...pageHeaders(),
      }),
  }
  const front: Route = {
    ...common,
    path: '/',
    operation: page('frontPage', 'What runs here'),
    handle: async (context) =>
      context.html(await frontPage(await listSales(), languageOf(context)), 200, headers),
  }
  const assetOperation = (id: string, summary: string): Operation => ({
    ...{ id, summary, problems: ['not-found'] },
    answers: {
      200: { description: 'The file.', mediaType: 'text/javascript' },
      304: { description: 'It has not changed.' },
    },
  })
  const files: Route = {
    ...common,
    path: '/assets/:file',
    operation: assetOperation('readAsset', 'A file that a page loads'),
    handle(context) {
      const asset = assets.get(context.req.param('file') ?? '')
      return asset === undefined
        ? problem('not-found', 'No page has this file.')
        : sendAsset(context, asset, {})
    },
  }
  const element: Route = {
    ...common,
    path: '/firstcome.js',
    operation: assetOperation('readElement', 'The module of `<firstcome-button>`, for pages of shops'),
    handle(context) {
      const asset = assets.get('firstcome.js')
      // A module of another origin is loaded only with this header.
      return asset === undefined
        ? problem('not-found', 'The element was not built.')
        : sendAsset(context, asset, { 'Access-Control-Allow-Origin': '*' })
    },
  }
  const demo = demoSignIn === undefined ? [] : [demoSignInRoute(demoSignIn)]
  return [front, shopper, coupons, operators, files, element, ...demo]
}
