import type { ConsoleFrame } from '../../../client/contract-types.ts'
import { eventTexts } from '../../texts/event-texts.ts'
import { element, setText } from './elements.ts'
import { createClock, eventText } from './event-words.ts'
import { tell } from './words.ts'

/**
 * The newest events of the campaigns that are shown. It is no live region: who reads the screen hears of it
 * on coming here, and not each time that something happens.
 */
export const createEventLine = () => {
  const clock = createClock()
  const list = element('ol')
  const note = element('p', { class: 'note' })
  const node = element(
    'section',
    { class: 'panel events' },
    element('h2', {}, tell(eventTexts.events)),
    element(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': tell(eventTexts.events) },
      list,
    ),
    note,
  )
  let shown = ''

  return {
    node,
    show({ events, campaigns, serverTime }: ConsoleFrame): void {
      // A process of the version before sends none.
      const found = (events as ConsoleFrame['events'] | undefined) ?? null
      const isEmpty = found?.length === 0
      setText(
        note,
        found === null ? `⚠ ${tell(eventTexts.unread)}` : isEmpty ? tell(eventTexts.noEvents) : '',
      )
      // What was read before stays, while nothing can be read.
      if (found === null) return
      const names = new Map(campaigns.map(({ id, name }) => [id, name]))
      const items = found.map((event) => ({
        ...{ at: event.at, href: `#/campaigns/${event.campaignId}`, what: eventText(event) },
        time: clock.text(Date.parse(event.at), Date.parse(serverTime)),
        name: names.get(event.campaignId) ?? event.campaignId,
      }))
      const text = JSON.stringify(items)
      if (text === shown) return
      shown = text
      list.replaceChildren(
        ...items.map(({ at, href, what, time, name }) =>
          element(
            'li',
            {},
            element('time', { datetime: at }, time),
            ' ',
            element('span', {}, what),
            ' ',
            element('a', { href }, name),
          ),
        ),
      )
    },
  }
}
