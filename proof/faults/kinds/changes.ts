import { disturbanceKind, type FaultKind } from './fault-kind.ts'

const changeWithinMs = 5_000
// Other faults keep the API from it for as long as they last.
const resumeWithinMs = 30_000
const stockUp = { min: 1, max: 500 }

/** An operator pauses the campaign, and resumes it. */
const paused = disturbanceKind('campaign', 'paused', [200, 4_000], ({ operator }) => ({
  target: 'campaign-state',
  strike: () => operator.pause(changeWithinMs),
  // Also when no pause was answered: one may have been made.
  heal: () => operator.resume(resumeWithinMs),
}))

/** An operator raises the stock. */
const stockRaised = disturbanceKind('campaign', 'stock-raised', [0, 0], ({ operator }, [chance]) => ({
  target: 'campaign-stock',
  strike: () =>
    operator.raiseStock(Math.round(stockUp.min + chance * (stockUp.max - stockUp.min)), changeWithinMs),
  heal: () => Promise.resolve(),
}))

/** An operator closes the campaign early, and for good. */
const closed: FaultKind = {
  ...disturbanceKind('campaign', 'closed', [0, 0], ({ operator }) => ({
    target: 'campaign-state',
    strike: () => operator.close(changeWithinMs),
    heal: () => Promise.resolve(),
  })),
  endsSale: true,
}

/** What operators do to a running sale. */
export const changeKinds: readonly FaultKind[] = [paused, stockRaised, closed]
