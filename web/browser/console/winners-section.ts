import type { WinnerList } from '../../../client/contract-types.ts'
import { campaignTexts } from '../../texts/campaign-texts.ts'
import { consoleTexts } from '../../texts/console-texts.ts'
import { pageTexts } from '../../texts/page-texts.ts'
import type { Session } from './console-session.ts'
import { dataTable, element, setText } from './elements.ts'
import { countText, failureText, momentText, tell } from './words.ts'

const pageSize = 50

const row = ({ rank, couponId, userId, state, issuedAt }: WinnerList['items'][number]): (Node | string)[] => [
  countText(rank),
  userId,
  element('a', { href: `#/coupons/${couponId}` }, couponId),
  tell(pageTexts.couponState[state]),
  momentText(issuedAt),
]

/** Gives the browser a file to keep. The token goes by a header, so a plain link would not do. */
const download = async (path: string, token: string, name: string): Promise<void> => {
  const response = await fetch(path, { headers: { authorization: `Bearer ${token}`, accept: 'text/csv' } })
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
  const address = URL.createObjectURL(await response.blob())
  element('a', { href: address, download: name }).click()
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}

/** The winners that the ledger has, in their order, and all of them as a file. */
export const createWinnersSection = ({ client, token }: Session, campaignId: string): HTMLElement => {
  const [results, status] = [element('div'), element('p', { role: 'status' })]
  const show = element('button', { type: 'button' }, tell(campaignTexts.showWinners))
  const file = element('button', { type: 'button' }, tell(campaignTexts.exportCsv))
  const more = element('button', { type: 'button', hidden: true }, tell(consoleTexts.more))
  let found: WinnerList['items'] = []
  let cursor: string | null = null

  const during = async (text: string, act: () => Promise<string>): Promise<void> => {
    setText(status, text)
    setText(
      status,
      await act().catch((cause: unknown) => tell(campaignTexts.unread, { why: failureText(cause) })),
    )
  }
  const load = (from: string | null): Promise<void> =>
    during(tell(consoleTexts.loading), async () => {
      const page = await client.winners(campaignId, { limit: pageSize, cursor: from })
      found = from === null ? page.items : [...found, ...page.items]
      cursor = page.nextCursor
      more.hidden = cursor === null
      const head = (['rank', 'user', 'coupon', 'couponState', 'issued'] as const).map((name) =>
        tell(campaignTexts[name]),
      )
      results.replaceChildren(
        ...(found.length === 0 ? [] : [dataTable(tell(campaignTexts.winners), head, found.map(row))]),
      )
      return found.length === 0 && cursor === null ? tell(campaignTexts.noWinners) : ''
    })
  show.addEventListener('click', () => void load(null))
  more.addEventListener('click', () => void load(cursor))
  file.addEventListener(
    'click',
    () =>
      void during(tell(campaignTexts.exporting), async () => {
        const path = `/v1/admin/campaigns/${encodeURIComponent(campaignId)}/winners`
        await download(path, token, `winners-${campaignId}.csv`)
        return tell(campaignTexts.done)
      }),
  )
  return element(
    'section',
    { class: 'panel', id: 'winners' },
    element('h2', {}, tell(campaignTexts.winners)),
    element('p', { class: 'actions' }, show, file),
    status,
    results,
    element('p', {}, more),
  )
}
