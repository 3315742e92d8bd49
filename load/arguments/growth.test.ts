import { expect, test } from 'vitest'
import { growthSizes } from './growth.ts'

test.each([
  [{ winners: 1_000, sample: 200 }, [400, 1_000]],
  [{ winners: 1_000, sample: 1_000 }, [1_000]],
  [{ winners: 200_000, sample: 5_000 }, [10_000, 100_000, 200_000]],
  [{ winners: 1_000_000, sample: 5_000 }, [10_000, 100_000, 1_000_000]],
])('a campaign of %j is measured at %j winners', (plan, sizes) => {
  expect(growthSizes({ ...plan, connections: 2 })).toEqual(sizes)
})
