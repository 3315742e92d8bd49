import type { Coupon, SupportCoupon } from '../../../client/contract-types.ts'
import { campaignTexts } from '../../texts/campaign-texts.ts'
import { consoleTexts } from '../../texts/console-texts.ts'
import { pageTexts } from '../../texts/page-texts.ts'
import { confirmAndDo } from './confirm-dialog.ts'
import type { Session } from './console-session.ts'
import { dataTable, element, field, setText } from './elements.ts'
import { countText, discountText, failureText, momentText, proseText, tell } from './words.ts'

const couponRow = ({ id, title, discount, rank, state, issuedAt }: Coupon): (Node | string)[] => [
  element('a', { href: `#/coupons/${id}` }, id),
  `${proseText(title)} · ${discountText(discount)}`,
  countText(rank),
  tell(pageTexts.couponState[state]),
  momentText(issuedAt),
]

const factsOf = (coupon: SupportCoupon): HTMLElement => {
  const { id, campaignId, userId, rank, state, issuedAt, title, discount, usableUntil } = coupon
  const facts: [{ en: string; ko: string }, Node | string][] = [
    [campaignTexts.coupon, `${proseText(title)} · ${discountText(discount)}`],
    [campaignTexts.byCoupon, id],
    [campaignTexts.couponState, tell(pageTexts.couponState[state])],
    [campaignTexts.user, element('a', { href: `#/users/${encodeURIComponent(userId)}` }, userId)],
    [campaignTexts.rank, countText(rank)],
    [campaignTexts.issued, momentText(issuedAt)],
    [campaignTexts.usableUntil, momentText(usableUntil)],
    [campaignTexts.list, element('a', { href: `#/campaigns/${campaignId}` }, campaignId)],
  ]
  return element(
    'dl',
    { class: 'facts' },
    ...facts.flatMap(([name, value]) => [element('dt', {}, tell(name)), element('dd', {}, value)]),
  )
}

/** Looks up a coupon by its id, or those of a user, and revokes one. */
export const createCouponsView = (
  { client, mayChange }: Session,
  asked: { couponId?: string; userId?: string },
): HTMLElement => {
  const couponId = element('input', { autocomplete: 'off', value: asked.couponId ?? '' })
  const userId = element('input', { autocomplete: 'off', value: asked.userId ?? '' })
  const [results, status] = [element('div'), element('p', { class: 'result', role: 'status' })]
  const more = element('button', { type: 'button', hidden: true }, tell(consoleTexts.more))
  let found: Coupon[] = []
  let cursor: string | null = null

  const during = async (act: () => Promise<string>): Promise<void> => {
    setText(status, tell(consoleTexts.loading))
    setText(
      status,
      await act().catch((cause: unknown) => tell(campaignTexts.unread, { why: failureText(cause) })),
    )
  }
  const revoke = async (coupon: SupportCoupon): Promise<void> => {
    const { userId: owner } = coupon
    const isDone = await confirmAndDo({
      ...{ title: tell(campaignTexts.revoke), lead: tell(campaignTexts.revokeLead), needsReason: true },
      ...{ button: tell(campaignTexts.revoke) },
      typed: {
        label: tell(campaignTexts.typeUser, { name: owner }),
        accepts: (text) => text.trim() === owner,
      },
      act: async (reason) => showCoupon(await client.revoke(coupon.id, { reason })),
    })
    if (isDone) setText(status, tell(campaignTexts.done))
  }
  const showCoupon = (coupon: SupportCoupon): void => {
    const head = [campaignTexts.change, campaignTexts.when, campaignTexts.who, campaignTexts.reason]
    const rows = coupon.history.map(({ action, at, by, reason, orderId }) => [
      ...[tell(campaignTexts.did[action]), momentText(at), by, proseText(reason ?? orderId ?? '')],
    ])
    results.replaceChildren(
      factsOf(coupon),
      ...(mayChange && coupon.state !== 'revoked'
        ? [
            element(
              'p',
              {},
              element(
                'button',
                { type: 'button', onclick: () => void revoke(coupon) },
                tell(campaignTexts.revoke),
              ),
            ),
          ]
        : []),
      ...(rows.length === 0
        ? []
        : [
            element('h2', {}, tell(campaignTexts.history)),
            dataTable(
              tell(campaignTexts.history),
              head.map((text) => tell(text)),
              rows,
            ),
          ]),
    )
  }
  const loadCoupon = (id: string): Promise<void> =>
    during(async () => {
      more.hidden = true
      results.replaceChildren()
      showCoupon(await client.coupon(id))
      return ''
    })
  const loadUser = (id: string, from: string | null): Promise<void> =>
    during(async () => {
      const page = await client.couponsOfUser(id, { limit: 50, cursor: from, state: 'all' })
      found = from === null ? page.items : [...found, ...page.items]
      cursor = page.nextCursor
      more.hidden = cursor === null
      const head = (['byCoupon', 'coupon', 'rank', 'couponState', 'issued'] as const).map((name) =>
        tell(campaignTexts[name]),
      )
      results.replaceChildren(
        ...(found.length === 0 ? [] : [dataTable(tell(consoleTexts.coupons), head, found.map(couponRow))]),
      )
      if (!page.complete) return tell(campaignTexts.incomplete)
      return found.length === 0 ? tell(campaignTexts.noCoupons) : ''
    })
  const search = (
    label: string,
    input: HTMLInputElement,
    view: string,
    load: (id: string) => void,
  ): HTMLElement =>
    element(
      'form',
      {
        class: 'search',
        onsubmit: (event) => {
          event.preventDefault()
          const id = input.value.trim()
          const hash = `#/${view}/${encodeURIComponent(id)}`
          if (id === '') input.focus()
          else if (location.hash === hash) load(id)
          else location.hash = hash
        },
      },
      field(label, input),
      element('button', { type: 'submit' }, tell(campaignTexts.lookUp)),
    )
  more.addEventListener('click', () => void loadUser(userId.value.trim(), cursor))
  if (asked.couponId !== undefined) void loadCoupon(asked.couponId)
  if (asked.userId !== undefined) void loadUser(asked.userId, null)
  return element(
    'div',
    {},
    element('h1', {}, tell(consoleTexts.coupons)),
    search(tell(campaignTexts.byUser), userId, 'users', (id) => void loadUser(id, null)),
    search(tell(campaignTexts.byCoupon), couponId, 'coupons', (id) => void loadCoupon(id)),
    status,
    results,
    element('p', {}, more),
  )
}
