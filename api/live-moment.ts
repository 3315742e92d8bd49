import { type PublicState, publicState } from '../coupon/campaign.ts'
import type { GateView } from '../coupon/gate/gate.ts'
import type { CampaignMoment } from './contract/answers.ts'

/** When the last coupon of a campaign in this state was taken; `undefined` unless it is sold out. */
export const soldOutSince = (
  state: PublicState,
  { lastGrantAtMs }: Pick<GateView, 'lastGrantAtMs'>,
): number | undefined => (state === 'sold-out' && lastGrantAtMs > 0 ? lastGrantAtMs : undefined)

/** What a live campaign is at this moment of the gate's clock, by what its gate said last. */
export const liveMoment = (view: GateView, nowMs: number): CampaignMoment => {
  const { armed, document, stock, granted } = view
  const state = armed ? publicState({ ...document, state: view.state, stock }, granted, nowMs) : 'recovering'
  return { state, stock, granted, soldOutAtMs: soldOutSince(state, view), nowMs }
}
