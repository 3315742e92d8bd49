import { shopperTexts } from '../texts/button-texts.ts'
import type { Wording } from '../texts/language.ts'
import { imminentMs } from './button-model.ts'

const minuteMs = 60_000
const resynchroniseBeforeMs = 30_000
/** Pages look at the clock again within this time, and not all at once. */
const spreadMs = 10_000

/**
 * Tells what is passed on the way to the opening: one minute, ten seconds, the opening itself. Looks at the
 * clock again shortly before. What was passed before this began is not told. Call it with the milliseconds
 * that are left, as often as a picture is drawn.
 */
export const createCountdownNews = (
  announce: (text: Wording) => void,
  synchronise: () => unknown,
  random: () => number = Math.random,
) => {
  const lookAgainMs = resynchroniseBeforeMs - random() * spreadMs
  let lastMs: number | undefined
  return (leftMs: number): void => {
    const passes = (milestoneMs: number): boolean =>
      lastMs !== undefined && lastMs > milestoneMs && leftMs <= milestoneMs
    if (passes(0)) announce(shopperTexts.announceOpen)
    else if (passes(imminentMs)) announce(shopperTexts.announceTen)
    else if (passes(minuteMs)) announce(shopperTexts.announceSoon)
    if (passes(lookAgainMs) && leftMs > 0) synchronise()
    lastMs = leftMs
  }
}
