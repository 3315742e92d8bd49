import type { ConsoleFrame } from '../../../client/contract-types.ts'
import { consoleTexts } from '../../texts/console-texts.ts'
import { liveTexts } from '../../texts/live-texts.ts'
import { createCampaignCard } from './campaign-card.ts'
import { element, setText } from './elements.ts'
import type { StreamState } from './follow-frames.ts'
import { createFrameHistory } from './frame-history.ts'
import { createPromiseBanner } from './promise-banner.ts'
import { createSystemPanel } from './system-panel.ts'
import { secondsText, tell } from './words.ts'

/** Frames come once a second: what is older than this is shown as old. */
const staleMs = 3_000

/** The live view. It is fed also while another view is shown, so that its lines have no gap. */
export const createLiveView = () => {
  const history = createFrameHistory()
  const banner = createPromiseBanner()
  const system = createSystemPanel()
  const age = element('p', { class: 'stream', 'aria-live': 'off' })
  const campaigns = element('section', { class: 'live-campaigns', 'aria-label': tell(liveTexts.campaigns) })
  const cards = new Map<string, ReturnType<typeof createCampaignCard>>()
  const node = element(
    'div',
    { class: 'live' },
    element('h1', { class: 'unseen' }, tell(consoleTexts.live)),
    age,
    banner.node,
    campaigns,
    system.node,
  )
  let frameAtMs: number | undefined
  let state: StreamState = { kind: 'connecting' }
  let stateAtMs = performance.now()

  const sinceMs = (): number => (frameAtMs === undefined ? 0 : performance.now() - frameAtMs)

  let shownOrder = ''

  /** The order changes only when a campaign comes, goes or changes its state: else nothing jumps. */
  const showCampaigns = (frame: ConsoleFrame, nowMs: number): void => {
    for (const [id, card] of cards)
      if (!frame.campaigns.some((campaign) => campaign.id === id)) {
        card.node.remove()
        cards.delete(id)
      }
    for (const campaign of frame.campaigns) {
      let card = cards.get(campaign.id)
      if (card === undefined) {
        card = createCampaignCard(campaign)
        cards.set(campaign.id, card)
      }
      card.show(campaign, history, nowMs)
    }
    const order = frame.campaigns.map(({ id, state: own }) => `${id} ${own}`)
    const key = order.toSorted().join()
    if (key === shownOrder) return
    shownOrder = key
    campaigns.append(...frame.campaigns.flatMap(({ id }) => cards.get(id)?.node ?? []))
  }

  const tick = (): void => {
    const isStale = sinceMs() > staleMs || state.kind === 'lost' || state.kind === 'crowded'
    node.toggleAttribute('data-stale', isStale)
    const nextMs = 'nextMs' in state ? Math.max(0, stateAtMs + state.nextMs - performance.now()) : 0
    const values = { s: secondsText(sinceMs()), next: Math.ceil(nextMs / 1_000) }
    if (frameAtMs === undefined && !isStale) setText(age, tell(liveTexts.connecting))
    else if (state.kind === 'crowded') setText(age, `⚠ ${tell(liveTexts.crowded, values)}`)
    else setText(age, isStale ? `⚠ ${tell(liveTexts.lost, values)}` : tell(liveTexts.connected, values))
    if (frameAtMs !== undefined) banner.show(history.frames(), sinceMs())
  }

  return {
    node,
    tick,
    addFrame(frame: ConsoleFrame): void {
      frameAtMs = performance.now()
      history.add(frame)
      const nowMs = history.timeOf(frame)
      showCampaigns(frame, nowMs)
      system.show(history)
      tick()
    },
    setState(next: StreamState): void {
      state = next
      stateAtMs = performance.now()
      tick()
    },
  }
}
