import type { ConsoleFrame } from '../../../client/contract-types.ts'
import { liveTexts } from '../../texts/live-texts.ts'
import { element, setText } from './elements.ts'
import { isNone, type Standing, saleTotals, standingOf, sumOf } from './frame-figures.ts'
import { countText, noneText, partText, plainText, secondsText, tell } from './words.ts'

/** A figure with its name above and where it comes from below. */
const createFigure = (name: string) => {
  const value = element('output', { class: 'value', 'aria-live': 'off' })
  const [hint, age] = [element('small'), element('small')]
  const node = element('div', { class: 'figure' }, element('span', { class: 'name' }, name), value, hint, age)
  return {
    node,
    show(text: string, { from, ageMs }: { from: string; ageMs: number | null }): void {
      setText(value, text)
      setText(hint, from)
      setText(age, tell(liveTexts.age, { s: secondsText(ageMs) }))
    },
    mark: (standing: Standing): void => node.setAttribute('data-standing', standing),
  }
}

/** The sign between grants and rows. Rows are read later than gates, and can be more. */
const signOf = (granted: number | null, recorded: number | null, standing: Standing): string => {
  if (standing === 'broken') return '≠'
  if (granted === null || recorded === null) return '?'
  return recorded > granted ? '≤' : '='
}

const marks: Readonly<Record<Standing, string>> = { holds: '✓', checking: '…', broken: '✕', unknown: '?' }

/** The largest of the page: whether anything was oversold, doubled or lost, with all that it follows from. */
export const createPromiseBanner = () => {
  const oversold = createFigure(tell(liveTexts.oversold))
  const doubled = createFigure(tell(liveTexts.doubled))
  const granted = createFigure(tell(liveTexts.granted))
  const recorded = createFigure(tell(liveTexts.recorded))
  const inFlight = createFigure(tell(liveTexts.inFlight))
  const sign = element('span', { class: 'sign' })
  const verdict = element('p', { class: 'verdict', role: 'status' })
  const scope = element('p', { class: 'note' })
  const node = element(
    'section',
    { class: 'banner', 'aria-label': tell(liveTexts.promises) },
    element(
      'div',
      { class: 'promises' },
      element('div', { class: 'figures' }, oversold.node, doubled.node),
      element(
        'div',
        { class: 'figures equation' },
        granted.node,
        sign,
        recorded.node,
        element('span', { class: 'sign' }, '+'),
        inFlight.node,
      ),
    ),
    verdict,
    scope,
  )

  return {
    node,
    /** `sinceMs` is the age of the last frame on this machine. `isOfMany`: it says how many are added up. */
    show(frames: readonly ConsoleFrame[], sinceMs: number, isOfMany = true): void {
      const readings = frames.slice(-8).map((frame, index, all) => saleTotals(frame, all[index - 1]))
      const [frame, totals] = [frames.at(-1), readings.at(-1)]
      if (frame === undefined || totals === undefined) return
      const judged = {
        oversold: standingOf(readings.map((reading) => isNone(reading.oversold))),
        doubled: standingOf(readings.map((reading) => isNone(reading.doubled))),
        balance: standingOf(readings.map(({ holds }) => holds)),
      }
      const all = Object.values(judged)
      const worst =
        (['broken', 'checking', 'unknown'] as const).find((standing) => all.includes(standing)) ?? 'holds'
      const ages = {
        gates: frame.ageMs.gates + sinceMs,
        log: frame.ageMs.log === null ? null : frame.ageMs.log + sinceMs,
        ledger: frame.ageMs.ledger === null ? null : frame.ageMs.ledger + sinceMs,
      }
      const stock = sumOf(frame.campaigns.map((campaign) => campaign.stock))
      oversold.show(noneText(totals.oversold), { from: tell(liveTexts.oversoldHint), ageMs: ages.ledger })
      doubled.show(noneText(totals.doubled), { from: tell(liveTexts.doubledHint), ageMs: ages.ledger })
      granted.show(partText(totals.granted, stock), { from: tell(liveTexts.grantedHint), ageMs: ages.gates })
      recorded.show(partText(totals.recorded, stock), {
        from: tell(liveTexts.recordedHint),
        ageMs: ages.ledger,
      })
      const isKnown = totals.granted !== null && totals.recorded !== null
      const onTheWay = isKnown ? Math.max(0, (totals.granted ?? 0) - (totals.recorded ?? 0)) : null
      const found = { outbox: countText(totals.outbox), log: countText(totals.behind) }
      inFlight.show(partText(onTheWay, stock), {
        from: tell(isOfMany ? liveTexts.inFlightHint : liveTexts.inFlightOwnHint, found),
        ageMs: ages.log,
      })
      oversold.mark(judged.oversold)
      doubled.mark(judged.doubled)
      for (const operand of [granted, recorded, inFlight]) operand.mark(judged.balance)
      setText(sign, signOf(totals.granted, totals.recorded, judged.balance))
      node.setAttribute('data-standing', worst)
      const broken =
        frame.campaigns.find(({ holds, oversold: own }) => holds === false || (own ?? 0) > 0) ??
        frame.campaigns[0]
      const text = {
        ...{ holds: liveTexts.holds, checking: liveTexts.checking },
        ...{ broken: liveTexts.broken, unknown: liveTexts.notKnown },
      }[worst]
      const isEmpty = frame.campaigns.length === 0
      setText(
        verdict,
        isEmpty ? tell(liveTexts.nothingLive) : `${marks[worst]} ${tell(text, { id: broken?.id ?? '' })}`,
      )
      const more =
        frame.otherCampaigns > 0 ? tell(liveTexts.moreLive, { n: plainText(frame.otherCampaigns) }) : ''
      setText(
        scope,
        isEmpty || !isOfMany
          ? ''
          : `${tell(liveTexts.ofCampaigns, { n: frame.campaigns.length })}. ${more}`.trim(),
      )
    },
  }
}
