import type { Campaign } from '../../../client/contract-types.ts'
import type { CampaignSearch } from '../../../client/operator-client.ts'
import { campaignTexts } from '../../texts/campaign-texts.ts'
import { consoleTexts } from '../../texts/console-texts.ts'
import { stateBadge } from './campaign-card.ts'
import type { Session } from './console-session.ts'
import { dataTable, element, field, setText } from './elements.ts'
import { rehearsalBadge } from './rehearsal-banner.ts'
import { countText, failureText, momentText, partText, stateText, tell } from './words.ts'

const pageSize = 25

/** An id, which somebody has from a log or from another page. */
const idPattern = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i

const states = ['scheduled', 'open', 'paused', 'closed'] as const

const row = ({
  id,
  name,
  state,
  stock,
  granted,
  opensAt,
  closesAt,
  rehearsalOf,
}: Campaign): (Node | string)[] => [
  element(
    'span',
    {},
    element('a', { href: `#/campaigns/${id}` }, name),
    ' ',
    rehearsalBadge({ rehearsalOf }),
  ),
  stateBadge(state),
  partText(granted, stock),
  countText(stock),
  momentText(opensAt),
  momentText(closesAt),
]

/** The list of campaigns, newest first, with a search. */
export const createCampaignListView = ({ client, mayChange }: Session): HTMLElement => {
  const search = element('input', { type: 'search', autocomplete: 'off' })
  const filter = element(
    'select',
    {},
    element('option', { value: '' }, tell(campaignTexts.anyState)),
    ...states.map((state) => element('option', { value: state }, stateText(state))),
  )
  const results = element('div')
  const status = element('p', { role: 'status' })
  const more = element('button', { type: 'button', hidden: true }, tell(consoleTexts.more))
  let found: Campaign[] = []
  let cursor: string | null = null
  let asked = 0

  const load = async (from: string | null): Promise<void> => {
    asked += 1
    const own = asked
    setText(status, tell(consoleTexts.loading))
    try {
      const page = await client.listCampaigns({
        ...{ limit: pageSize, cursor: from, text: search.value.trim() || undefined },
        state: (filter.value || undefined) as CampaignSearch['state'],
      })
      // A later question has been asked, and its answer is the one that is shown.
      if (own !== asked) return
      found = from === null ? page.items : [...found, ...page.items]
      cursor = page.nextCursor
      const head = (['name', 'stateFilter', 'granted', 'stock', 'opensAt', 'closesAt'] as const).map((name) =>
        tell(campaignTexts[name]),
      )
      results.replaceChildren(
        ...(found.length === 0 ? [] : [dataTable(tell(campaignTexts.list), head, found.map(row))]),
      )
      more.hidden = cursor === null
      const nothing = cursor === null ? campaignTexts.none : campaignTexts.partial
      setText(status, found.length === 0 ? tell(nothing) : '')
    } catch (cause) {
      if (own === asked) setText(status, tell(campaignTexts.unread, { why: failureText(cause) }))
    }
  }
  more.addEventListener('click', () => void load(cursor))
  const form = element(
    'form',
    {
      ...{ class: 'search', role: 'search' },
      onsubmit: (event) => {
        event.preventDefault()
        const text = search.value.trim()
        if (idPattern.test(text)) location.hash = `#/campaigns/${text.toLowerCase()}`
        else void load(null)
      },
      onchange: () => void load(null),
    },
    field(tell(campaignTexts.search), search),
    field(tell(campaignTexts.stateFilter), filter),
    element('button', { type: 'submit' }, tell(campaignTexts.find)),
  )
  void load(null)
  return element(
    'div',
    {},
    element('h1', {}, tell(campaignTexts.list)),
    mayChange
      ? element('p', {}, element('a', { class: 'button', href: '#/new' }, tell(campaignTexts.create)))
      : undefined,
    form,
    status,
    results,
    element('p', {}, more),
  )
}
