import { publicState } from '../coupon/campaign.ts'
import type { GateView } from '../coupon/gate/gate.ts'
import type { CampaignMoment } from './contract/answers.ts'

/** What a live campaign is at this moment of the gate's clock, by what its gate said last. */
export const liveMoment = (view: GateView, nowMs: number): CampaignMoment => {
  const { armed, document, stock, granted } = view
  const state = armed ? publicState({ ...document, state: view.state, stock }, granted, nowMs) : 'recovering'
  return { state, stock, granted, nowMs }
}
