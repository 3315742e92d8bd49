import {
  createClient,
  type IssueResult,
  type Outcome,
  type PublicCampaign,
  type ShopperClient,
} from '../../client/shopper-client.ts'
import { shopperTexts } from '../texts/button-texts.ts'
import { imminentMs, type OwnPress, stateOfButton } from './button-model.ts'
import { createButtonView } from './button-view.ts'
import { factsOf, followSale } from './sale-facts.ts'

/** The token of the shopper, or a way to get one; `undefined` for somebody who is not signed in. */
export type TokenSource = string | (() => string | undefined | Promise<string | undefined>)

const minuteMs = 60_000
const resynchroniseBeforeMs = 30_000
// A press that is not answered by then is said to be so, and asked for until it is known.
const pressDeadlineMs = 4_000
const askAgainMs = 2_000

const pressOf = (result: IssueResult, nowMs: number): OwnPress => {
  switch (result.kind) {
    case 'granted':
    case 'already':
      return { kind: result.kind, rank: result.coupon.rank }
    case 'confirming':
      return { kind: 'confirming' }
    case 'soldOut':
      return { kind: 'sold-out', atMs: nowMs }
    case 'notOpen':
      return { kind: 'not-open', untilMs: Date.parse(result.opensAt) }
    case 'notEligible':
      return { kind: 'not-eligible', reason: result.problem.detail }
    case 'overloaded':
      return { kind: 'busy' }
    case 'recovering':
      return { kind: 'recovering' }
    case 'unknown':
      return { kind: 'unanswered' }
    case 'paused':
    case 'closed':
    case 'unauthorized':
    case 'unknownCampaign':
    case 'invalid':
    case 'rejected':
      // What everybody knows says so too.
      return { kind: 'none' }
  }
}

const pressOfOutcome = ({ outcome, coupons }: Outcome, before: OwnPress): OwnPress => {
  const [coupon] = coupons
  if (outcome === 'granted' && coupon !== undefined) return { kind: 'already', rank: coupon.rank }
  if (outcome === 'confirming') return { kind: 'confirming' }
  // Only `none` says that they have nothing. It takes back no win: it stands for a press that was not seen.
  return outcome === 'none' && before.kind !== 'sold-out' ? { kind: 'none' } : before
}

const isOpenEnded = ({ kind }: OwnPress): boolean =>
  kind === 'confirming' || kind === 'unanswered' || kind === 'recovering'

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
    const [campaignId, script] = [this.getAttribute('campaign') ?? '', new URL(import.meta.url).origin]
    const server = this.getAttribute('server') ?? script
    const language = (this.closest('[lang]')?.getAttribute('lang') ?? navigator.language).startsWith('ko')
      ? 'ko'
      : 'en'
    const client = createClient({ url: server, token: () => this.#readToken() })
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
    let [isAsking, lastAnnounced] = [false, Number.POSITIVE_INFINITY]
    const ending = new AbortController()
    const { signal } = ending
    const now = (): number => client.serverNow()?.ms ?? Date.now()
    const synchronise = (): void => void client.synchronise({ signal }).catch(() => undefined)

    const view = createButtonView(this, language, () => void onPress())
    const show = (): void => {
      if (!isKnown) return
      const nowMs = now()
      const values = {
        rank: 'rank' in press ? new Intl.NumberFormat(language).format(press.rank) : '',
        reason: 'reason' in press ? press.reason : '',
      }
      const state = stateOfButton(facts, press, { nowMs, isSignedIn: this.#isSignedIn })
      view.show({ state, values, facts, nowMs, uncertaintyMs: client.serverNow()?.uncertaintyMs })
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
        try {
          settle(pressOfOutcome(await client.outcome(campaignId, { signal }), press))
        } catch {
          // It stays as unknown as it was.
        }
        if (isOpenEnded(press)) await new Promise((done) => setTimeout(done, askAgainMs))
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
      settle(pressOf(result, now()))
      if (isOpenEnded(press)) void resolve()
    }

    this.#signedIn = () =>
      void this.#readToken().then((token) => {
        this.#isSignedIn = token !== ''
        // What a person won is for nobody who comes after them.
        if (token === '') press = { kind: 'none' }
        show()
        if (press.kind === 'none') void resolve()
      })
    const announce = (): void => {
      const leftMs = facts === undefined ? 0 : facts.opensAtMs - now()
      if (leftMs <= 0 && lastAnnounced > 0 && lastAnnounced !== Number.POSITIVE_INFINITY)
        view.announce(shopperTexts.announceOpen)
      if (leftMs <= imminentMs && leftMs > 0 && lastAnnounced > imminentMs)
        view.announce(shopperTexts.announceTen)
      else if (leftMs <= minuteMs && leftMs > imminentMs && lastAnnounced > minuteMs)
        view.announce(shopperTexts.announceSoon)
      if (leftMs <= resynchroniseBeforeMs && lastAnnounced > resynchroniseBeforeMs && leftMs > 0)
        synchronise()
      lastAnnounced = leftMs
    }
    const sale = followSale({ client, server, campaignId }, (found) => {
      facts = found
      isKnown = true
      show()
    })
    const onVisible = (): void => {
      if (document.visibilityState === 'visible') synchronise()
    }
    document.addEventListener('visibilitychange', onVisible)
    const frame = (): void => {
      if (signal.aborted) return
      announce()
      show()
      requestAnimationFrame(frame)
    }
    synchronise()
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
