import type { Audit, Campaign, Change } from '../../../client/contract-types.ts'
import { campaignTexts } from '../../texts/campaign-texts.ts'
import { consoleTexts } from '../../texts/console-texts.ts'
import { rehearsalTexts } from '../../texts/rehearsal-texts.ts'
import { verdictText } from './audit-section.ts'
import type { Session } from './console-session.ts'
import { element, setText } from './elements.ts'
import { tell } from './words.ts'

const lookMs = 1_000

/** A campaign that is a rehearsal says so wherever it is named. */
export const rehearsalBadge = ({ rehearsalOf }: Pick<Campaign, 'rehearsalOf'>): HTMLElement | undefined =>
  rehearsalOf === null
    ? undefined
    : element('span', { class: 'badge', 'data-rehearsal': true }, tell(rehearsalTexts.badge))

export type RehearsalBanner = {
  node: HTMLElement
  /** Shows how far it is, and at the end its result. The first time that it is closed, it is audited. */
  show(campaign: Campaign, changes: readonly Change[]): void
}

/**
 * Says of a rehearsal that it is one. While it is under way `look` is called once a second, for as long as
 * the view is shown.
 */
export const createRehearsalBanner = (
  { client }: Session,
  campaignId: string,
  { look, audit }: { look(): void; audit(): Promise<Audit | undefined> },
): RehearsalBanner => {
  const status = element('p', { role: 'status' })
  const result = element('p')
  const original = element('a', {}, tell(rehearsalTexts.original))
  const node = element(
    'section',
    { class: 'panel rehearsal', id: 'rehearsal', hidden: true },
    element('p', {}, element('strong', {}, tell(rehearsalTexts.isOne)), ' ', original),
    result,
    status,
  )
  let shownState = ''

  const watch = async (): Promise<void> => {
    if (!node.isConnected) return
    const state = await client.readCampaign(campaignId).then(
      (campaign) => campaign.state,
      () => shownState,
    )
    if (!node.isConnected) return
    if (state !== shownState) look()
    if (shownState !== 'closed') setTimeout(() => void watch(), lookMs)
  }
  const end = async (): Promise<void> => {
    setText(status, tell(campaignTexts.auditing))
    const verdict = (await audit())?.verdict
    const said = verdict === undefined ? tell(consoleTexts.unknown) : verdictText(verdict)
    setText(status, tell(rehearsalTexts.verdict, { verdict: said }))
    status.className = 'verdict'
    status.dataset['verdict'] = verdict ?? 'in-flight'
  }
  return {
    node,
    show({ rehearsalOf, state }, changes) {
      if (rehearsalOf === null) return
      const isFirst = shownState === ''
      const isNew = state !== shownState
      shownState = state
      node.hidden = false
      original.href = `#/campaigns/${rehearsalOf}`
      if (state === 'closed') {
        // Closed by its own times, it has no result.
        const reason = changes.find(({ action }) => action === 'closed')?.reason
        setText(result, reason ?? tell(rehearsalTexts.over))
        if (isNew) void end()
        return
      }
      setText(status, tell(rehearsalTexts.underWay))
      if (isFirst) setTimeout(() => void watch(), lookMs)
    },
  }
}
