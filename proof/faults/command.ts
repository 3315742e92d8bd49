import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describeMachine } from '../../load/measure/machine.ts'
import { defineCommand } from '../../platform/command.ts'
import { createFolder } from '../../platform/create-folder.ts'
import { messageOf } from '../../platform/failure.ts'
import { createTokenSigner } from '../../platform/http/token.ts'
import { flag, integer, optional, path } from '../../platform/option.ts'
import type { ProgressDisplay } from '../../platform/progress-display.ts'
import { commitOf, describeRunMachine } from '../records/run-origin.ts'
import { brokersOf, faultLines, isChosen, strikingOn, unknownWords } from './fault-choice.ts'
import { faultKinds } from './kinds/all.ts'
import type { FaultKind } from './kinds/fault-kind.ts'
import { closingReport, roundReport } from './report.ts'
import { runRound } from './round.ts'
import type { RoundVerdict } from './round-verdict.ts'
import { recordRun } from './run-record.ts'
import { serverVersions } from './server-versions.ts'
import { type Stack, startStack } from './stack.ts'
import { openStackReaders } from './stack-readers.ts'
import { totalsOf } from './totals.ts'

const root = join(import.meta.dirname, '..', '..')
const files = { runs: join(root, 'docs', 'fault-runs.jsonl'), page: join(root, 'docs', 'reliability.md') }
const kindNames = faultKinds.map(({ name }) => name)

type FaultsOptions = { progress: ProgressDisplay; signal: AbortSignal }

const createRunFolder = async (folder: string | undefined): Promise<string> => {
  if (folder === undefined) return mkdtemp(join(tmpdir(), 'firstcome-faults-'))
  await createFolder(resolve(folder))
  return mkdtemp(join(resolve(folder), 'run-'))
}

type Rounds = {
  stack: Stack
  folder: string
  seed: string
  rounds: number
  kinds: readonly FaultKind[]
  adminToken: string
  sign: ReturnType<typeof createTokenSigner>
  onRound(verdict: RoundVerdict, exitedAlone: number): Promise<void>
}

/** Plays round after round on one stack. Ends at the first that cannot be played; those before it count. */
const playRounds = async (
  { stack, folder, seed, rounds, kinds, adminToken, sign, onRound }: Rounds,
  { progress, signal }: FaultsOptions,
): Promise<readonly RoundVerdict[]> => {
  const readers = openStackReaders(stack)
  const verdicts: RoundVerdict[] = []
  let exitedBefore = 0
  try {
    for (let round = 1; round <= rounds; round += 1) {
      const verdict = await runRound({ round, seed, stack, readers, kinds, folder, signal, adminToken, sign })
      verdicts.push(verdict)
      const exited = stack.exitsByThemselves()
      await onRound(verdict, exited - exitedBefore)
      exitedBefore = exited
    }
  } catch (cause) {
    if (!signal.aborted) progress.say(`the run ends here: ${messageOf(cause)}`)
  } finally {
    await readers.close()
  }
  return verdicts
}

/** Runs real processes under traffic, kills, pauses and cuts off parts of them, and checks every promise. */
export const createFaultsCommand = ({ progress, signal }: FaultsOptions) =>
  defineCommand({
    name: 'npm run faults --',
    summary: 'Runs the whole system under traffic, breaks parts of it, and checks every promise.',
    options: {
      rounds: integer({ min: 1, max: 1_000, default: 3, help: 'rounds, each with its own campaign' }),
      // It is part of tables and of the names of folders.
      seed: optional({
        placeholder: 'SEED',
        help: 'repeats the schedule of the run with this seed and the same --only',
        expected: 'up to 40 letters, digits, dots, dashes',
        parse: (text) => (/^[A-Za-z0-9._-]{1,40}$/.test(text) ? text : undefined),
      }),
      only: optional({
        placeholder: 'WORDS',
        help: 'only these faults: parts, actions or full names, with commas between',
        expected: 'words with commas between',
        parse: (text) => text.split(',').map((word) => word.trim()),
      }),
      record: flag('adds the run to docs/fault-runs.jsonl and docs/reliability.md'),
      folder: path('FOLDER', 'where failed rounds are kept'),
    },
    notes: ['Faults', ...faultLines(kindNames)],
    check: ({ only = [] }) =>
      unknownWords(kindNames, only).map(
        (word) => `--only: expected a part, an action or a fault as listed below, not ${word || 'nothing'}`,
      ),
    exitCodes: {
      pass: [0, 'every promise held in every round'],
      fail: [1, 'a promise was broken, or a round could not be decided'],
      interrupted: [130, 'ended by a signal'],
    },
    async run({ rounds, only = [], record, ...asked }, { environment, stdout, print }) {
      const seed = asked.seed ?? randomBytes(4).toString('hex')
      const chosen = faultKinds.filter(({ name }) => isChosen(name, only))
      const brokers = brokersOf(seed, chosen)
      const commit = await commitOf(root)
      const folder = await createRunFolder(asked.folder)
      const secrets = {
        JWT_SECRET: randomBytes(32).toString('hex'),
        ADMIN_TOKEN: randomBytes(32).toString('hex'),
      }
      await print({ text: `\n  seed ${seed}${brokers === 3 ? ', with three brokers' : ''}\n\n` })
      const stack = await startStack({ folder, environment, brokers, secrets, progress, signal }).catch(
        async (cause: unknown) => {
          if (signal.aborted) await rm(folder, { recursive: true, force: true })
          else progress.say(`logs are kept in ${folder}`)
          throw cause
        },
      )
      const killAll = (): void => stack.killAtOnce()
      process.once('exit', killAll)
      const servers = await serverVersions(stack)
      const verdicts = await playRounds(
        {
          stack,
          folder,
          seed,
          rounds,
          kinds: strikingOn(brokers, chosen),
          adminToken: secrets.ADMIN_TOKEN,
          sign: createTokenSigner(secrets.JWT_SECRET),
          async onRound(verdict, exitedAlone) {
            await print({ text: `${roundReport(verdict, rounds, stdout)}\n` })
            if (exitedAlone > 0)
              await print({
                text: `    ${exitedAlone} of our processes exited though no fault struck them\n`,
              })
          },
        },
        { progress, signal },
      )
      await progress.step('stopping everything', stack.stop)
      process.off('exit', killAll)
      // A failure is kept; an interrupted run without one is not.
      const isUnfinished = !signal.aborted && verdicts.length < rounds
      if (isUnfinished || verdicts.some(({ verdict }) => verdict === 'fail'))
        progress.say(`histories, logs and data are kept in ${folder}`)
      else await rm(folder, { recursive: true, force: true })
      const totals = totalsOf(verdicts, rounds)
      await print({
        text: verdicts.length === 0 ? '' : `${closingReport(verdicts, rounds, stdout)}\n`,
        json: { seed, totals, rounds: verdicts },
      })
      if (signal.aborted) return 'interrupted'
      // A run that could not play all its rounds is recorded as a failure.
      if (record && verdicts.length > 0)
        await recordRun(files, {
          ...totals,
          date: new Date().toISOString().slice(0, 10),
          seed,
          only: [...only],
          commit,
          servers,
          machine: describeRunMachine(await describeMachine('', new Date())),
        })
      return totals.verdict
    },
  })
