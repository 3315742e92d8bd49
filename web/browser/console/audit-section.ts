import type { Audit } from '../../../client/contract-types.ts'
import { campaignTexts } from '../../texts/campaign-texts.ts'
import type { Session } from './console-session.ts'
import { dataTable, element, setText } from './elements.ts'
import { countText, failureText, noneText, proseText, tell } from './words.ts'

const marks = { pass: '✓', fail: '✕', 'in-flight': '…' } as const

/** A verdict as a word with a mark. */
export const verdictText = (verdict: Audit['verdict']): string =>
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

export type AuditSection = {
  node: HTMLElement
  /**
   * Audits and shows the result. While grants are in flight it looks again, some times. Undefined when it
   * cannot be read.
   */
  runUntilSettled(): Promise<Audit | undefined>
}

/** What was granted last takes about a second to be recorded. */
const [inFlightPauseMs, inFlightLooksMax] = [1_000, 20]

/** The audit of a campaign, on a press of its button: it reads all that there is. */
export const createAuditSection = ({ client }: Session, campaignId: string): AuditSection => {
  const [report, status] = [element('div'), element('p', { role: 'status' })]
  const button = element('button', { type: 'button' }, tell(campaignTexts.runAudit))
  const run = async (): Promise<Audit | undefined> => {
    setText(status, tell(campaignTexts.auditing))
    button.disabled = true
    try {
      const audit = await client.audit(campaignId)
      report.replaceChildren(...reportOf(audit))
      setText(status, `${tell(campaignTexts.audit)}: ${tell(campaignTexts.verdict[audit.verdict])}`)
      return audit
    } catch (cause) {
      setText(status, tell(campaignTexts.unread, { why: failureText(cause) }))
      return undefined
    } finally {
      button.disabled = false
    }
  }
  button.addEventListener('click', () => void run())
  const node = element(
    'section',
    { class: 'panel', id: 'audit' },
    element('h2', {}, tell(campaignTexts.audit)),
    element('p', {}, button),
    status,
    report,
  )
  return {
    node,
    async runUntilSettled() {
      let audit = await run()
      for (let looks = 1; audit?.verdict === 'in-flight' && looks < inFlightLooksMax; looks += 1) {
        await new Promise((resolve) => setTimeout(resolve, inFlightPauseMs))
        if (!node.isConnected) break
        audit = await run()
      }
      return audit
    },
  }
}
