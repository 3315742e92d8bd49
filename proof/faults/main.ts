import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describeMachine } from '../../load/measure/machine.ts'
import { Failure, messageOf } from '../../platform/failure.ts'
import { createTokenSigner } from '../../platform/http/token.ts'
import { createProgressDisplay } from '../../platform/progress-display.ts'
import { type FaultsArguments, isChosen, parseArguments, usageOf } from './arguments.ts'
import { openStackReaders } from './stack-readers.ts'
import { faultKinds } from './kinds/all.ts'
import { commitOf, describeRunMachine, recordRun } from './run-record.ts'
import { closingReport, exitCodeOf, roundReport } from './report.ts'
import { runRound } from './round.ts'
import { serverVersions } from './server-versions.ts'
import { type Stack, startStack } from './stack.ts'
import { totalsOf } from './totals.ts'
import type { RoundVerdict } from './round-verdict.ts'

// npm run faults: real processes under traffic, killed, paused, cut off and lied to, and what the promises came to.

const root = join(import.meta.dirname, '..', '..')
const files = { runs: join(root, 'docs', 'fault-runs.jsonl'), page: join(root, 'docs', 'reliability.md') }
const wrongUse = 2
const interrupted = 130
const secrets = { JWT_SECRET: randomBytes(32).toString('hex'), ADMIN_TOKEN: randomBytes(32).toString('hex') }
const progress = createProgressDisplay(process.stderr)
const stopping = new AbortController()

// The first ends the round, the second everything at once: what was started goes with us.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(name, () => {
    if (stopping.signal.aborted) process.exit(interrupted)
    progress.say('stopping; once more ends it at once')
    stopping.abort()
  })

const ownFolder = async ({ folder }: FaultsArguments): Promise<string> => {
  if (folder === undefined) return mkdtemp(join(tmpdir(), 'firstcome-faults-'))
  await mkdir(resolve(folder), { recursive: true })
  return mkdtemp(join(resolve(folder), 'run-'))
}

/** Round after round on one stack, until one cannot even be played. */
const playRounds = async (
  stack: Stack,
  folder: string,
  seed: string,
  asked: FaultsArguments,
): Promise<readonly RoundVerdict[]> => {
  const kinds = faultKinds.filter(({ name }) => isChosen(name, asked.only))
  const readers = openStackReaders(stack)
  const verdicts: RoundVerdict[] = []
  let endedBefore = 0
  try {
    for (let round = 1; round <= asked.rounds; round += 1) {
      const verdict = await runRound({
        round,
        seed,
        stack,
        readers,
        kinds,
        folder,
        signal: stopping.signal,
        adminToken: secrets.ADMIN_TOKEN,
        sign: createTokenSigner(secrets.JWT_SECRET),
      })
      verdicts.push(verdict)
      process.stdout.write(`${roundReport(verdict, asked.rounds, process.stdout)}\n`)
      const ended = stack.endedByThemselves()
      if (ended > endedBefore)
        process.stdout.write(
          `    ${ended - endedBefore} of our processes ended though nobody had struck them\n`,
        )
      endedBefore = ended
    }
    return verdicts
  } catch (cause) {
    // What was played counts; the rest is lost, and that is a failure of its own.
    if (!stopping.signal.aborted) progress.say(`the run ends here: ${messageOf(cause)}`)
    return verdicts
  } finally {
    await readers.close()
  }
}

const run = async (asked: FaultsArguments): Promise<0 | 1> => {
  const seed = asked.seed ?? randomBytes(4).toString('hex')
  const commit = await commitOf(root)
  const folder = await ownFolder(asked)
  process.stdout.write(`\n  seed ${seed}\n\n`)
  const stack = await startStack({
    ...{ folder, environment: process.env, secrets, progress, signal: stopping.signal },
  }).catch(async (cause: unknown) => {
    if (stopping.signal.aborted) await rm(folder, { recursive: true, force: true })
    else progress.say(`logs are kept in ${folder}`)
    throw cause
  })
  const killAll = (): void => stack.killAtOnce()
  process.once('exit', killAll)
  const servers = await serverVersions(stack)
  const verdicts = await playRounds(stack, folder, seed, asked)
  await progress.step('stopping everything', stack.stop)
  process.off('exit', killAll)
  // Whoever ends a run wants to be rid of it, but not of what shows a failure.
  const isWanted = !stopping.signal.aborted && verdicts.length < asked.rounds
  if (isWanted || verdicts.some(({ verdict }) => verdict === 'fail'))
    progress.say(`histories, logs and data are kept in ${folder}`)
  else await rm(folder, { recursive: true, force: true })
  if (verdicts.length > 0) process.stdout.write(`${closingReport(verdicts, asked.rounds, process.stdout)}\n`)
  // Also one that could not play all its rounds, as a failure: only those that somebody ended are left out.
  if (asked.isRecorded && verdicts.length > 0 && !stopping.signal.aborted)
    await recordRun(files, {
      ...totalsOf(verdicts, asked.rounds),
      ...{ date: new Date().toISOString().slice(0, 10), seed, only: [...asked.only], commit, servers },
      machine: describeRunMachine(await describeMachine('', new Date())),
    })
  return exitCodeOf(verdicts, asked.rounds)
}

try {
  const names = faultKinds.map(({ name }) => name)
  const asked = parseArguments(process.argv.slice(2), names)
  if (asked === 'help') process.stdout.write(`${usageOf(names)}\n`)
  else {
    const exitCode = await run(asked)
    process.exitCode = stopping.signal.aborted ? interrupted : exitCode
  }
} catch (cause) {
  process.stderr.write(`${messageOf(cause)}\n`)
  const isWrongUse = cause instanceof Failure && cause.code === 'refused'
  process.exitCode = stopping.signal.aborted ? interrupted : isWrongUse ? wrongUse : 1
}
// Whatever still holds a connection does not keep us.
process.exit()
