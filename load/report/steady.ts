import { generatorShareMax, latenessMaxMs } from '../measure/generator-soundness.ts'
import type { Machine } from '../measure/machine.ts'
import { isKept, type SteadyResult, steadyOutcome, unmeasuredReasons } from '../scenarios/steady.ts'
import type { SteadyStep } from '../scenarios/steady-step.ts'
import {
  checkHeading,
  checkLines,
  headingLine,
  latencyCells,
  latencyColumns,
  loadLines,
  paint,
  type ReportOutput,
  rowLine,
  tableLine,
} from './lines.ts'
import { asShare, inMs, inThousands } from './numbers.ts'
import { faultNotes, type ReportRow, reasonOf, verdictWord } from './words.ts'

const latenessText = ({ lateness }: SteadyStep['generator']): string =>
  lateness === undefined ? 'none' : `${inMs(lateness.p99Ms)} ms`

const generatorRows = ({ generator, granted }: SteadyStep): ReportRow[] => [
  ['generator', asShare(generator.cpuShare), `of one core; the bar is ${asShare(generatorShareMax)}`],
  ['late, p99', latenessText(generator), `the bar is ${inMs(latenessMaxMs(granted?.p99Ms))} ms`],
  ['late, max', generator.lateness === undefined ? 'none' : `${inMs(generator.lateness.maxMs)} ms`, ''],
  ['held back', inThousands(generator.heldBack), 'presses that found no free connection at their moment'],
]

/** What a press cost all processes, and each. */
const processorRows = ({ cpuMicroseconds = {} }: SteadyStep): ReportRow[] => {
  const costs = Object.entries(cpuMicroseconds)
  const sum = costs.reduce((whole, [, each]) => whole + each, 0)
  const each = costs.map(([name, cost]) => `${name} ${cost.toFixed(0)}`).join(', ')
  return costs.length === 0 ? [] : [['processor', `${sum.toFixed(0)} us`, `a press: ${each}`]]
}

const stepLines = (step: SteadyStep, stream: ReportOutput): string[] => [
  checkHeading(stream),
  ...step.checks.flatMap((check) => checkLines(check, stream)),
  '',
  headingLine('From their moment', latencyColumns, stream),
  ...step.outcomes.map(({ outcome, answers, latency }) => tableLine(outcome, latencyCells(answers, latency))),
  ...(step.node === undefined ? [] : [tableLine('bare node:http', latencyCells(step.node.count, step.node))]),
  '',
  headingLine('Figures', [], stream),
  rowLine(['answers', `${inThousands(step.answersPerSecond)} /s`, ''], stream),
  ...processorRows(step).map((row) => rowLine(row, stream)),
  ...generatorRows(step).map((row) => rowLine(row, stream)),
  '',
  ...faultNotes(step.faults).map((note) => `  ${note}`),
]

const sweepColumns = ['answers /s', 'p50 ms', 'p99 ms', 'late p99 ms', 'late max ms', 'generator', 'kept']

const sweepLine = (step: SteadyStep, p99MaxMs: number): string => {
  const { pressesPerSecond, answersPerSecond, granted, generator } = step
  const inMsOrNone = (ms: number | undefined): string => (ms === undefined ? '-' : inMs(ms))
  return tableLine(`${inThousands(pressesPerSecond)} /s`, [
    inThousands(answersPerSecond),
    ...[granted?.p50Ms, granted?.p99Ms, generator.lateness?.p99Ms, generator.lateness?.maxMs].map(inMsOrNone),
    asShare(generator.cpuShare),
    isKept(step, p99MaxMs) ? 'yes' : 'no',
  ])
}

const sweepLines = ({ steps }: SteadyResult, p99MaxMs: number, stream: ReportOutput): string[] => {
  const broken = steps.flatMap(({ checks }) => checks).filter(({ verdict }) => verdict !== 'pass')
  return [
    ...(broken.length === 0
      ? []
      : [checkHeading(stream), ...broken.flatMap((check) => checkLines(check, stream)), '']),
    headingLine('Rates', sweepColumns, stream),
    ...steps.map((step) => sweepLine(step, p99MaxMs)),
    '',
  ]
}

const subjectOf = ({ plan, steps, knee }: SteadyResult): string => {
  const pressed = `${inThousands(plan.seconds)} s of ${inThousands(plan.pressesPerSecond)} presses /s`
  if (knee === null) {
    const p99Ms = steps[0]?.granted?.p99Ms
    return p99Ms === undefined ? pressed : `${pressed}, p99 ${inMs(p99Ms)} ms`
  }
  const bar = `with a p99 of at most ${inMs(plan.sweepP99Ms ?? 0)} ms`
  if (knee.pressesPerSecond === null) return `no rate was kept ${bar}`
  const isLeast = knee.endedBy === 'api' ? 'the knee is at' : 'the knee is not below'
  return `${isLeast} ${inThousands(knee.pressesPerSecond)} presses /s ${bar}`
}

/** The verdict, which says when the speed is not the API's, and the rate or the knee. */
export const steadyHeadline = (result: SteadyResult, stream: ReportOutput): string => {
  const { steps, verdict } = result
  const outcome = steadyOutcome(result)
  const word = outcome === 'unmeasured' ? 'UNMEASURED' : verdictWord(outcome)
  const reasons = [reasonOf(verdict, steps), ...unmeasuredReasons(result)].join('; ')
  return `  ${paint(outcome === 'unmeasured' ? 'unknown' : outcome, word, stream)}  ${subjectOf(result)}; ${reasons}`
}

/** People at a steady rate, for a terminal. */
export const steadyReport = (result: SteadyResult, machine: Machine, stream: ReportOutput): string => {
  const { plan, steps } = result
  return [
    '',
    steadyHeadline(result, stream),
    '',
    ...(plan.sweepP99Ms === undefined
      ? steps.flatMap((step) => stepLines(step, stream))
      : sweepLines(result, plan.sweepP99Ms, stream)),
    ...loadLines(machine),
  ].join('\n')
}
