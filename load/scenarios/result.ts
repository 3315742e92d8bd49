import type { Verdict } from '../../coupon/audit/compare/check.ts'
import type { BurstResult } from './burst.ts'
import type { Baseline } from './baseline.ts'

export type BurstRun = { bursts: BurstResult[]; pairs: Baseline | undefined; verdict: Verdict }
