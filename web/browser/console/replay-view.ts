import type { Timeline } from '../../../client/contract-types.ts'
import { campaignTexts } from '../../texts/campaign-texts.ts'
import { consoleTexts } from '../../texts/console-texts.ts'
import { eventTexts } from '../../texts/event-texts.ts'
import type { Session } from './console-session.ts'
import { element, setText } from './elements.ts'
import { type Clock, changeText, createClock, milestoneText } from './event-words.ts'
import { createReplay, type Replay } from './replay-model.ts'
import { createReplayPlayer } from './replay-player.ts'
import { countText, failureText, tell } from './words.ts'

/** Everything that happened, oldest first. Of one moment the grants come before what was changed. */
const eventsOf = ({ milestones, changes }: Timeline): { at: string; atMs: number; what: string }[] =>
  [
    ...milestones.map((milestone) => ({ at: milestone.at, what: milestoneText(milestone) })),
    ...changes.map((change) => ({ at: change.at, what: changeText(change) })),
  ]
    .map((event) => ({ ...event, atMs: Date.parse(event.at) }))
    .toSorted((one, other) => one.atMs - other.atMs)

/** A time that can be gone to is a button; one outside of what can be played is a text. */
const eventList = (
  timeline: Timeline,
  clock: Clock,
  replay: Replay | undefined,
  goTo: (atMs: number) => void,
): HTMLElement => {
  const besideMs = replay?.fromMs ?? Date.now()
  const items = eventsOf(timeline).map(({ at, atMs, what }) => {
    const time = element('time', { datetime: at }, clock.text(atMs, besideMs))
    const isInside = replay !== undefined && atMs >= replay.fromMs && atMs <= replay.toMs
    const label = tell(eventTexts.goTo, { time: time.textContent, what })
    const jump = element('button', { type: 'button', 'aria-label': label, onclick: () => goTo(atMs) }, time)
    return element('li', {}, isInside ? jump : time, ' ', element('span', {}, what))
  })
  return element(
    'section',
    { class: 'panel events', id: 'replay-events' },
    element('h2', {}, tell(eventTexts.events)),
    element('ol', {}, ...items),
  )
}

const contentOf = (timeline: Timeline): HTMLElement[] => {
  // UTC is what the API says of a campaign without a zone.
  const clock = createClock(timeline.timeZone === 'UTC' ? undefined : timeline.timeZone)
  const replay = createReplay(timeline)
  const zone = element('p', { class: 'note' }, tell(eventTexts.zone, { zone: clock.zone }))
  const notes = [element('p', { class: 'note' }, tell(eventTexts.notRecorded))]
  if (replay === undefined)
    return [
      element('p', {}, tell(eventTexts.nothing)),
      zone,
      eventList(timeline, clock, undefined, () => undefined),
    ]
  const marksMs = eventsOf(timeline)
    .map(({ atMs }) => atMs)
    .filter((atMs) => atMs >= replay.fromMs && atMs <= replay.toMs)
  const player = createReplayPlayer(replay, clock, marksMs)
  const all = timeline.points.at(-1)?.rank ?? 0
  if (all > timeline.points.length) {
    const values = { n: countText(timeline.points.length), all: countText(all) }
    notes.unshift(element('p', { class: 'note' }, tell(eventTexts.drawnFrom, values)))
  }
  return [zone, player.node, eventList(timeline, clock, replay, player.goTo), ...notes]
}

/** A sale of the past, as the database has it, to be gone through moment by moment. */
export const createReplayView = ({ client }: Session, campaignId: string): HTMLElement => {
  const head = element('h1', {}, '…')
  const status = element('p', { role: 'status' }, tell(consoleTexts.loading))
  const content = element('div', { class: 'replay' })
  const load = async (): Promise<void> => {
    try {
      const timeline = await client.timeline(campaignId)
      setText(head, tell(eventTexts.replay, { name: timeline.name }))
      content.replaceChildren(...contentOf(timeline))
      setText(status, '')
    } catch (cause) {
      setText(status, tell(campaignTexts.unread, { why: failureText(cause) }))
    }
  }
  void load()
  const back = `← ${tell(eventTexts.backToCampaign)}`
  return element(
    'div',
    {},
    element('p', {}, element('a', { href: `#/campaigns/${campaignId}` }, back)),
    head,
    status,
    content,
  )
}
