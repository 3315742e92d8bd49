import type { WinnerList } from '../../../client/contract-types.ts'
import { campaignTexts } from '../../texts/campaign-texts.ts'
import { consoleTexts } from '../../texts/console-texts.ts'
import { pageTexts } from '../../texts/page-texts.ts'
import type { Session } from './console-session.ts'
import { element, setText, table } from './elements.ts'
import { count, failureText, say, timeText } from './words.ts'

const pageSize = 50

const row = ({ rank, couponId, userId, state, issuedAt }: WinnerList['items'][number]): (Node | string)[] => [
  count(rank),
  userId,
  element('a', { href: `#/coupons/${couponId}` }, couponId),
  say(pageTexts.couponState[state]),
  timeText(issuedAt),
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
  const show = element('button', { type: 'button' }, say(campaignTexts.showWinners))
  const file = element('button', { type: 'button' }, say(campaignTexts.exportCsv))
  const more = element('button', { type: 'button', hidden: true }, say(consoleTexts.more))
  let found: WinnerList['items'] = []
  let cursor: string | null = null

  const during = async (text: string, act: () => Promise<string>): Promise<void> => {
    setText(status, text)
    setText(
      status,
      await act().catch((cause: unknown) => say(campaignTexts.unread, { why: failureText(cause) })),
    )
  }
  const load = (from: string | null): Promise<void> =>
    during(say(consoleTexts.loading), async () => {
      const page = await client.winners(campaignId, { limit: pageSize, cursor: from })
      found = from === null ? page.items : [...found, ...page.items]
      cursor = page.nextCursor
      more.hidden = cursor === null
      const head = (['rank', 'user', 'coupon', 'couponState', 'issued'] as const).map((name) =>
        say(campaignTexts[name]),
      )
      results.replaceChildren(
        ...(found.length === 0 ? [] : [table(say(campaignTexts.winners), head, found.map(row))]),
      )
      return found.length === 0 && cursor === null ? say(campaignTexts.noWinners) : ''
    })
  show.addEventListener('click', () => void load(null))
  more.addEventListener('click', () => void load(cursor))
  file.addEventListener(
    'click',
    () =>
      void during(say(campaignTexts.exporting), async () => {
        const path = `/v1/admin/campaigns/${encodeURIComponent(campaignId)}/winners`
        await download(path, token, `winners-${campaignId}.csv`)
        return say(campaignTexts.done)
      }),
  )
  return element(
    'section',
    { class: 'panel', id: 'winners' },
    element('h2', {}, say(campaignTexts.winners)),
    element('p', { class: 'actions' }, show, file),
    status,
    results,
    element('p', {}, more),
  )
}
