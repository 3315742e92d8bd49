import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Failure, messageOf } from '../../platform/failure.ts'
import { connectRedis } from '../../platform/redis.ts'
import { findFreeServerPorts, startServers } from '../../servers/start-servers.ts'
import { createProgressDisplay } from '../../platform/progress-display.ts'
import { type AblateArguments, parseArguments, usage } from './arguments.ts'
import { createCheckoutCopy } from './checkout-copy.ts'
import { formatAblation, formatSafeguard, formatSummary } from './format.ts'
import { createLuaCheck } from './lua-check.ts'
import { needlessRules } from './needless-rules.ts'
import { type Ablation, runAblations } from './run-ablations.ts'
import type { Safeguard } from './safeguard.ts'
import { allSafeguards } from './safeguards/all-safeguards.ts'
import { safeguardsDocument } from './safeguards-document.ts'
import { filesOf, readSources } from './take-out.ts'
import { createTestRunner } from './test-runner.ts'

// npm run ablate: takes every safeguard out of a copy, one at a time, and expects its test to fail.

const exitCodes = { noticed: 0, unnoticed: 1, wrongUse: 2 } as const

const root = join(import.meta.dirname, '..', '..')
const documentFile = join(root, 'docs', 'safeguards.md')
const progress = createProgressDisplay(process.stderr)

const sources = readSources(root)

const select = ({ only }: AblateArguments): readonly Safeguard[] => {
  if (only === undefined) return allSafeguards
  const words = only.toLowerCase()
  const selected = allSafeguards.filter((safeguard) =>
    [safeguard.name, safeguard.section, safeguard.caughtBy.file, ...filesOf(sources, safeguard)].some(
      (text) => text.toLowerCase().includes(words),
    ),
  )
  if (selected.length > 0) return selected
  throw new Failure('refused', `no safeguard has these words: ${only}\n\n${usage}`)
}

const list = (selected: readonly Safeguard[]): string =>
  selected.map((safeguard) => formatSafeguard(safeguard, filesOf(sources, safeguard))).join('\n\n')

const writeDocument = (): Promise<void> =>
  writeFile(documentFile, safeguardsDocument(allSafeguards, needlessRules))

/** Makes the copy, starts one set of servers for all test runs, and removes both at the end. */
const run = async (selected: readonly Safeguard[], signal: AbortSignal): Promise<Ablation[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'firstcome-ablate-'))
  const servers = await startServers({
    folder: join(folder, 'servers'),
    ports: await findFreeServerPorts(),
    environment: process.env,
    progress,
    signal,
  }).catch(async (cause: unknown) => {
    await rm(folder, { recursive: true, force: true })
    throw cause
  })
  const redis = connectRedis({
    url: servers.environment.REDIS_URL,
    commandTimeoutMs: 5_000,
    onError: () => undefined,
  })
  try {
    await redis.waitForConnection(5_000)
    const copy = await createCheckoutCopy(root, join(folder, 'copy'))
    const runner = createTestRunner({
      folder: copy.folder,
      reportFolder: folder,
      environment: { ...process.env, ...servers.environment },
      signal,
    })
    return await runAblations(selected, {
      copy,
      runner,
      check: createLuaCheck(redis),
      monotonicMs: () => performance.now(),
      onAblation: (ablation) => void process.stdout.write(`${formatAblation(ablation)}\n`),
      onStep: progress.say,
    })
  } finally {
    redis.close()
    await servers.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

const interrupted = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => interrupted.abort())
try {
  const asked = parseArguments(process.argv.slice(2))
  if (asked === 'help') process.stdout.write(`${usage}\n`)
  else if (asked.kind === 'write') await writeDocument()
  else if (asked.kind === 'list') process.stdout.write(`${list(select(asked))}\n`)
  else {
    const ablations = await run(select(asked), interrupted.signal)
    const areNoticed = ablations.every(({ result }) => result.kind === 'noticed')
    process.stdout.write(`${formatSummary(ablations)}\n`)
    if (areNoticed && asked.only === undefined) await writeDocument()
    process.exitCode = areNoticed ? exitCodes.noticed : exitCodes.unnoticed
  }
} catch (cause) {
  process.stderr.write(`${messageOf(cause)}\n`)
  const isWrongUse = cause instanceof Failure && cause.code === 'refused'
  process.exitCode = isWrongUse ? exitCodes.wrongUse : exitCodes.unnoticed
}
