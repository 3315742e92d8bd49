import type { CrowdResult } from './press-as-crowd.ts'

/** A reason of a change has so many characters. */
const summaryLengthMax = 200

const count = (value = 0): string => value.toLocaleString('en')

const beginnings: Record<CrowdResult['end'], string> = {
  complete: 'Rehearsal over',
  closed: 'Closed early',
  stopped: 'Its process stopped',
  late: 'Out of time',
}

/** What came of a rehearsal, as the reason of its closure: at most 200 characters. */
export const summaryOf = ({ end, tookMs, presses, answers, ...figures }: CrowdResult): string => {
  const { granted, already, confirming, 'sold-out': soldOut, ...others } = answers
  const otherwise = Object.values(others).reduce((sum, own) => sum + own, 0)
  const parts = [
    ...[`${count(granted)} granted`, `${count(soldOut)} sold out`, `${count(already)} already`],
    ...(confirming === undefined ? [] : [`${count(confirming)} confirming`]),
    ...(otherwise === 0 ? [] : [`${count(otherwise)} refused`]),
    `${count(figures.failed)} failed`,
    ...(figures.contradicted === 0 ? [] : [`${count(figures.contradicted)} CONTRADICTED`]),
  ]
  const seconds = (tookMs / 1_000).toFixed(1)
  const times = `p50 ${figures.p50Ms.toFixed(1)} ms, p99 ${figures.p99Ms.toFixed(1)} ms`
  const text = `${beginnings[end]}: ${count(presses)} presses in ${seconds} s: ${parts.join(', ')}. ${times}`
  return text.slice(0, summaryLengthMax)
}
