import type { LiveCampaign, Registry } from '../../coupon/campaigns/registry.ts'
import { rehearsedCampaign } from '../../coupon/rehearsal-rule.ts'
import type { SaleLink } from '../../web/pages/front-page.ts'
import { liveMoment } from '../live-moment.ts'

/**
 * The newest sales that have opened and are not over, and how many more there are. One that is scheduled may
 * not be announced yet, and a rehearsal is for nobody.
 */
export type ListSales = () => Promise<{ sales: readonly SaleLink[]; more: number }>

const salesMax = 50
const ageMaxMs = 1_000

/**
 * Lists sales once a second for all who ask. Those that are shown are read again: nobody may have looked at
 * them since they began. What cannot be read is as it was known.
 */
export const createSalesList = (
  registry: Pick<Registry, 'live' | 'known' | 'refresh' | 'gateNowMs'>,
  monotonicMs: () => number,
): ListSales => {
  const isListed = ({ view }: LiveCampaign, nowMs: number): boolean => {
    const { state } = liveMoment(view, nowMs)
    const isRehearsal = rehearsedCampaign(view.document) !== undefined
    return state !== 'closed' && state !== 'scheduled' && !isRehearsal
  }
  const linkTo = ({ id, view }: LiveCampaign, nowMs: number): SaleLink => {
    const { state, stock, granted } = liveMoment(view, nowMs)
    return { id, name: view.document.name, state, stock, remaining: Math.max(0, stock - granted) }
  }
  const list = async (): ReturnType<ListSales> => {
    const current = registry
      .live()
      .filter((campaign) => isListed(campaign, registry.gateNowMs()))
      .sort((left, right) => (left.id < right.id ? 1 : -1))
    const shown = current.slice(0, salesMax)
    await Promise.all(shown.map(({ id }) => registry.refresh(id, ageMaxMs).catch(() => undefined)))
    const nowMs = registry.gateNowMs()
    const sales = shown
      .map(({ id, ...rest }) => registry.known(id) ?? { id, ...rest })
      .filter((campaign) => isListed(campaign, nowMs))
      .map((campaign) => linkTo(campaign, nowMs))
    return { sales, more: current.length - shown.length }
  }

  let listed: ReturnType<ListSales> | undefined
  let listedAtMs = Number.NEGATIVE_INFINITY
  return () => {
    if (listed !== undefined && monotonicMs() - listedAtMs < ageMaxMs) return listed
    listedAtMs = monotonicMs()
    listed = list()
    return listed
  }
}
