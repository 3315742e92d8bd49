import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Failure, messageOf } from '../../platform/failure.ts'
import { connectRedis } from '../../platform/redis.ts'
import { findFreeServerPorts, startServers } from '../../servers/start-servers.ts'
import { createProgressDisplay } from '../../platform/progress-display.ts'
import { type AblateArguments, parseArguments, usage } from './arguments.ts'
import { createCopy } from './copy.ts'
import { documentOf } from './document.ts'
import { createLuaCheck } from './lua-check.ts'
import { takeOut, type Try } from './run.ts'
import type { Safeguard } from './safeguard.ts'
import { needlessRules, safeguards } from './safeguards/all.ts'
import { createTests } from './tests.ts'
import { lineOf, listed, summaryOf } from './words.ts'

// npm run ablate: takes every safeguard out of a copy, one at a time, and expects its test to notice.

const exitCodes = { noticed: 0, unnoticed: 1, wrongUse: 2 } as const

const root = join(import.meta.dirname, '..', '..')
const documentFile = join(root, 'docs', 'safeguards.md')
const progress = createProgressDisplay(process.stderr)

const chosen = ({ only }: AblateArguments): readonly Safeguard[] => {
  if (only === undefined) return safeguards
  const words = only.toLowerCase()
  const own = safeguards.filter(({ name, section, edits, caughtBy }) =>
    [name, section, caughtBy.file, ...edits.map(({ file }) => file)].some((text) =>
      text.toLowerCase().includes(words),
    ),
  )
  if (own.length > 0) return own
  throw new Failure('refused', `no safeguard has these words: ${only}\n\n${usage}`)
}

const writeDocument = (): Promise<void> => writeFile(documentFile, documentOf(safeguards, needlessRules))

/** One set of servers for all runs, and the copy, for as long as `work` lasts. */
const run = async (own: readonly Safeguard[], signal: AbortSignal): Promise<Try[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'firstcome-ablate-'))
  const servers = await startServers({
    folder: join(folder, 'servers'),
    ports: await findFreeServerPorts(),
    environment: process.env,
    ...{ progress, signal },
  }).catch(async (cause: unknown) => {
    await rm(folder, { recursive: true, force: true })
    throw cause
  })
  const redis = connectRedis({
    url: servers.environment.REDIS_URL,
    commandTimeoutMs: 5_000,
    onFault: () => undefined,
  })
  try {
    await redis.waitForConnection(5_000)
    const copy = await createCopy(root, join(folder, 'copy'))
    const tests = createTests({
      folder: copy.folder,
      reportFolder: folder,
      environment: { ...process.env, ...servers.environment },
      signal,
    })
    return await takeOut(own, {
      ...{ copy, tests, check: createLuaCheck(redis), monotonicMs: () => performance.now() },
      tried: (one) => void process.stdout.write(`${lineOf(one)}\n`),
      say: progress.say,
    })
  } finally {
    redis.close()
    await servers.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

const ending = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => ending.abort())
try {
  const asked = parseArguments(process.argv.slice(2))
  if (asked === 'help') process.stdout.write(`${usage}\n`)
  else if (asked.kind === 'write') await writeDocument()
  else if (asked.kind === 'list') process.stdout.write(`${chosen(asked).map(listed).join('\n\n')}\n`)
  else {
    const tries = await run(chosen(asked), ending.signal)
    const areNoticed = tries.every(({ verdict }) => verdict.kind === 'caught')
    process.stdout.write(`${summaryOf(tries)}\n`)
    if (areNoticed && asked.only === undefined) await writeDocument()
    process.exitCode = areNoticed ? exitCodes.noticed : exitCodes.unnoticed
  }
} catch (cause) {
  process.stderr.write(`${messageOf(cause)}\n`)
  const isWrongUse = cause instanceof Failure && cause.code === 'refused'
  process.exitCode = isWrongUse ? exitCodes.wrongUse : exitCodes.unnoticed
}
