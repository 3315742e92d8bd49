import type { Milestone, SaleEvent, TimelineChange } from '../../../client/contract-types.ts'
import { campaignTexts } from '../../texts/campaign-texts.ts'
import { eventTexts } from '../../texts/event-texts.ts'
import type { Wording } from '../../texts/language.ts'
import { countText, language, proseText, tell } from './words.ts'

/** Writes a time with milliseconds. With the day too, unless it is that of `besideMs`. */
export type Clock = { zone: string; text(atMs: number, besideMs: number): string }

/** The clock of a zone; that of this machine when it is left out, or unknown to this browser. */
export const createClock = (timeZone?: string): Clock => {
  const time = { hourCycle: 'h23', hour: '2-digit', minute: '2-digit', second: '2-digit' } as const
  const make = (zone: object) => ({
    time: new Intl.DateTimeFormat(language, { ...zone, ...time, fractionalSecondDigits: 3 }),
    day: new Intl.DateTimeFormat(language, { ...zone, dateStyle: 'medium' }),
  })
  let formats = make({})
  try {
    if (timeZone !== undefined) formats = make({ timeZone })
  } catch {
    // The server may know a zone that this browser does not.
  }
  return {
    zone: formats.time.resolvedOptions().timeZone,
    text(atMs, besideMs) {
      const [day, clock] = [formats.day.format(atMs), formats.time.format(atMs)]
      return day === formats.day.format(besideMs) ? clock : `${day} ${clock}`
    },
  }
}

/** What a grant stands out by. */
export const milestoneText = ({ kind, rank, stock }: Pick<Milestone, 'kind' | 'rank' | 'stock'>): string =>
  proseText(tell(eventTexts.milestone[kind], { rank: countText(rank), stock: countText(stock) }))

/** What was done to a campaign, by whom and why. */
export const changeText = ({
  action,
  by,
  reason,
  stock,
}: Pick<TimelineChange, 'action' | 'by' | 'reason'> & { stock: number | null }): string => {
  const what: Wording = action === 'stock-raised' ? eventTexts.raised : campaignTexts.action[action]
  const who = by ?? tell(campaignTexts.system)
  const text = tell(eventTexts.changed, { what: tell(what, { stock: countText(stock) }), who })
  return reason === null ? text : `${text}: ${proseText(reason)}`
}

/** An event of the live view in words. */
export const eventText = ({ kind, rank, ...event }: SaleEvent): string => {
  if (kind === 'first' || kind === 'half' || kind === 'thousandth' || kind === 'sold-out')
    return milestoneText({ kind, rank: rank ?? 0, stock: event.stock })
  return changeText({ action: kind, ...event })
}
