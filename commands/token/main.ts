import { z } from 'zod'
import { Failure, messageOf } from '../../platform/failure.ts'
import { readSettings, secret } from '../../platform/settings.ts'
import { createTokenSigner } from '../../platform/http/token.ts'
import { parseArguments, usage } from './arguments.ts'

// npm run token: prints a shopper's token, and nothing else, on standard output.

const exitCodes = { failed: 1, wrongUse: 2 } as const

/** `npm start` writes it to `.firstcome/environment`, which the npm script reads. */
const tokenSettings = z.object({
  JWT_SECRET: secret('expected the secret that the API checks shopper tokens with; npm start makes one'),
})

try {
  const asked = parseArguments(process.argv.slice(2))
  if (asked === 'help') process.stdout.write(`${usage}\n`)
  else {
    const sign = createTokenSigner(readSettings(tokenSettings, process.env).JWT_SECRET)
    process.stdout.write(`${sign(asked.userId, asked.lifetimeSeconds)}\n`)
  }
} catch (cause) {
  process.stderr.write(`${messageOf(cause)}\n`)
  process.exitCode =
    cause instanceof Failure && cause.code === 'refused' ? exitCodes.wrongUse : exitCodes.failed
}
