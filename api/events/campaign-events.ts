import type { CampaignDocument } from '../../coupon/campaign.ts'
import type { Registry } from '../../coupon/campaigns/registry.ts'
import type { StreamEvent } from '../../platform/http/event-frame.ts'
import type { EventHubOptions } from '../../platform/http/event-hub.ts'
import { type CampaignMoment, formatSoldOut, formatTime } from '../contract/answers.ts'
import { liveMoment } from '../live-moment.ts'

/** A gate that grants is read again when its view is older, once for all listeners. */
const openViewMsMax = 500

/** What changes otherwise comes with a new version; only the loss of a gate does not. */
const otherViewMsMax = 5_000

/** Which facts an event tells: the same on every process. */
type Version = { epoch: number; version: number; granted: number }

const idOf = ({ epoch, version, granted }: Version, { state, soldOutAtMs }: CampaignMoment): string =>
  `${epoch}.${version}.${granted}.${state}${soldOutAtMs === undefined ? '' : `.${soldOutAtMs}`}`

const idPattern = /^(\d{1,10})\.(\d{1,10})\.(\d{1,10})\.([a-z-]{4,10})(?:\.\d{1,15})?$/

/** Whether a client that had the event `lastId` knows as much as the event `id` says, or more. */
export const knowsAsMuch = (lastId: string | undefined, id: string): boolean => {
  if (lastId === undefined || lastId === id) return lastId === id
  const [, epoch, version, granted] = idPattern.exec(lastId) ?? []
  const [, epochNow, versionNow, grantedNow] = idPattern.exec(id) ?? []
  // It comes from a process that was told of more grants. Stock that comes back for a moment would mislead.
  return epoch === epochNow && version === versionNow && Number(granted) > Number(grantedNow)
}

/** Whether `lastId` is that of the last event of a campaign, behind which nothing comes. */
export const isOfClosed = (lastId: string | undefined): boolean =>
  idPattern.exec(lastId ?? '')?.[4] === 'closed'

/** The event of a campaign at one moment. That of a closed one is called `closed`, and is the last. */
export const campaignEvent = (
  version: Version,
  document: Pick<CampaignDocument, 'opensAtMs' | 'closesAtMs'>,
  moment: CampaignMoment,
): StreamEvent => ({
  id: idOf(version, moment),
  event: moment.state === 'closed' ? 'closed' : 'campaign',
  state: moment.state,
  data: () =>
    JSON.stringify({
      state: moment.state,
      stock: moment.stock,
      remaining: Math.max(0, moment.stock - moment.granted),
      opensAt: formatTime(document.opensAtMs),
      closesAt: formatTime(document.closesAtMs),
      soldOutAt: formatSoldOut(moment),
      serverTime: formatTime(moment.nowMs),
    }),
})

/**
 * The present event of a campaign, from memory alone. It asks for a newer view in the next poll: a campaign
 * with listeners is read about once a second, however many they are.
 */
export const createCampaignEvents =
  (registry: Registry, monotonicMs: () => number): EventHubOptions['read'] =>
  (campaignId) => {
    const campaign = registry.known(campaignId)
    if (campaign === undefined) return 'over'
    const { view, readAtMs } = campaign
    const moment = liveMoment(view, registry.gateNowMs())
    const isGranting = moment.state === 'open' || moment.state === 'recovering'
    if (monotonicMs() - readAtMs >= (isGranting ? openViewMsMax : otherViewMsMax))
      registry.keepFresh(campaignId)
    return { event: campaignEvent(view, view.document, moment), isLast: moment.state === 'closed' }
  }
