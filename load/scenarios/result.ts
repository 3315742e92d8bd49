import type { Verdict } from '../../coupon/audit/compare/check.ts'
import type { BurstResult } from './burst.ts'
import type { Pairs } from './pairs.ts'

export type LoadRun = { bursts: BurstResult[]; pairs: Pairs | undefined; verdict: Verdict }
