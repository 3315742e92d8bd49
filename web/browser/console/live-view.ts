import type { ConsoleFrame } from '../../../client/contract-types.ts'
import { consoleTexts } from '../../texts/console-texts.ts'
import { liveTexts } from '../../texts/live-texts.ts'
import { createCampaignCard } from './campaign-card.ts'
import { element } from './elements.ts'
import { createEventLine } from './event-line.ts'
import type { FrameHistory } from './frame-history.ts'
import { createPromiseBanner } from './promise-banner.ts'
import type { StreamStatus } from './stream-status.ts'
import { createSystemPanel } from './system-panel.ts'
import { tell } from './words.ts'

/** What frames are shown in. */
export type LivePart = {
  node: HTMLElement
  /** A frame was added to the history. */
  showFrame(frame: ConsoleFrame): void
  /** Time has passed: ages are shown anew. */
  tick(): void
}

/** The live view. It is fed also while another view is shown, so that its lines have no gap. */
export const createLiveView = (history: FrameHistory, status: StreamStatus): LivePart => {
  const banner = createPromiseBanner()
  const system = createSystemPanel()
  const events = createEventLine()
  const age = element('p', { class: 'stream', 'aria-live': 'off' })
  const campaigns = element('section', { class: 'live-campaigns', 'aria-label': tell(liveTexts.campaigns) })
  const cards = new Map<string, ReturnType<typeof createCampaignCard>>()
  const node = element(
    'div',
    { class: 'live' },
    element('h1', { class: 'unseen' }, tell(consoleTexts.live)),
    age,
    banner.node,
    events.node,
    campaigns,
    system.node,
  )
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

  return {
    node,
    tick(): void {
      status.show(node, age)
      banner.show(history.frames(), status.sinceMs())
    },
    showFrame(frame: ConsoleFrame): void {
      showCampaigns(frame, history.timeOf(frame))
      events.show(frame)
      system.show(history)
    },
  }
}
