import { Failure, messageOf } from '../../platform/failure.ts'
import type { Copy } from './copy.ts'
import type { Safeguard } from './safeguard.ts'
import type { TestRun, Tests } from './tests.ts'
import { patternOf, titleOf } from './titles.ts'
import { judge, type Report, type Verdict } from './verdict.ts'

/** What one safeguard came to. */
export type Try = { safeguard: Safeguard; verdict: Verdict; tookMs: number }

export type RunOptions = {
  copy: Copy
  tests: Tests
  /** Throws when a file of the edited copy could not run at all: a Lua script that does not compile. */
  check(files: ReadonlyMap<string, string>): Promise<void>
  /** Told of every try when it is over, and of what is being done. */
  tried(one: Try): void
  say(line: string): void
  monotonicMs(): number
}

/** A test that waits for what never comes ends after 60 s; servers and processes start before it. */
const tryMsMax = 180_000
const allTogetherMsMax = 900_000

const kinds = ['unit', 'servers', 'processes'] as const

const untried = (why: string): Verdict => ({ kind: 'untried', why })

/** One run a kind of everything that has to notice something. */
const runsOf = (safeguards: readonly Safeguard[], { kindOf }: Tests): TestRun[] =>
  kinds.flatMap((kind) => {
    const own = safeguards.map(({ caughtBy }) => caughtBy).filter((caught) => kindOf(caught) === kind)
    if (own.length === 0) return []
    const pattern = [...new Set(own.map((caught) => patternOf(titleOf(caught))))].join('|')
    return [{ kind, files: [...new Set(own.map(({ file }) => file))], pattern, timeoutMs: allTogetherMsMax }]
  })

const reportOf = (answer: Report | string): Report => {
  if (typeof answer !== 'string') return answer
  throw new Failure('unavailable', answer)
}

/**
 * Every test passes as long as nothing is taken out: otherwise its failing says nothing. Throws `defect` with those that do not.
 * Asked before the first safeguard and after the last: one that spoiled the servers would let any test fail.
 */
const expectWhole = async (safeguards: readonly Safeguard[], { tests }: RunOptions): Promise<void> => {
  const faults: string[] = []
  for (const run of runsOf(safeguards, tests)) {
    const report = reportOf(await tests.run(run))
    for (const { caughtBy } of safeguards) {
      if (tests.kindOf(caughtBy) !== run.kind) continue
      const test = titleOf(caughtBy)
      const verdict = judge(report, test)
      if (verdict.kind === 'caught') faults.push(`${test}: ${verdict.by}`)
      if (verdict.kind === 'untried') faults.push(`${test}: ${verdict.why}`)
    }
  }
  if (faults.length > 0)
    throw new Failure(
      'defect',
      ['with nothing taken out these do not pass:', ...new Set(faults)].join('\n  '),
    )
}

const tryOut = async (
  { edits, caughtBy }: Safeguard,
  { copy, tests, check }: RunOptions,
): Promise<Verdict> => {
  const test = titleOf(caughtBy)
  try {
    return await copy.edited(edits, async (files) => {
      await check(files)
      const run = {
        kind: tests.kindOf(caughtBy),
        files: [caughtBy.file],
        pattern: patternOf(test),
        timeoutMs: tryMsMax,
      }
      const answer = await tests.run(run)
      return typeof answer === 'string' ? untried(answer) : judge(answer, test)
    })
  } catch (cause) {
    if (cause instanceof Failure) return untried(messageOf(cause))
    throw cause
  }
}

/** Takes out each of them in turn. Throws `defect` when the tests do not pass with nothing taken out, before or after. */
export const takeOut = async (safeguards: readonly Safeguard[], options: RunOptions): Promise<Try[]> => {
  options.say('nothing taken out: every test has to pass')
  await expectWhole(safeguards, options)
  const tries: Try[] = []
  for (const safeguard of safeguards) {
    const startedAtMs = options.monotonicMs()
    const verdict = await tryOut(safeguard, options)
    const one = { safeguard, verdict, tookMs: options.monotonicMs() - startedAtMs }
    tries.push(one)
    options.tried(one)
  }
  options.say('all is back in its place: every test has to pass again')
  await expectWhole(safeguards, options)
  return tries
}
