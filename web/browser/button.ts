import { createClient, type PublicCampaign, type ShopperClient } from '../../client/shopper-client.ts'
import { type OwnPress, stateOfButton } from './button-model.ts'
import { createButtonView } from './button-view.ts'
import { createCountdownNews } from './countdown-news.ts'
import { isOpenEnded, pressOf, pressOfOutcome } from './own-press.ts'
import { factsOf, followSale } from './sale-facts.ts'

/** The token of the shopper, or a way to get one; `undefined` for somebody who is not signed in. */
export type TokenSource = string | (() => string | undefined | Promise<string | undefined>)

// A press that is not answered by then is said to be so, and asked for until it is known.
const pressDeadlineMs = 4_000
const askAgainMs = 2_000
const tokenWithinMs = 1_000
// A phone that waits for an hour should not be warm.
const drawEveryMs = 50

/**
 * `<firstcome-button campaign="…">`: the countdown, the button, and what came of a press.
 *
 * - `campaign`: the id. `server`: the origin of the API, that of this script when left out. `lang`: en or ko.
 * - `facts`: the public document of the campaign as JSON, when the page has it.
 * - `token` (a property): the shopper's token, or a function that gives one.
 * - `firstcome-sign-in` is dispatched when somebody presses without a token, and `firstcome-granted` with the
 *   rank once a coupon is theirs.
 */
export class FirstcomeButton extends HTMLElement {
  #token: TokenSource | undefined
  #isSignedIn = false
  /** The token was read once. */
  #isAsked = false
  #stop = (): void => undefined
  #signedIn = (): void => undefined

  /** The token of the shopper. A new one is used from now on. */
  set token(token: TokenSource | undefined) {
    this.#token = token
    this.#signedIn()
  }

  async #readToken(): Promise<string> {
    try {
      const token = typeof this.#token === 'function' ? await this.#token() : this.#token
      return token ?? ''
    } catch {
      // Where the shop cannot tell who somebody is, nobody is signed in.
      return ''
    }
  }

  connectedCallback(): void {
    // What was set before this script came hides the property of the class.
    const early = Object.getOwnPropertyDescriptor(this, 'token')
    if (early !== undefined) {
      Reflect.deleteProperty(this, 'token')
      this.token = early.value as TokenSource | undefined
    }
    const [campaignId, script] = [this.getAttribute('campaign') ?? '', new URL(import.meta.url).origin]
    const server = this.getAttribute('server') ?? script
    const language = (this.closest('[lang]')?.getAttribute('lang') ?? navigator.language).startsWith('ko')
      ? 'ko'
      : 'en'
    const client = createClient({ url: server, token: () => this.#readToken() })
    // A shop that takes longer has somebody who may not be signed in.
    setTimeout(() => {
      this.#isAsked = true
    }, tokenWithinMs)
    this.#run(client, { campaignId, server, language })
  }

  disconnectedCallback(): void {
    this.#stop()
  }

  #run(
    client: ShopperClient,
    { campaignId, server, language }: { campaignId: string; server: string; language: 'en' | 'ko' },
  ): void {
    // A page may say what it knew when it was made. Without that nothing is shown before the API has said it.
    const given = this.getAttribute('facts')
    let facts = given === null ? undefined : factsOf(JSON.parse(given) as PublicCampaign)
    let isKnown = given !== null
    let press: OwnPress = { kind: 'none' }
    /** What stands for this person until the API has said it; undefined once it has. */
    let before: OwnPress | undefined
    let isAsking = false
    const ending = new AbortController()
    const { signal } = ending
    const now = (): number => client.serverNow()?.ms ?? Date.now()
    const synchronise = (): Promise<unknown> => client.synchronise({ signal }).catch(() => undefined)

    const view = createButtonView(this, language, () => void onPress())
    const show = (): void => {
      // Nobody is asked to sign in before it is known who they are.
      if (!isKnown || !this.#isAsked) return
      const nowMs = now()
      const state = stateOfButton(facts, press, { nowMs, isSignedIn: this.#isSignedIn })
      view.show({ state, press, facts, nowMs, uncertaintyMs: client.serverNow()?.uncertaintyMs })
    }
    const settle = (next: OwnPress): void => {
      if ('rank' in next && !('rank' in press))
        this.dispatchEvent(
          new CustomEvent('firstcome-granted', { detail: { rank: next.rank }, bubbles: true }),
        )
      press = next
      show()
    }

    /** Asks what came of an earlier press, until that is known. */
    const resolve = async (): Promise<void> => {
      if (isAsking || !this.#isSignedIn) return
      isAsking = true
      do {
        // Pages that were cut off together do not return together.
        let waitMs = askAgainMs * (1 + Math.random())
        try {
          const outcome = await client.outcome(campaignId, { signal })
          // A press that began meanwhile is answered by itself.
          if (press.kind !== 'sending') settle(pressOfOutcome(outcome, before ?? press))
          before = undefined
          waitMs = outcome.refreshAfterMs ?? waitMs
        } catch {
          // It stays as unknown as it was.
        }
        if (isOpenEnded(press)) await new Promise((done) => setTimeout(done, waitMs))
      } while (isOpenEnded(press) && !signal.aborted)
      isAsking = false
    }
    const onPress = async (): Promise<void> => {
      if (!this.#isSignedIn) {
        this.dispatchEvent(new CustomEvent('firstcome-sign-in', { bubbles: true }))
        return
      }
      settle({ kind: 'sending' })
      const result = await client.issue(campaignId, { signal, deadlineMs: pressDeadlineMs })
      if (signal.aborted) return
      if (result.kind === 'unauthorized') this.#isSignedIn = false
      // The clock of this page was ahead: the button would open too early again.
      if (result.kind === 'notOpen') await synchronise()
      // What everybody knows is older than this answer.
      if (result.kind === 'paused' || result.kind === 'closed') sale.refresh()
      settle(pressOf(result, now()))
      if (isOpenEnded(press)) void resolve()
    }

    this.#signedIn = () =>
      void this.#readToken().then((token) => {
        this.#isSignedIn = token !== ''
        this.#isAsked = true
        // What a person won is for nobody who comes after them.
        if (token === '') press = { kind: 'none' }
        show()
        // A new token may be that of somebody else.
        before = { kind: 'none' }
        void resolve()
      })
    const tellCountdown = createCountdownNews(view.announce, synchronise)
    const sale = followSale({ client, server, campaignId }, (found) => {
      facts = found
      isKnown = true
      show()
    })
    const onVisible = (): void => {
      if (document.visibilityState !== 'visible') return
      void synchronise()
      // In a page that was frozen the stream can be lost without an event.
      sale.refresh()
    }
    document.addEventListener('visibilitychange', onVisible)
    let drawnAtMs = 0
    const frame = (atMs: number): void => {
      if (signal.aborted) return
      requestAnimationFrame(frame)
      if (atMs - drawnAtMs < drawEveryMs) return
      drawnAtMs = atMs
      if (facts !== undefined) tellCountdown(facts.opensAtMs - now())
      show()
    }
    void synchronise()
    this.#signedIn()
    requestAnimationFrame(frame)
    this.#stop = () => {
      ending.abort()
      sale.stop()
      document.removeEventListener('visibilitychange', onVisible)
    }
  }
}

if (customElements.get('firstcome-button') === undefined)
  customElements.define('firstcome-button', FirstcomeButton)
