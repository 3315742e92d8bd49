import { shopperTexts } from '../texts/button-texts.ts'

// Signs the person of this page in. The shop does that: the page that embeds this one sends
// { type: 'firstcome:token', token } by postMessage. Its origin has to be one of those that may embed it.
// Only `npm start` has a sign-in of its own, for trying things out.

const key = 'firstcome:token'

/** Where the token of this tab is kept: it ends with the tab. */
export const keptToken = (): string | undefined => {
  try {
    return sessionStorage.getItem(key) ?? undefined
  } catch {
    // In a frame of another site storage may be forbidden.
    return undefined
  }
}

/** Forgets a token that is no good any more. */
export const forgetToken = (): void => {
  try {
    sessionStorage.removeItem(key)
  } catch {
    // It was not kept either.
  }
}

const settings = document.querySelector<HTMLMetaElement>('meta[name="firstcome"]')?.dataset ?? {}
const embedders = (settings['embedders'] ?? '').split(' ').filter(Boolean)
const language = document.documentElement.lang === 'ko' ? 'ko' : 'en'

const buttons = (): NodeListOf<HTMLElement & { token?: string }> =>
  document.querySelectorAll('firstcome-button')

const use = (token: string): void => {
  try {
    sessionStorage.setItem(key, token)
  } catch {
    // It holds until the page is left.
  }
  for (const button of buttons()) button.token = token
  document.dispatchEvent(new CustomEvent('firstcome-token', { detail: token }))
}

window.addEventListener('message', ({ origin, data }: MessageEvent<unknown>) => {
  if (!embedders.includes(origin) || typeof data !== 'object' || data === null) return
  const { type, token } = data as { type?: unknown; token?: unknown }
  if (type === 'firstcome:token' && typeof token === 'string') use(token)
})

const demoSignIn = async (): Promise<void> => {
  const response = await fetch('/demo/sign-in', { method: 'POST' })
  if (response.ok) use(((await response.json()) as { token: string }).token)
}

const isDemo = settings['demo'] === 'true'
const known = keptToken()
if (known !== undefined) use(known)
// The page that embeds this one may be waiting for it.
if (window.parent !== window)
  for (const origin of embedders) window.parent.postMessage({ type: 'firstcome:ready' }, origin)
document.addEventListener('firstcome-sign-in', () => {
  if (isDemo) void demoSignIn()
  else if (window.parent !== window)
    for (const origin of embedders) window.parent.postMessage({ type: 'firstcome:sign-in' }, origin)
})
const offer = document.querySelector<HTMLElement>('[data-demo-sign-in]')
if (offer !== null && isDemo && known === undefined) {
  offer.hidden = false
  offer.textContent = shopperTexts.demoSignIn[language]
  offer.addEventListener('click', () => void demoSignIn().then(() => void (offer.hidden = true)))
}
