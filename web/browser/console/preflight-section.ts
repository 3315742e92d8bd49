import type { Campaign } from '../../../client/contract-types.ts'
import { campaignTexts } from '../../texts/campaign-texts.ts'
import { consoleTexts } from '../../texts/console-texts.ts'
import type { Session } from './console-session.ts'
import { element, setText } from './elements.ts'
import { preflightSheet } from './preflight-sheet.ts'
import { failureText, tell } from './words.ts'

/**
 * What a campaign would do, before people meet it. It is read by itself for one that has not begun, and where
 * it `isWanted`.
 */
export const createPreflightSection = (
  { client }: Session,
  { id, state }: Campaign,
  isWanted = state === 'scheduled',
): HTMLElement => {
  const sheet = element('div')
  const status = element('p', { role: 'status' })
  const load = async (): Promise<void> => {
    setText(status, tell(consoleTexts.loading))
    try {
      sheet.replaceChildren(...preflightSheet(await client.preflight(id)))
      setText(status, '')
    } catch (cause) {
      setText(status, tell(campaignTexts.unread, { why: failureText(cause) }))
    }
  }
  if (isWanted) void load()
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
