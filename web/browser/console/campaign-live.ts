import type { ConsoleFrame } from '../../../client/contract-types.ts'
import { liveTexts } from '../../texts/live-texts.ts'
import { createCampaignCard } from './campaign-card.ts'
import { element, setText } from './elements.ts'
import type { FrameHistory } from './frame-history.ts'
import type { LivePart } from './live-view.ts'
import { createPromiseBanner } from './promise-banner.ts'
import type { StreamStatus } from './stream-status.ts'
import { plainText, tell } from './words.ts'

/** The frame as if there were this campaign alone. */
const onlyOf = (id: string, frame: ConsoleFrame): ConsoleFrame => ({
  ...frame,
  campaigns: frame.campaigns.filter((campaign) => campaign.id === id),
})

/** Why a campaign is not in a frame. Nothing is said before the stream has it among those it watches. */
const whyMissing = (id: string, { watched, otherWatched }: ConsoleFrame): string => {
  if (watched.includes(id)) return tell(liveTexts.notLive)
  return otherWatched > 0 ? tell(liveTexts.tooManyWatched, { n: plainText(watched.length) }) : ''
}

/** One campaign live, at the head of its view: whether its promises hold, and how its stock goes. */
export const createCampaignLive = (id: string, history: FrameHistory, status: StreamStatus): LivePart => {
  const age = element('p', { class: 'stream', 'aria-live': 'off' })
  const note = element('p', { class: 'note' })
  const banner = createPromiseBanner()
  const card = createCampaignCard({ id })
  const shown = element('div', { hidden: true }, banner.node, card.node)
  const node = element(
    'section',
    { class: 'own-live', 'aria-label': tell(liveTexts.ownLive) },
    age,
    note,
    shown,
  )

  const showFrame = (frame: ConsoleFrame): void => {
    const campaign = frame.campaigns.find((other) => other.id === id)
    shown.hidden = campaign === undefined
    setText(note, campaign === undefined ? whyMissing(id, frame) : '')
    if (campaign !== undefined) card.show(campaign, history, history.timeOf(frame), true)
  }
  const tick = (): void => {
    status.show(node, age)
    const own = history.frames().map((frame) => onlyOf(id, frame))
    banner.show(
      own.filter(({ campaigns }) => campaigns.length > 0),
      status.sinceMs(),
      false,
    )
  }
  const last = history.frames().at(-1)
  if (last !== undefined) showFrame(last)
  tick()
  return { node, showFrame, tick }
}
