import { writeFile } from 'node:fs/promises'
import { overallVerdict } from '../../coupon/audit/compare/check.ts'
import { type BurstArguments, commandOf } from '../arguments/load.ts'
import type { ReportOutput } from './lines.ts'
import type { BurstPlan, BurstResult } from '../scenarios/burst.ts'
import type { Machine } from '../measure/machine.ts'
import type { BurstRun } from '../scenarios/result.ts'
import { type BareResult, type Baseline, runPairs } from '../scenarios/baseline.ts'
import type { OverloadResult } from '../scenarios/overload.ts'
import { overloadCommand } from '../arguments/overload.ts'
import { markdownReport } from './markdown.ts'
import { overloadReport } from './overload.ts'
import { burstReport } from './burst.ts'

/** The ways a run can press. */
export type Presses = {
  burst(plan: BurstPlan): Promise<BurstResult>
  /** Starts bare Hono for as long as `work` runs. */
  withBare<Result>(work: (bare: (plan: BurstPlan) => Promise<BareResult>) => Promise<Result>): Promise<Result>
}

// As many coupons as people, and a few who get none: every way through the code is warm.
const warmUpPlan = ({ warmUp, connections }: BurstArguments): BurstPlan => ({
  shoppers: warmUp,
  stock: Math.max(1, Math.floor(warmUp * 0.9)),
  connections: Math.min(connections, warmUp),
})

const conclude = (bursts: BurstResult[], pairs?: Baseline): BurstRun => ({
  bursts,
  pairs,
  verdict: overallVerdict(bursts.flatMap(({ checks }) => checks)),
})

/**
 * Warms up (a cold broker takes five to seven times its warm time, and every process compiles what is used), then presses: one
 * burst, or pairs of a burst and bare Hono.
 */
export const runBursts = async (asked: BurstArguments, presses: Presses): Promise<BurstRun> => {
  const { shoppers, stock, connections } = asked
  const plan = { shoppers, stock, connections }
  const warmUp = asked.warmUp > 0 ? await presses.burst(warmUpPlan(asked)) : undefined
  // A promise that was broken while warming up is broken all the same.
  const unsound = warmUp === undefined || warmUp.verdict === 'pass' ? [] : [warmUp]
  const { pairs: count } = asked
  if (count === undefined) return conclude([...unsound, await presses.burst(plan)])
  const pairs = await presses.withBare(async (bare) => {
    if (asked.warmUp > 0) await bare(warmUpPlan(asked))
    return runPairs(count, plan, { bare, burst: presses.burst })
  })
  return conclude([...unsound, ...pairs.pairs.map(({ burst }) => burst)], pairs)
}

/** Prints a run, the verdict first, and writes the files that were asked for. */
export const writeBurstReport = async (
  run: BurstRun,
  asked: BurstArguments,
  machine: Machine,
  output: ReportOutput,
): Promise<void> => {
  output.write(`${burstReport(run, machine, output)}\n`)
  const command = commandOf(asked)
  if (asked.report !== undefined) await writeFile(asked.report, markdownReport(run, machine, command))
  if (asked.json !== undefined)
    await writeFile(asked.json, `${JSON.stringify({ command, machine, ...run }, undefined, 2)}\n`)
}

/** Prints an overload, the verdict first, and writes the figures where they were asked for. */
export const writeOverloadReport = async (
  result: OverloadResult,
  machine: Machine,
  output: ReportOutput,
  json: string | undefined,
): Promise<void> => {
  output.write(`${overloadReport(result, machine, output)}\n`)
  const command = overloadCommand(result.plan)
  if (json !== undefined)
    await writeFile(json, `${JSON.stringify({ command, machine, ...result }, undefined, 2)}\n`)
}
