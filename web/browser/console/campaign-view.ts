import type { Campaign, Change } from '../../../client/contract-types.ts'
import { campaignTexts } from '../../texts/campaign-texts.ts'
import { eventTexts } from '../../texts/event-texts.ts'
import { createAuditSection } from './audit-section.ts'
import { createCampaignActions } from './campaign-actions.ts'
import { stateBadge } from './campaign-card.ts'
import type { Session } from './console-session.ts'
import { dataTable, element, setText } from './elements.ts'
import { needingFigures } from './figures-switch.ts'
import { createPreflightSection } from './preflight-section.ts'
import { createRehearsalBanner, rehearsalBadge } from './rehearsal-banner.ts'
import { createRehearseButton } from './rehearsal-dialog.ts'
import { createWinnersSection } from './winners-section.ts'
import {
  countText,
  discountText,
  failureText,
  momentText,
  partText,
  plainText,
  proseText,
  tell,
} from './words.ts'

const factsOf = ({ id, ...campaign }: Campaign): HTMLElement => {
  const { granted, remaining, stock, opensAt, closesAt, coupon, perUserLimit, version } = campaign
  const facts: [{ en: string; ko: string }, Node | string][] = [
    [campaignTexts.granted, partText(granted, stock)],
    [campaignTexts.remaining, partText(remaining, stock)],
    [campaignTexts.stock, countText(stock)],
    [campaignTexts.opensAt, momentText(opensAt)],
    [campaignTexts.closesAt, momentText(closesAt)],
    [campaignTexts.coupon, `${proseText(coupon.title)} · ${discountText(coupon.discount)}`],
    [campaignTexts.usableUntil, momentText(coupon.usableUntil)],
    [campaignTexts.perUser, plainText(perUserLimit)],
    [campaignTexts.version, plainText(version)],
  ]
  if (campaign.rehearsalOf === null)
    facts.push([campaignTexts.shopPage, element('a', { href: `/c/${id}` }, `/c/${id}`)])
  return element(
    'dl',
    { class: 'facts' },
    ...facts.flatMap(([name, value]) => [element('dt', {}, tell(name)), element('dd', {}, value)]),
  )
}

const changeRow = ({ version, action, at, by, from, reason, settings }: Change): string[] => [
  ...[String(version), tell(campaignTexts.action[action]), momentText(at)],
  ...[
    [by ?? tell(campaignTexts.system), from].filter(Boolean).join(' · '),
    proseText(reason ?? ''),
    countText(settings.stock),
  ],
]

/** One campaign: how it goes, what it is, who changed it, and what can be done with it. */
export const createCampaignView = (
  session: Session,
  campaignId: string,
  live: HTMLElement | undefined,
): HTMLElement => {
  const { client, mayChange } = session
  const [head, facts, actions] = [element('h1', {}, '…'), element('div'), element('div')]
  const changes = element('section', { class: 'panel', id: 'changes', hidden: true })
  const status = element('p', { class: 'result', role: 'status', tabindex: -1 })
  const rest = element('div')
  const audit = createAuditSection(session, campaignId)
  const rehearsal = createRehearsalBanner(session, campaignId, {
    look: () => void load(),
    audit: audit.runUntilSettled,
  })

  const show = (campaign: Campaign): void => {
    head.replaceChildren(campaign.name, ' ', stateBadge(campaign.state), ' ', rehearsalBadge(campaign) ?? '')
    facts.replaceChildren(factsOf(campaign))
    if (campaign.recovery !== null)
      facts.prepend(element('p', { class: 'note' }, proseText(campaign.recovery)))
    actions.replaceChildren(
      ...(mayChange
        ? [
            createCampaignActions(session, campaign, (text) => {
              setText(status, text)
              // The buttons are replaced, and the focus with them.
              status.focus()
              void load()
            }),
          ]
        : []),
    )
    actions.firstElementChild?.append(createRehearseButton(session, campaign) ?? '')
    if (rest.childElementCount === 0)
      rest.append(
        // A rehearsal is past its opening, and its coupons are meant to be useless.
        campaign.rehearsalOf === null ? createPreflightSection(session, campaign) : '',
        audit.node,
        needingFigures(createWinnersSection(session, campaignId), tell(campaignTexts.winners)),
      )
  }
  const load = async (): Promise<void> => {
    try {
      const [campaign, list] = await Promise.all([
        client.readCampaign(campaignId),
        client.changes(campaignId),
      ])
      show(campaign)
      rehearsal.show(campaign, list.items)
      const columns = [
        campaignTexts.version,
        campaignTexts.change,
        campaignTexts.when,
        campaignTexts.who,
        campaignTexts.reason,
        campaignTexts.stock,
      ]
      changes.hidden = false
      changes.replaceChildren(
        element('h2', {}, tell(campaignTexts.changes)),
        dataTable(
          tell(campaignTexts.changes),
          columns.map((column) => tell(column)),
          list.items.toReversed().map(changeRow),
        ),
      )
    } catch (cause) {
      setText(status, tell(campaignTexts.unread, { why: failureText(cause) }))
    }
  }
  void load()
  return element(
    'div',
    {},
    element('p', {}, element('a', { href: '#/campaigns' }, `← ${tell(campaignTexts.back)}`)),
    head,
    rehearsal.node,
    status,
    actions,
    live,
    facts,
    element('p', {}, element('a', { href: `#/campaigns/${campaignId}/replay` }, tell(eventTexts.replayLink))),
    changes,
    rest,
  )
}
