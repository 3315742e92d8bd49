import { html } from 'hono/html'
import { fill, shopperTexts } from '../texts/button-texts.ts'
import type { Language } from '../texts/language.ts'
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
    return html`<li><a href="/c/${id}">${name}</a><br><span class="dim">${pageTexts.state[state][language]} · ${left}</span></li>`
  }
  return framed({
    language,
    title: 'firstcome',
    path: '/',
    body: html`<h1>firstcome</h1>
<p>${pageTexts.frontLead[language]}</p>
<h2>${pageTexts.sales[language]}</h2>
${sales.length === 0 ? html`<p class="dim">${pageTexts.noSales[language]}</p>` : html`<ul class="coupons">${sales.map(row)}</ul>`}
${more > 0 ? html`<p class="dim">${fill(pageTexts.moreSales[language], { n: whole.format(more) })}</p>` : ''}
<p><a href="/me/coupons">${pageTexts.coupons[language]}</a></p>
<h2>${pageTexts.forOperators[language]}</h2><p><a href="/console">${pageTexts.console[language]}</a></p>
<h2>${pageTexts.forDevelopers[language]}</h2><p><a href="/docs">${pageTexts.reference[language]}</a></p>`,
  })
}
