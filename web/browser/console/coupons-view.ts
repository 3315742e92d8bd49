import type { Coupon, SupportCoupon } from '../../../client/contract-types.ts'
import { campaignTexts } from '../../texts/campaign-texts.ts'
import { consoleTexts } from '../../texts/console-texts.ts'
import { pageTexts } from '../../texts/page-texts.ts'
import { worthText } from '../../texts/worth-text.ts'
import { confirmAndDo } from './confirm-dialog.ts'
import type { Session } from './console-session.ts'
import { element, field, setText, table } from './elements.ts'
import { count, failureText, language, say, timeText } from './words.ts'

const couponRow = ({ id, title, discount, rank, state, issuedAt }: Coupon): (Node | string)[] => [
  element('a', { href: `#/coupons/${id}` }, id),
  `${title} · ${worthText(discount, language)}`,
  count(rank),
  say(pageTexts.couponState[state]),
  timeText(issuedAt),
]

const factsOf = (coupon: SupportCoupon): HTMLElement => {
  const { id, campaignId, userId, rank, state, issuedAt, title, discount, usableUntil } = coupon
  const facts: [{ en: string; ko: string }, Node | string][] = [
    [campaignTexts.coupon, `${title} · ${worthText(discount, language)}`],
    [campaignTexts.byCoupon, id],
    [campaignTexts.couponState, say(pageTexts.couponState[state])],
    [campaignTexts.user, element('a', { href: `#/users/${encodeURIComponent(userId)}` }, userId)],
    [campaignTexts.rank, count(rank)],
    [campaignTexts.issued, timeText(issuedAt)],
    [campaignTexts.usableUntil, timeText(usableUntil)],
    [campaignTexts.list, element('a', { href: `#/campaigns/${campaignId}` }, campaignId)],
  ]
  return element(
    'dl',
    { class: 'facts' },
    ...facts.flatMap(([name, value]) => [element('dt', {}, say(name)), element('dd', {}, value)]),
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
  const more = element('button', { type: 'button', hidden: true }, say(consoleTexts.more))
  let found: Coupon[] = []
  let cursor: string | null = null

  const during = async (act: () => Promise<string>): Promise<void> => {
    setText(status, say(consoleTexts.loading))
    setText(
      status,
      await act().catch((cause: unknown) => say(campaignTexts.unread, { why: failureText(cause) })),
    )
  }
  const revoke = async (coupon: SupportCoupon): Promise<void> => {
    const { userId: owner } = coupon
    const isDone = await confirmAndDo({
      ...{ title: say(campaignTexts.revoke), lead: say(campaignTexts.revokeLead), needsReason: true },
      ...{ button: say(campaignTexts.revoke) },
      typed: {
        label: say(campaignTexts.typeUser, { name: owner }),
        accepts: (text) => text.trim() === owner,
      },
      act: async (reason) => showCoupon(await client.revoke(coupon.id, { reason })),
    })
    if (isDone) setText(status, say(campaignTexts.done))
  }
  const showCoupon = (coupon: SupportCoupon): void => {
    const head = [campaignTexts.change, campaignTexts.issued, campaignTexts.user, campaignTexts.reason]
    const rows = coupon.history.map(({ action, at, by, reason, orderId }) => [
      ...[say(campaignTexts.did[action]), timeText(at), by, reason ?? orderId ?? ''],
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
                say(campaignTexts.revoke),
              ),
            ),
          ]
        : []),
      ...(rows.length === 0
        ? []
        : [
            element('h2', {}, say(campaignTexts.history)),
            table(
              say(campaignTexts.history),
              head.map((text) => say(text)),
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
        say(campaignTexts[name]),
      )
      results.replaceChildren(
        ...(found.length === 0 ? [] : [table(say(consoleTexts.coupons), head, found.map(couponRow))]),
      )
      if (!page.complete) return say(campaignTexts.incomplete)
      return found.length === 0 ? say(campaignTexts.noCoupons) : ''
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
        ...{ class: 'search', role: 'search', 'aria-label': label },
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
      element('button', { type: 'submit' }, say(campaignTexts.lookUp)),
    )
  more.addEventListener('click', () => void loadUser(userId.value.trim(), cursor))
  if (asked.couponId !== undefined) void loadCoupon(asked.couponId)
  if (asked.userId !== undefined) void loadUser(asked.userId, null)
  return element(
    'div',
    {},
    element('h1', {}, say(consoleTexts.coupons)),
    search(say(campaignTexts.byUser), userId, 'users', (id) => void loadUser(id, null)),
    search(say(campaignTexts.byCoupon), couponId, 'coupons', (id) => void loadCoupon(id)),
    status,
    results,
    element('p', {}, more),
  )
}
