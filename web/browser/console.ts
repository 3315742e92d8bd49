import { consoleTexts } from '../texts/console-texts.ts'
import { letterTexts } from '../texts/letter-texts.ts'
import { createCampaignListView } from './console/campaign-list-view.ts'
import { createCampaignLive } from './console/campaign-live.ts'
import { createCampaignView } from './console/campaign-view.ts'
import {
  forgetOperatorToken,
  keptOperatorToken,
  openSession,
  type Session,
} from './console/console-session.ts'
import { createCouponsView } from './console/coupons-view.ts'
import { createEditView } from './console/edit-view.ts'
import { element } from './console/elements.ts'
import { createFiguresSwitch } from './console/figures-switch.ts'
import { followFrames } from './console/follow-frames.ts'
import { createFrameHistory } from './console/frame-history.ts'
import { createLetterView } from './console/letter-view.ts'
import { createLettersView } from './console/letters-view.ts'
import { createLiveView, type LivePart } from './console/live-view.ts'
import { createNewCampaignView } from './console/new-campaign-view.ts'
import { createReplayView } from './console/replay-view.ts'
import { createServersSection } from './console/servers-section.ts'
import { createSignInView } from './console/sign-in-view.ts'
import { createStreamStatus } from './console/stream-status.ts'
import { failureText, language, tell } from './console/words.ts'

// The operator console: it shows the part behind the # of the address, and follows the stream meanwhile.

const root = document.querySelector<HTMLElement>('#console') ?? document.body
const retryMs = 3_000

const showSignIn = (why = ''): void => {
  document.body.classList.remove('wall')
  root.replaceChildren(createSignInView(why, run))
  root.querySelector('input')?.focus()
}

/** The link below which a view is found. */
const placeOf = (hash: string): string => {
  if (hash.startsWith('#/campaigns') || hash === '#/new') return '#/campaigns'
  if (hash.startsWith('#/coupons') || hash.startsWith('#/users')) return '#/coupons'
  if (hash.startsWith('#/letters')) return '#/letters'
  return hash === '#/wall' ? hash : '#/live'
}

const partsOfHash = (): string[] => location.hash.replace(/^#\//, '').split('/').map(decodeURIComponent)

/** The campaign whose own view is shown. */
const shownCampaign = (): string | undefined => {
  const [view, id = '', part = ''] = partsOfHash()
  return view === 'campaigns' && part === '' && /^[0-9a-f-]{36}$/.test(id) ? id : undefined
}

const viewOf = (session: Session, live: HTMLElement, own: HTMLElement | undefined): HTMLElement => {
  const [view = '', id = '', part = ''] = partsOfHash()
  if (view === 'campaigns' && part === 'edit' && session.mayChange) return createEditView(session, id)
  if (view === 'campaigns' && part === 'replay') return createReplayView(session, id)
  if (view === 'campaigns')
    return id === '' ? createCampaignListView(session) : createCampaignView(session, id, own)
  if (view === 'new' && session.mayChange) return createNewCampaignView(session)
  if (view === 'coupons') return createCouponsView(session, id === '' ? {} : { couponId: id })
  if (view === 'users') return createCouponsView(session, { userId: id })
  if (view === 'letters') return id === '' ? createLettersView(session) : createLetterView(session, id)
  return live
}

const run = (session: Session): void => {
  const [history, status] = [createFrameHistory(), createStreamStatus()]
  const live = createLiveView(history, status)
  const servers = createServersSection(session.client)
  live.node.append(servers.node)
  let own: LivePart | undefined
  const shownParts = (): LivePart[] => (own === undefined ? [live] : [live, own])
  const tick = (): void => {
    for (const part of [...shownParts(), servers]) part.tick()
  }
  const end = new AbortController()
  const main = element('div', { class: 'view', tabindex: -1 })
  const link = (hash: string, text: string): HTMLAnchorElement => element('a', { href: hash }, text)
  const links = [
    link('#/live', tell(consoleTexts.live)),
    link('#/campaigns', tell(consoleTexts.campaigns)),
    link('#/coupons', tell(consoleTexts.coupons)),
    link('#/letters', tell(letterTexts.letters)),
    link('#/wall', tell(consoleTexts.wall)),
  ]

  const show = (): void => {
    const campaignId = shownCampaign()
    own = campaignId === undefined ? undefined : createCampaignLive(campaignId, history, status)
    stream.watch(campaignId)
    const view = viewOf(session, live.node, own?.node)
    document.body.classList.toggle('wall', location.hash === '#/wall')
    main.replaceChildren(view)
    for (const anchor of links) {
      if (anchor.hash === placeOf(location.hash)) anchor.setAttribute('aria-current', 'page')
      else anchor.removeAttribute('aria-current')
    }
    // The switch of languages keeps the view.
    for (const other of document.querySelectorAll<HTMLAnchorElement>('header a[hreflang]'))
      other.hash = location.hash
  }
  const figures = createFiguresSwitch(() => {
    const frame = history.frames().at(-1)
    if (frame !== undefined) for (const part of shownParts()) part.showFrame(frame)
    tick()
    // A form keeps what was typed: it is not shown meanwhile.
    if (!/\/(?:new|edit)$/.test(location.hash)) show()
  })
  const signOut = (why?: string): void => {
    end.abort()
    forgetOperatorToken()
    showSignIn(why)
  }
  const stream = followFrames({
    token: session.token,
    campaignId: shownCampaign(),
    onFrame(frame) {
      status.addFrame()
      if (history.add(frame)) for (const part of shownParts()) part.showFrame(frame)
      tick()
    },
    onState(state) {
      if (state.kind === 'unauthorized') return signOut(tell(consoleTexts.expired))
      status.setState(state)
      tick()
    },
  })
  const timer = setInterval(tick, 500)
  end.signal.addEventListener('abort', () => {
    stream.stop()
    clearInterval(timer)
  })
  window.addEventListener(
    'hashchange',
    () => {
      show()
      // Who reads the screen, or has no mouse, goes on in the new view.
      main.focus()
    },
    { signal: end.signal },
  )
  window.addEventListener(
    'keydown',
    (event) => {
      if (event.key === 'Escape' && location.hash === '#/wall') location.hash = '#/live'
      figures.onKey(event)
    },
    { signal: end.signal },
  )
  const role = tell(session.mayChange ? consoleTexts.mayChange : consoleTexts.readsOnly)
  root.replaceChildren(
    element(
      'div',
      { class: 'bar' },
      element('nav', { 'aria-label': tell(consoleTexts.views) }, ...links),
      element(
        'p',
        { class: 'who' },
        element('span', { id: 'who' }, tell(consoleTexts.who, { name: session.name, role })),
        figures.node,
        element('button', { type: 'button', onclick: () => signOut() }, tell(consoleTexts.signOut)),
      ),
    ),
    main,
    element('a', { class: 'leave-wall', href: '#/live' }, tell(consoleTexts.leaveWall)),
  )
  show()
}

/** Goes on with the token of this tab. While the API does not answer, it is neither right nor wrong. */
const resume = async (token: string): Promise<void> => {
  try {
    const session = await openSession(token)
    if (session === undefined) {
      forgetOperatorToken()
      showSignIn(tell(consoleTexts.wrongToken))
    } else run(session)
  } catch (cause) {
    root.replaceChildren(element('p', { role: 'status', lang: language }, failureText(cause)))
    setTimeout(() => void resume(token), retryMs)
  }
}

const kept = keptOperatorToken()
if (kept === undefined) showSignIn()
else void resume(kept)
