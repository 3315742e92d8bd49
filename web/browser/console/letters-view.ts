import type { DeadLetterList } from '../../../client/contract-types.ts'
import type { LetterReason } from '../../../client/operator-client.ts'
import { campaignTexts } from '../../texts/campaign-texts.ts'
import { consoleTexts } from '../../texts/console-texts.ts'
import { letterTexts } from '../../texts/letter-texts.ts'
import type { Session } from './console-session.ts'
import { dataTable, element, field, setText } from './elements.ts'
import { createRedriveSection } from './redrive-section.ts'
import { visibleText } from './visible-text.ts'
import { failureText, momentText, plainText, proseText, tell } from './words.ts'

const shownMax = 100
/** A message of a table: a letter has all of it. */
const messageMax = 160

/** A reason in words, with its name in the API and the command. */
export const reasonText = (reason: LetterReason): string => `${tell(letterTexts.reasons[reason])} (${reason})`

const letterRow = (letter: DeadLetterList['items'][number]): (Node | string)[] => [
  element('a', { href: `#/letters/${letter.id}` }, letter.id),
  momentText(letter.time),
  reasonText(letter.reason),
  proseText(
    visibleText(
      letter.message.length > messageMax ? `${letter.message.slice(0, messageMax)} …` : letter.message,
    ),
  ),
  plainText(letter.redrives),
]

const tableOf = (items: DeadLetterList['items']): HTMLElement =>
  dataTable(
    tell(letterTexts.newest),
    (['letter', 'became', 'why', 'case', 'redrives'] as const).map((name) => tell(letterTexts[name])),
    items.map(letterRow),
  )

/** The open dead letters by their reasons, and the newest of them. */
export const createLettersView = (session: Session): HTMLElement => {
  const { client } = session
  const [groups, results] = [element('div', { class: 'groups' }), element('div', { class: 'letters' })]
  const [status, done] = [
    element('p', { class: 'note', role: 'status' }),
    element('p', { class: 'result', role: 'status' }),
  ]
  const filter = element('select')
  const newest = element(
    'section',
    { hidden: true },
    element('h2', {}, tell(letterTexts.newest)),
    element('div', { class: 'search' }, field(tell(letterTexts.why), filter)),
    results,
  )
  let asked = 0

  const showFilter = (shown: DeadLetterList['groups']): void => {
    const chosen = filter.value
    const option = (value: string, text: string): HTMLOptionElement => element('option', { value }, text)
    filter.replaceChildren(
      option('', tell(letterTexts.anyReason)),
      ...shown.map(({ reason }) => option(reason, reasonText(reason))),
    )
    filter.value = shown.some(({ reason }) => reason === chosen) ? chosen : ''
  }
  const groupOf = ({ reason, open, oldest, newest: last, advice }: DeadLetterList['groups'][number]) =>
    element(
      'section',
      { class: 'panel', 'data-reason': reason },
      element(
        'h2',
        {},
        `${reasonText(reason)} `,
        element(
          'span',
          { class: 'badge', 'data-level': 'warning' },
          tell(letterTexts.open, { n: plainText(open) }),
        ),
      ),
      element('p', {}, advice),
      element(
        'p',
        { class: 'note' },
        tell(letterTexts.since, { from: momentText(oldest), to: momentText(last) }),
      ),
      createRedriveSection(session, { reason, open }, (said) => {
        setText(done, said)
        void load()
      }),
    )
  const load = async (): Promise<void> => {
    asked += 1
    const mine = asked
    setText(status, tell(consoleTexts.loading))
    try {
      const reason = filter.value === '' ? undefined : (filter.value as LetterReason)
      const list = await client.deadLetters({ reason, limit: shownMax })
      // A later one has been asked for meanwhile.
      if (mine !== asked) return
      const isEmpty = list.open === 0
      showFilter(list.groups)
      newest.hidden = isEmpty
      groups.replaceChildren(
        ...(isEmpty && list.complete
          ? [element('p', { class: 'verdict', 'data-verdict': 'pass' }, `✓ ${tell(letterTexts.none)}`)]
          : list.groups.map(groupOf)),
      )
      results.replaceChildren(
        list.items.length === 0 ? element('p', {}, tell(letterTexts.notFound)) : tableOf(list.items),
      )
      setText(
        status,
        [
          tell(letterTexts.readAt, { time: momentText(list.readAt) }),
          ...(list.complete ? [] : [`⚠ ${tell(letterTexts.incomplete)}`]),
        ].join(' '),
      )
    } catch (cause) {
      if (mine === asked) setText(status, tell(campaignTexts.unread, { why: failureText(cause) }))
    }
  }
  filter.addEventListener('change', () => void load())
  void load()
  return element(
    'div',
    {},
    element('h1', {}, tell(letterTexts.letters)),
    element('p', {}, tell(letterTexts.lead)),
    element(
      'p',
      {},
      element('button', { type: 'button', onclick: () => void load() }, tell(letterTexts.refresh)),
    ),
    done,
    status,
    groups,
    newest,
  )
}
