import type { ServerList } from '../../../client/contract-types.ts'
import { serverTexts } from '../../texts/server-texts.ts'
import { element } from './elements.ts'
import { levelBadge } from './level-badge.ts'
import { tell } from './words.ts'

type Finding = ServerList['servers'][number]['findings'][number]

const itemOf = ({ level, place, name, found, expected, fix }: Finding): HTMLElement =>
  element(
    'li',
    {},
    levelBadge(level),
    ` ${tell(serverTexts.finding, { place, name, found })}`,
    element('small', { lang: 'en' }, tell(serverTexts.expected, { text: expected })),
    level === 'ok' || fix === ''
      ? undefined
      : element('small', { lang: 'en' }, tell(serverTexts.fix, { text: fix })),
  )

/** What the doctor found, folded below a line that says how much it is. */
export const findingList = (summary: string, findings: readonly Finding[], isOpen = false): HTMLElement =>
  element(
    'details',
    { class: 'findings', open: isOpen },
    element('summary', {}, summary),
    element('ul', {}, ...findings.map(itemOf)),
  )
