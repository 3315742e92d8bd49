import { Failure, messageOf } from '../../platform/failure.ts'
import { type AblationResult, ablationResultOf } from './ablation-result.ts'
import type { CheckoutCopy } from './checkout-copy.ts'
import type { Safeguard } from './safeguard.ts'
import type { Sources } from './take-out.ts'
import type { TestReport } from './test-report.ts'
import type { TestRun, TestRunner } from './test-runner.ts'
import { titleOf, titlePatternOf } from './test-titles.ts'

/** One safeguard that was taken out, and the result. */
export type Ablation = { safeguard: Safeguard; result: AblationResult; tookMs: number }

export type AblationOptions = {
  copy: CheckoutCopy
  runner: TestRunner
  /** Throws when a changed file cannot run at all, such as a Lua script that does not compile. */
  check(files: Sources): Promise<void>
  /** Called after each safeguard. */
  onAblation(ablation: Ablation): Promise<void> | void
  /** Called with a line of text at each step. */
  onStep(line: string): void
  monotonicMs(): number
}

/** A test that waits in vain ends after 60 s; servers and processes start before it. */
const oneRunMsMax = 180_000
const wholeRunMsMax = 900_000

const kinds = ['unit', 'servers', 'processes'] as const

const untried = (why: string): AblationResult => ({ kind: 'untried', why })

/** One run for each kind of test, with every test that has to notice something. */
const wholeRunsOf = (safeguards: readonly Safeguard[], { kindOf }: TestRunner): TestRun[] =>
  kinds.flatMap((kind) => {
    const tests = safeguards.map(({ caughtBy }) => caughtBy).filter((test) => kindOf(test) === kind)
    if (tests.length === 0) return []
    const pattern = [...new Set(tests.map((test) => titlePatternOf(titleOf(test))))].join('|')
    return [{ kind, files: [...new Set(tests.map(({ file }) => file))], pattern, timeoutMs: wholeRunMsMax }]
  })

const reportOf = (answer: TestReport | string): TestReport => {
  if (typeof answer !== 'string') return answer
  throw new Failure('unavailable', answer)
}

/**
 * Expects every test to pass with all safeguards in place: otherwise its failure would prove nothing.
 * Throws `defect` with the tests that fail. Called before the first safeguard and after the last, because a
 * run that damaged the servers would make any test fail.
 */
const expectWhole = async (safeguards: readonly Safeguard[], { runner }: AblationOptions): Promise<void> => {
  const faults = new Set<string>()
  for (const run of wholeRunsOf(safeguards, runner)) {
    const report = reportOf(await runner.run(run))
    for (const { caughtBy } of safeguards) {
      if (runner.kindOf(caughtBy) !== run.kind) continue
      const title = titleOf(caughtBy)
      const result = ablationResultOf(report, title)
      if (result.kind === 'noticed') faults.add(`${title}: ${result.by}`)
      if (result.kind === 'untried') faults.add(`${title}: ${result.why}`)
    }
  }
  if (faults.size > 0)
    throw new Failure('defect', ['with all safeguards in place these tests fail:', ...faults].join('\n  '))
}

const ablate = async (
  safeguard: Safeguard,
  { copy, runner, check }: AblationOptions,
): Promise<AblationResult> => {
  const { caughtBy } = safeguard
  const title = titleOf(caughtBy)
  try {
    return await copy.without(safeguard, async (files) => {
      await check(files)
      const answer = await runner.run({
        kind: runner.kindOf(caughtBy),
        files: [caughtBy.file],
        pattern: titlePatternOf(title),
        timeoutMs: oneRunMsMax,
      })
      return typeof answer === 'string' ? untried(answer) : ablationResultOf(answer, title)
    })
  } catch (cause) {
    if (cause instanceof Failure) return untried(messageOf(cause))
    throw cause
  }
}

/** Takes out one safeguard after the other. Throws `defect` when a test fails with all of them in place. */
export const runAblations = async (
  safeguards: readonly Safeguard[],
  options: AblationOptions,
): Promise<Ablation[]> => {
  options.onStep('all safeguards in place: every test has to pass')
  await expectWhole(safeguards, options)
  const ablations: Ablation[] = []
  for (const safeguard of safeguards) {
    const startedAtMs = options.monotonicMs()
    const result = await ablate(safeguard, options)
    const ablation = { safeguard, result, tookMs: options.monotonicMs() - startedAtMs }
    ablations.push(ablation)
    await options.onAblation(ablation)
  }
  options.onStep('all safeguards back in place: every test has to pass again')
  await expectWhole(safeguards, options)
  return ablations
}
