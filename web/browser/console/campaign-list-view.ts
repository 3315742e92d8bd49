import type { Campaign } from '../../../client/contract-types.ts'
import type { CampaignSearch } from '../../../client/operator-client.ts'
import { campaignTexts } from '../../texts/campaign-texts.ts'
import { consoleTexts } from '../../texts/console-texts.ts'
import { stateBadge } from './campaign-card.ts'
import type { Session } from './console-session.ts'
import { element, field, setText, table } from './elements.ts'
import { count, failureText, say, stateText, timeText } from './words.ts'

const pageSize = 25
const states = ['scheduled', 'open', 'paused', 'closed'] as const

const row = ({ id, name, state, stock, granted, opensAt }: Campaign): (Node | string)[] => [
  element('a', { href: `#/campaigns/${id}` }, name),
  stateBadge(state),
  count(granted),
  count(stock),
  timeText(opensAt),
]

/** The list of campaigns, newest first, with a search. */
export const createCampaignListView = ({ client, mayChange }: Session): HTMLElement => {
  const search = element('input', { type: 'search', autocomplete: 'off' })
  const filter = element(
    'select',
    {},
    element('option', { value: '' }, say(campaignTexts.anyState)),
    ...states.map((state) => element('option', { value: state }, stateText(state))),
  )
  const results = element('div')
  const status = element('p', { role: 'status' })
  const more = element('button', { type: 'button', hidden: true }, say(consoleTexts.more))
  let found: Campaign[] = []
  let cursor: string | null = null
  let asked = 0

  const load = async (from: string | null): Promise<void> => {
    asked += 1
    const own = asked
    setText(status, say(consoleTexts.loading))
    try {
      const page = await client.listCampaigns({
        ...{ limit: pageSize, cursor: from, text: search.value.trim() || undefined },
        state: (filter.value || undefined) as CampaignSearch['state'],
      })
      // A later question has been asked, and its answer is the one that is shown.
      if (own !== asked) return
      found = from === null ? page.items : [...found, ...page.items]
      cursor = page.nextCursor
      const head = (['name', 'stateFilter', 'granted', 'stock', 'opensAt'] as const).map((name) =>
        say(campaignTexts[name]),
      )
      results.replaceChildren(
        ...(found.length === 0 ? [] : [table(say(campaignTexts.list), head, found.map(row))]),
      )
      more.hidden = cursor === null
      const nothing = cursor === null ? campaignTexts.none : campaignTexts.partial
      setText(status, found.length === 0 ? say(nothing) : '')
    } catch (cause) {
      if (own === asked) setText(status, say(campaignTexts.unread, { why: failureText(cause) }))
    }
  }
  more.addEventListener('click', () => void load(cursor))
  const form = element(
    'form',
    {
      ...{ class: 'search', role: 'search' },
      onsubmit: (event) => {
        event.preventDefault()
        void load(null)
      },
      onchange: () => void load(null),
    },
    field(say(campaignTexts.search), search),
    field(say(campaignTexts.stateFilter), filter),
    element('button', { type: 'submit' }, say(campaignTexts.find)),
  )
  void load(null)
  return element(
    'div',
    {},
    element('h1', {}, say(campaignTexts.list)),
    mayChange
      ? element('p', {}, element('a', { class: 'button', href: '#/new' }, say(campaignTexts.create)))
      : undefined,
    form,
    status,
    results,
    element('p', {}, more),
  )
}
