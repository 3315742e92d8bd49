import { html } from 'hono/html'
import type { Language } from '../texts/language.ts'
import { pageTexts } from '../texts/page-texts.ts'
import { framed, type SignIn } from './frame.ts'

/** The coupons of the person who is signed in. A script lists them: their token is in the browser alone. */
export const couponsPage = (language: Language, signIn: SignIn): Promise<string> =>
  framed({
    language,
    title: pageTexts.coupons[language],
    path: '/me/coupons',
    scripts: ['/assets/coupons.js'],
    signIn,
    body: html`<h1>${pageTexts.coupons[language]}</h1>
<noscript><p>${pageTexts.couponsNeedScript[language]}</p></noscript>
<p id="state" role="status"></p>
<p><button type="button" data-demo-sign-in hidden></button></p>
<ul id="coupons" class="coupons"></ul>
<p><button type="button" id="more" hidden>${pageTexts.more[language]}</button></p>
${signIn.isDemo ? html`<p class="dim">${pageTexts.demoOrder[language]}</p>` : ''}`,
  })
