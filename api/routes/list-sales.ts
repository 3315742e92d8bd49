import type { Registry } from '../../coupon/campaigns/registry.ts'
import { rehearsedCampaign } from '../../coupon/rehearsal-rule.ts'
import type { SaleLink } from '../../web/pages/front-page.ts'
import { liveMoment } from '../live-moment.ts'

/**
 * The newest sales that have opened and are not over, and how many more there are. One that is scheduled may
 * not be announced yet, and a rehearsal is for nobody.
 */
export type ListSales = () => { sales: readonly SaleLink[]; more: number }

const salesMax = 50
const ageMaxMs = 1_000

/** Lists sales from memory, once a second for all who ask. */
export const createSalesList = (
  registry: Pick<Registry, 'live' | 'gateNowMs'>,
  monotonicMs: () => number,
): ListSales => {
  let listed: ReturnType<ListSales> = { sales: [], more: 0 }
  let listedAtMs = Number.NEGATIVE_INFINITY
  return () => {
    if (monotonicMs() - listedAtMs < ageMaxMs) return listed
    const nowMs = registry.gateNowMs()
    const current = registry
      .live()
      .filter(({ view }) => rehearsedCampaign(view.document) === undefined)
      .map(({ id, view }): SaleLink => {
        const { state, stock, granted } = liveMoment(view, nowMs)
        return { id, name: view.document.name, state, stock, remaining: Math.max(0, stock - granted) }
      })
      .filter(({ state }) => state !== 'closed' && state !== 'scheduled')
      .sort((left, right) => (left.id < right.id ? 1 : -1))
    const sales = current.slice(0, salesMax)
    listed = { sales, more: current.length - sales.length }
    listedAtMs = monotonicMs()
    return listed
  }
}
