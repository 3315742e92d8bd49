import type { Audit } from '../../../client/contract-types.ts'
import { campaignTexts } from '../../texts/campaign-texts.ts'
import type { Session } from './console-session.ts'
import { dataTable, element, setText } from './elements.ts'
import { countText, failureText, noneText, proseText, tell } from './words.ts'

const marks = { pass: '✓', fail: '✕', 'in-flight': '…' } as const

const verdictText = (verdict: Audit['verdict']): string =>
  `${marks[verdict]} ${tell(campaignTexts.verdict[verdict])}`

const reportOf = ({ verdict, checks, books, notes }: Audit): Node[] => [
  element('p', { class: 'verdict', 'data-verdict': verdict }, verdictText(verdict)),
  element(
    'p',
    { class: 'note' },
    tell(campaignTexts.auditOf, {
      ...{
        rows: countText(books.rows),
        records: countText(books.records),
        winners: countText(books.winners),
      },
    }),
  ),
  dataTable(
    tell(campaignTexts.audit),
    [campaignTexts.couponState, campaignTexts.promise, campaignTexts.looked, campaignTexts.faults].map(
      (text) => tell(text),
    ),
    checks.map(({ promise, fault, verdict: own, count: found, looked, examples }) => [
      verdictText(own),
      [promise, fault].filter(Boolean).join(': '),
      countText(looked),
      [noneText(found), ...examples.map(proseText)].join(' · '),
    ]),
  ),
  ...notes.map((note) => element('p', { class: 'note' }, proseText(note))),
]

/** The audit of a campaign, on a press of its button: it reads all that there is. */
export const createAuditSection = ({ client }: Session, campaignId: string): HTMLElement => {
  const [report, status] = [element('div'), element('p', { role: 'status' })]
  const button = element('button', { type: 'button' }, tell(campaignTexts.runAudit))
  const run = async (): Promise<void> => {
    setText(status, tell(campaignTexts.auditing))
    button.disabled = true
    try {
      const audit = await client.audit(campaignId)
      report.replaceChildren(...reportOf(audit))
      setText(status, `${tell(campaignTexts.audit)}: ${tell(campaignTexts.verdict[audit.verdict])}`)
    } catch (cause) {
      setText(status, tell(campaignTexts.unread, { why: failureText(cause) }))
    } finally {
      button.disabled = false
    }
  }
  button.addEventListener('click', () => void run())
  return element(
    'section',
    { class: 'panel', id: 'audit' },
    element('h2', {}, tell(campaignTexts.audit)),
    element('p', {}, button),
    status,
    report,
  )
}
