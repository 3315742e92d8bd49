import { describe, expect, test } from 'vitest'
import { type RetirementOutcome, retireMany } from './retirement.ts'

describe('one look of a worker', () => {
  /** A look at `due` campaigns, each retired but the one with this number. Returns what was called. */
  const look = async (due: number, keptAt = -1, answers = true) => {
    const calls: string[] = []
    await retireMany({
      async finishOthers() {
        calls.push('finish')
        return answers
      },
      async step(): Promise<RetirementOutcome | undefined> {
        const number = calls.push('step') - 2
        if (number >= due) return undefined
        const campaignId = String(number)
        return number === keptAt
          ? { campaignId, kind: 'kept', why: 'a row' }
          : { campaignId, kind: 'retired' }
      },
    })
    return [calls[0], calls.length - 1]
  }

  test.each([
    ['until none is due', [3], 4],
    ['not beyond one that is kept', [5, 1], 2],
    ['30 times at most', [100], 30],
    ['not at all while a server does not answer', [3, -1, false], 0],
  ] as const)('finishes what others left once, then steps %s', async (_, [due, keptAt, answers], steps) => {
    expect(await look(due, keptAt, answers)).toEqual(['finish', steps])
  })
})
