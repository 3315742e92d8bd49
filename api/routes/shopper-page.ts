import { idPattern } from '../../coupon/grant.ts'
import { Failure } from '../../platform/failure.ts'
import type { SignIn } from '../../web/pages/frame.ts'
import { noticePage } from '../../web/pages/notice-page.ts'
import { type PageCampaign, shopperPage } from '../../web/pages/shopper-page.ts'
import { buttonTexts } from '../../web/texts/button-texts.ts'
import type { Language, Wording } from '../../web/texts/language.ts'
import type { Operation } from '../contract/operation.ts'
import { failureProblem, problem, problemOfFailure, unknownCampaign } from '../problem.ts'
import { type HttpContext, headerOf, type Route } from '../route.ts'
import { explanations } from './problem-pages.ts'

/** The public document of a campaign; `recovering`: it may exist, and cannot be read now. */
export type ReadPage = (campaignId: string) => Promise<PageCampaign | 'unknown' | 'recovering'>

export type ShopperPageOptions = {
  readPublic: ReadPage
  languageOf(context: HttpContext): Language
  signIn: SignIn
  headers: Record<string, string>
  operation(id: string, summary: string, problems: Operation['problems']): Operation
}

type Notice = 'unknown-campaign' | 'recovering' | 'unavailable'

const titles: Readonly<Record<Notice, Wording>> = {
  'unknown-campaign': buttonTexts.missing.label,
  recovering: buttonTexts.recovering.label,
  unavailable: buttonTexts.recovering.label,
}

/** Pages come back within this time, each at a time of its own. */
const refreshSecondsMin = 3
const refreshSpreadSeconds = 5

/** The page of a sale; for people also where there is none, or where it cannot be read at the moment. */
export const shopperPageRoute = (options: ShopperPageOptions): Route => {
  const { readPublic, languageOf, signIn, headers, operation } = options
  /** Programs get the problem, and browsers the same as a page that asks again by itself. */
  const refuse = async (context: HttpContext, code: Notice, refusal: Response): Promise<Response> => {
    if (headerOf(context, 'accept')?.includes('text/html') !== true) return refusal
    const language = languageOf(context)
    const text = explanations[code][language]
    const body = await noticePage({ language, title: titles[code][language], text, path: context.req.path })
    const answer = new Response(body, { status: refusal.status, headers: refusal.headers })
    for (const [name, value] of Object.entries(headers)) answer.headers.set(name, value)
    answer.headers.set('Content-Type', 'text/html; charset=UTF-8')
    answer.headers.set('Cache-Control', 'no-store')
    if (code !== 'unknown-campaign')
      answer.headers.set(
        'Refresh',
        String(refreshSecondsMin + Math.floor(Math.random() * refreshSpreadSeconds)),
      )
    return answer
  }
  return {
    ...{ method: 'GET', path: '/c/:campaignId', lane: 'read', caller: 'anyone' },
    operation: {
      ...operation('shopperPage', 'The page of a sale: its button', [
        'unknown-campaign',
        'recovering',
        'unavailable',
      ]),
      description: 'A browser, which accepts `text/html`, gets a page in place of a problem too.',
    },
    async handle(context) {
      const id = context.req.param('campaignId') ?? ''
      if (!idPattern.test(id)) return refuse(context, 'unknown-campaign', unknownCampaign())
      try {
        const campaign = await readPublic(id)
        if (campaign === 'unknown') return await refuse(context, 'unknown-campaign', unknownCampaign())
        if (campaign === 'recovering')
          return await refuse(
            context,
            'recovering',
            problem('recovering', 'The campaign cannot be read at the moment.'),
          )
        const language = languageOf(context)
        return context.html(await shopperPage(campaign, { language, signIn }), 200, headers)
      } catch (cause) {
        if (!(cause instanceof Failure) || problemOfFailure[cause.code] !== 'unavailable') throw cause
        return refuse(context, 'unavailable', failureProblem(cause.code))
      }
    },
  }
}
