import { html } from 'hono/html'
import type { Discount } from '../../client/shopper-client.ts'
import { fill, shopperTexts } from '../texts/button-texts.ts'
import type { Language, Wording } from '../texts/language.ts'
import { worthText } from '../texts/worth-text.ts'
import { framed, type PageHtml, type SignIn } from './frame.ts'

/** What a page shows of a campaign: its public document, as the API answers it. */
export type PageCampaign = {
  id: string
  name: string
  state: string
  stock: number
  remaining: number
  opensAt: string
  closesAt: string
  soldOutAt: string | null
  /** IANA. */
  timeZone: string
  coupon: {
    title: string
    discount: Discount
    usableFrom: string
    usableUntil: string
  }
  serverTime: string
}

/** A time in a zone, with the name of the zone. In UTC, where this version of Node does not know the zone. */
const zonedTime = (time: string, language: Language, timeZone: string): string => {
  const format = (zone: string): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(language, {
      ...{
        year: 'numeric',
        month: language === 'ko' ? 'numeric' : 'short',
        day: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
      },
      ...{ second: '2-digit', hourCycle: 'h23', timeZone: zone, timeZoneName: 'short' },
    })
  try {
    return format(timeZone).format(new Date(time))
  } catch {
    return format('UTC').format(new Date(time))
  }
}

const fact = (name: Wording, value: string, language: Language): PageHtml =>
  html`<dt>${name[language]}</dt><dd>${value}</dd>`

/** The page of one campaign. It says the times and the stock without a script; the button needs one. */
export const shopperPage = (
  campaign: PageCampaign,
  { language, signIn }: { language: Language; signIn: SignIn },
): Promise<string> => {
  const say = (text: Wording, values: Record<string, string> = {}): string => fill(text[language], values)
  const whole = new Intl.NumberFormat(language)
  const { coupon, timeZone, state, stock, remaining, opensAt, closesAt, soldOutAt } = campaign
  const facts = { state, stock, remaining, opensAt, closesAt, soldOutAt }
  const at = (time: string): string => zonedTime(time, language, timeZone)
  const left = say(shopperTexts.stockLeft, {
    left: whole.format(remaining),
    stock: whole.format(stock),
  })
  return framed({
    language,
    title: campaign.name,
    path: `/c/${campaign.id}`,
    scripts: ['/assets/sign-in.js', '/firstcome.js'],
    signIn,
    body: html`<h1>${campaign.name}</h1>
<p class="worth"><strong>${worthText(coupon.discount, language)}</strong> ${coupon.title}</p>
<firstcome-button campaign="${campaign.id}" lang="${language}" facts="${JSON.stringify(facts)}"><p>${left}</p>
<noscript><p>${say(shopperTexts.noScript)}</p></noscript></firstcome-button>
<p class="after"><a href="/me/coupons">${say(shopperTexts.myCoupons)}</a></p>
<dl class="facts terms">
${fact(shopperTexts.opensAt, at(opensAt), language)}
${fact(shopperTexts.closesAt, at(closesAt), language)}
${fact(shopperTexts.usableFrom, at(coupon.usableFrom), language)}
${fact(shopperTexts.usableUntil, at(coupon.usableUntil), language)}
</dl>
${signIn.isDemo ? html`<p class="dim">${say(shopperTexts.demo)}</p>` : ''}`,
  })
}
