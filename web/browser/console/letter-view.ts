import type { DeadLetter } from '../../../client/contract-types.ts'
import { campaignTexts } from '../../texts/campaign-texts.ts'
import { consoleTexts } from '../../texts/console-texts.ts'
import type { Wording } from '../../texts/language.ts'
import { letterTexts } from '../../texts/letter-texts.ts'
import type { Session } from './console-session.ts'
import { element, setText } from './elements.ts'
import { reasonText } from './letters-view.ts'
import { createRedriveSection } from './redrive-section.ts'
import { visibleText } from './visible-text.ts'
import { countText, failureText, momentText, plainText, proseText, tell } from './words.ts'

type Fact = [Wording, Node | string | undefined]

const stateText = ({ redriven }: DeadLetter): string => {
  if (redriven === null) return tell(letterTexts.isOpen)
  const { to, redrivenAt, by, why } = redriven
  const who =
    by === null
      ? tell(letterTexts.byCommand)
      : tell(letterTexts.redrivenBy, { by: visibleText(by), why: visibleText(why ?? '') })
  return `${tell(letterTexts.isRedriven, { to, time: momentText(redrivenAt) })} · ${who}`
}

const grantFacts = ({ grant }: DeadLetter): Fact[] =>
  grant === null
    ? []
    : [
        [letterTexts.campaign, element('a', { href: `#/campaigns/${grant.campaignId}` }, grant.campaignId)],
        [campaignTexts.coupon, element('a', { href: `#/coupons/${grant.couponId}` }, grant.couponId)],
        [
          campaignTexts.user,
          element('a', { href: `#/users/${encodeURIComponent(grant.userId)}` }, grant.userId),
        ],
        [campaignTexts.rank, countText(grant.rank)],
        [letterTexts.slot, plainText(grant.slot)],
        [letterTexts.epoch, plainText(grant.epoch)],
        [campaignTexts.issued, momentText(grant.grantedAt)],
      ]

const factsOf = (letter: DeadLetter): HTMLElement => {
  const { reason, givenReason, message, time, origin, redrives, redriveOf } = letter
  const place = [origin.partition, origin.offset].map((number) => number ?? '?').join(':')
  const facts: Fact[] = [
    [letterTexts.state, stateText(letter)],
    [letterTexts.why, reasonText(reason)],
    [letterTexts.given, givenReason === reason ? undefined : visibleText(givenReason)],
    [letterTexts.case, proseText(visibleText(message))],
    [letterTexts.became, momentText(time)],
    [letterTexts.origin, place],
    [letterTexts.appended, momentText(origin.appendedAt)],
    [letterTexts.redrives, plainText(redrives)],
    [
      letterTexts.before,
      redriveOf === null ? undefined : element('a', { href: `#/letters/${redriveOf}` }, redriveOf),
    ],
    ...grantFacts(letter),
  ]
  return element(
    'dl',
    { class: 'facts' },
    ...facts.flatMap(([name, value]) =>
      value === undefined ? [] : [element('dt', {}, tell(name)), element('dd', {}, value)],
    ),
  )
}

/** Bytes that anybody may have written: as text, and never as anything else. */
const bytesOf = (name: Wording, bytes: DeadLetter['value'], id: string): HTMLElement => {
  const heading = element('h2', {}, tell(name))
  if (bytes === null) return element('section', {}, heading, element('p', {}, tell(letterTexts.noBytes)))
  const form = tell(letterTexts.form[bytes.form])
  return element(
    'section',
    {},
    heading,
    element('p', { class: 'note' }, tell(letterTexts.bytes, { n: plainText(bytes.bytes), form })),
    element(
      'pre',
      { class: 'bytes', tabindex: 0, role: 'region', 'aria-label': tell(name) },
      proseText(bytes.form === 'text' ? visibleText(bytes.content) : bytes.content),
    ),
    bytes.cut ? element('p', { class: 'note' }, tell(letterTexts.cut, { id })) : undefined,
  )
}

/** One dead letter: where it comes from, why, its record, and what to do. */
export const createLetterView = (session: Session, id: string): HTMLElement => {
  const [content, status] = [element('div'), element('p', { class: 'result', role: 'status' })]
  const load = async (said: string): Promise<void> => {
    setText(status, tell(consoleTexts.loading))
    try {
      const letter = await session.client.deadLetter(id)
      content.replaceChildren(
        element(
          'section',
          { class: 'panel' },
          element('h2', {}, tell(letterTexts.advice)),
          element('p', {}, letter.advice),
          letter.state === 'open'
            ? createRedriveSection(session, { id }, (text) => void load(text))
            : undefined,
        ),
        factsOf(letter),
        bytesOf(letterTexts.value, letter.value, id),
        bytesOf(letterTexts.key, letter.key, id),
      )
      setText(status, said)
    } catch (cause) {
      setText(status, tell(campaignTexts.unread, { why: failureText(cause) }))
    }
  }
  void load('')
  return element(
    'div',
    {},
    element('p', {}, element('a', { href: '#/letters' }, `← ${tell(letterTexts.allLetters)}`)),
    element('h1', {}, tell(letterTexts.oneLetter, { id })),
    status,
    content,
  )
}
