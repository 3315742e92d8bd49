import { html } from 'hono/html'
import { fill, shopperTexts } from '../texts/button-texts.ts'
import type { Language, Wording } from '../texts/language.ts'
import { pageTexts } from '../texts/page-texts.ts'
import { framed } from './frame.ts'

/** A sale on the front page. */
export type SaleLink = {
  id: string
  name: string
  state: keyof typeof pageTexts.state
  stock: number
  remaining: number
}

/** What runs here: the sales, and where operators and developers go on. `more` sales are not in the list. */
export const frontPage = (
  { sales, more }: { sales: readonly SaleLink[]; more: number },
  language: Language,
): Promise<string> => {
  const whole = new Intl.NumberFormat(language)
  const row = ({ id, name, state, stock, remaining }: SaleLink) => {
    const left = fill(shopperTexts.stockLeft[language], {
      left: whole.format(remaining),
      stock: whole.format(stock),
    })
    return html`<li data-state="${state}"><span class="badge">${pageTexts.state[state][language]}</span><strong><a href="/c/${id}">${name}</a></strong><span class="dim">${left}</span></li>`
  }
  const way = (path: string, whose: Wording, name: Wording) =>
    html`<li><a href="${path}">${name[language]}</a><span class="dim">${whose[language]}</span></li>`
  return framed({
    language,
    title: 'firstcome',
    path: '/',
    body: html`<h1>firstcome</h1>
<p>${pageTexts.frontLead[language]}</p>
<h2>${pageTexts.sales[language]}</h2>
${sales.length === 0 ? html`<p class="dim">${pageTexts.noSales[language]}</p>` : html`<ul class="coupons">${sales.map(row)}</ul>`}
${more > 0 ? html`<p class="dim">${fill(pageTexts.moreSales[language], { n: whole.format(more) })}</p>` : ''}
<ul class="ways">
${way('/me/coupons', pageTexts.forShoppers, pageTexts.coupons)}
${way('/console', pageTexts.forOperators, pageTexts.console)}
${way('/docs', pageTexts.forDevelopers, pageTexts.reference)}
</ul>`,
  })
}
