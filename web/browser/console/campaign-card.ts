import type { ConsoleCampaign } from '../../../client/contract-types.ts'
import { liveTexts } from '../../texts/live-texts.ts'
import { element, setText } from './elements.ts'
import { paceOf, ratesOf, secondsUntilEmpty } from './frame-figures.ts'
import type { FrameHistory } from './frame-history.ts'
import { createLineChart } from './line-chart.ts'
import { aboutText, countText, leftText, partText, stateText, tell } from './words.ts'

/** The pace is the mean of the last seconds: one second says little, and many say what was. */
const paceMs = 5_000

/** A state as a word with a mark: no state is shown by colour alone. */
export const stateBadge = (state: string): HTMLElement =>
  element('span', { class: 'badge', 'data-state': state }, stateText(state))

/** When nothing will be left, as far as the pace tells. */
const outlook = ({ state }: ConsoleCampaign, left: number | null, pace: number | null): string => {
  if (left === null) return ''
  if (left === 0) return tell(liveTexts.soldOut)
  const seconds = secondsUntilEmpty(left, pace)
  if (seconds !== null) return tell(liveTexts.soldOutIn, { time: aboutText(seconds) })
  return state === 'open' ? tell(liveTexts.noPace) : ''
}

/** A live campaign: its state, how its stock goes, and whether the rows keep pace. */
export const createCampaignCard = ({ id }: Pick<ConsoleCampaign, 'id'>) => {
  const [title, badge] = [element('a', { href: `#/campaigns/${id}` }), element('span')]
  const [left, soon] = [element('b'), element('span', { class: 'soon' })]
  const burnDown = createLineChart(tell(liveTexts.burnDown), countText)
  const rates = createLineChart(tell(liveTexts.rates), countText)
  const charts = element('div', { class: 'charts' }, burnDown.node, rates.node)
  const node = element(
    'article',
    { class: 'panel campaign' },
    element('h2', {}, title, ' ', badge),
    element('p', { class: 'left' }, left, ' ', soon),
    charts,
  )

  return {
    node,
    /** `isAlone`: it has room for its lines also when they are flat. */
    show(campaign: ConsoleCampaign, history: FrameHistory, nowMs: number, isAlone = false): void {
      const { name, state, stock, granted } = campaign
      const remaining = stock === null || granted === null ? null : Math.max(0, stock - granted)
      setText(title, name)
      if (badge.getAttribute('data-of') !== state) {
        badge.setAttribute('data-of', state)
        badge.replaceChildren(stateBadge(state))
      }
      setText(left, leftText(remaining, stock))
      const grants = history.granted(id)
      setText(soon, outlook(campaign, remaining, paceOf(grants, paceMs)))
      const view = { nowMs, overMs: history.shownMs() }
      burnDown.show(
        [
          {
            name: tell(liveTexts.stockLeft),
            value: partText(remaining, stock),
            tone: 0,
            points: history.left(id),
          },
        ],
        {
          ...view,
          ...(stock === null ? {} : { max: stock }),
          text: tell(liveTexts.lastMinutes, { s: Math.round(history.shownMs() / 1_000) }),
        },
      )
      // A campaign in which nothing happens takes little room: its lines would be flat.
      charts.hidden = !isAlone && new Set(grants.map(({ value }) => value)).size < 2
      const [grantRates, recordRates] = [ratesOf(grants), ratesOf(history.recorded(id))]
      rates.show(
        [
          {
            name: tell(liveTexts.granted),
            value: countText(grantRates.at(-1)?.value),
            tone: 0,
            points: grantRates,
          },
          {
            name: tell(liveTexts.recorded),
            value: countText(recordRates.at(-1)?.value),
            tone: 1,
            points: recordRates,
          },
        ],
        view,
      )
    },
  }
}
