import type { PlannedPreflight } from '../../../client/contract-types.ts'
import { campaignTexts } from '../../texts/campaign-texts.ts'
import { serverTexts } from '../../texts/server-texts.ts'
import { element } from './elements.ts'
import { findingList } from './finding-list.ts'
import { areFiguresHidden } from './hidden-figures.ts'
import { levelBadge } from './level-badge.ts'
import { tell } from './words.ts'

/** What a campaign would do: the verdict, in words, what is doubtful, and the servers. */
export const preflightSheet = ({ verdict, words, doubts, servers }: PlannedPreflight): HTMLElement[] => {
  const said = new Set(doubts.map(({ message }) => message))
  // Words are sentences about coupons and money. Without figures nothing is left of them but the doubts.
  const plain = areFiguresHidden() ? [] : words.filter((word) => !said.has(word))
  const isSilent = servers === null && areFiguresHidden()
  return [
    element('p', {}, levelBadge(verdict)),
    element(
      'ul',
      { class: 'sheet' },
      ...plain.map((word) => element('li', {}, word)),
      ...doubts.map(({ level, message }) => element('li', {}, levelBadge(level), ` ${message}`)),
      isSilent ? element('li', {}, tell(serverTexts.notInTime)) : undefined,
    ),
    ...(servers === null || servers.findings.length === 0
      ? []
      : [
          findingList(
            `${tell(campaignTexts.findings)} (${servers.findings.length})`,
            servers.findings,
            servers.findings.some(({ level }) => level === 'failed'),
          ),
        ]),
  ]
}
