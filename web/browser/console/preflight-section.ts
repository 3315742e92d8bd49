import type { Campaign, Preflight } from '../../../client/contract-types.ts'
import { campaignTexts } from '../../texts/campaign-texts.ts'
import { consoleTexts } from '../../texts/console-texts.ts'
import type { Session } from './console-session.ts'
import { element, setText } from './elements.ts'
import { failureText, tell } from './words.ts'

const levelBadge = (level: keyof typeof campaignTexts.level): HTMLElement =>
  element('span', { class: 'badge', 'data-level': level }, tell(campaignTexts.level[level]))

const sheetOf = ({ verdict, words, servers }: Preflight): Node[] => [
  element('p', {}, levelBadge(verdict)),
  element('ul', {}, ...words.map((word) => element('li', {}, word))),
  ...(servers === null || servers.findings.length === 0
    ? []
    : [
        element(
          'details',
          {},
          element('summary', {}, `${tell(campaignTexts.findings)} (${servers.findings.length})`),
          element(
            'ul',
            {},
            ...servers.findings.map(({ level, place, name, found, expected, fix }) =>
              element('li', {}, levelBadge(level), ` ${place}: ${name} = ${found} (${expected}). ${fix}`),
            ),
          ),
        ),
      ]),
]

/** What a campaign would do, before people meet it. It opens by itself for one that has not begun. */
export const createPreflightSection = ({ client }: Session, { id, state }: Campaign): HTMLElement => {
  const sheet = element('div')
  const status = element('p', { role: 'status' })
  const load = async (): Promise<void> => {
    setText(status, tell(consoleTexts.loading))
    try {
      sheet.replaceChildren(...sheetOf(await client.preflight(id)))
      setText(status, '')
    } catch (cause) {
      setText(status, tell(campaignTexts.unread, { why: failureText(cause) }))
    }
  }
  if (state === 'scheduled') void load()
  return element(
    'section',
    { class: 'panel', id: 'preflight' },
    element('h2', {}, tell(campaignTexts.preflight)),
    element(
      'p',
      {},
      element('button', { type: 'button', onclick: () => void load() }, tell(campaignTexts.check)),
    ),
    status,
    sheet,
  )
}
