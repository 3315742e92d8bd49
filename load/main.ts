import { Failure, messageOf } from '../platform/failure.ts'
import { connectDatabase } from '../platform/mysql.ts'
import { createTokenSigner } from '../platform/token.ts'
import { createApiClient } from './api-client.ts'
import { type BurstArguments, parseArguments, usage } from './arguments.ts'
import { startBareServer } from './bare-server.ts'
import { runBurst } from './burst.ts'
import { createLedgerReader } from './ledger-reader.ts'
import { describeMachine } from './machine.ts'
import { runBare } from './pairs.ts'
import { createProgress } from './progress.ts'
import { type LoadRun, reportRun, runLoad } from './run.ts'
import { readLoadSettings } from './settings.ts'
import { createShoppers } from './shoppers.ts'

const exitCodes = { pass: 0, fail: 1, 'in-flight': 1, wrongUse: 2 } as const

const load = async (asked: BurstArguments, command: string): Promise<LoadRun> => {
  const settings = readLoadSettings(process.env, asked.url)
  const url = settings.apiUrl
  const sign = createTokenSigner(settings.jwtSecret)
  const progress = createProgress(process.stderr)
  const now = () => performance.now()
  const api = createApiClient({
    url,
    adminToken: settings.adminToken,
    connections: 64,
    answerTimeoutMs: 5_000,
  })
  const database = connectDatabase({ url: settings.databaseUrl, connectionsMax: 2, queryTimeoutMs: 30_000 })
  const ledger = createLedgerReader(database)
  try {
    const machine = await describeMachine(await ledger.version(), new Date())
    const run = await runLoad(asked, {
      burst: (plan) => runBurst(plan, { url, api, ledger, sign, now, progress, stallMs: 15_000 }),
      async withBare(work) {
        const bare = await startBareServer(settings.jwtSecret)
        const shoppersOf = (count: number) => createShoppers({ count, prefix: 'bare', sign })
        try {
          return await work((plan) =>
            runBare(shoppersOf(plan.shoppers), plan.connections, { url: bare.url, now, progress }),
          )
        } finally {
          await bare.stop()
        }
      },
    })
    progress.end()
    await reportRun(run, asked, machine, command, process.stdout)
    return run
  } finally {
    await api.close()
    await database.close()
  }
}

const words = process.argv.slice(2)
try {
  const asked = parseArguments(words)
  if (asked.kind === 'help') process.stdout.write(`${usage}\n`)
  else process.exitCode = exitCodes[(await load(asked.burst, `npm run load -- ${words.join(' ')}`)).verdict]
} catch (cause) {
  process.stderr.write(`\n${messageOf(cause)}\n`)
  process.exitCode =
    cause instanceof Failure && cause.code === 'refused' ? exitCodes.wrongUse : exitCodes.fail
}
