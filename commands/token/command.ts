import { z } from 'zod'
import { userIdPattern } from '../../coupon/grant.ts'
import { type Command, defineCommand } from '../../platform/command.ts'
import { createTokenSigner } from '../../platform/http/token.ts'
import { integer, required } from '../../platform/option.ts'
import { jwtSecret } from '../../platform/settings.ts'
import { operatorTokenCommand } from './operator-command.ts'

const userIds = '1 to 64 of A-Z a-z 0-9 . _ ~ @ | : + -'

const shopperTokenCommand = defineCommand({
  name: 'npm run token --',
  summary: "Prints a shopper's token.",
  options: {
    user: required({
      placeholder: 'ID',
      help: `whose token: ${userIds}`,
      expected: userIds,
      parse: (text) => (userIdPattern.test(text) ? text : undefined),
    }),
    lifetime: integer({
      placeholder: 'SECONDS',
      help: 'until it expires',
      min: 1,
      max: 31_536_000,
      unit: 'seconds',
      default: 86_400,
    }),
  },
  settings: z.object({
    JWT_SECRET: jwtSecret('as the API has it; npm start makes one'),
  }),
  notes: ['npm run token -- operator --help: the tokens of operators.'],
  exitCodes: { printed: [0, 'the token is printed'] },
  async run({ user, lifetime }, { settings, print }) {
    const token = createTokenSigner(settings.JWT_SECRET)(user, lifetime)
    await print({ text: `${token}\n`, json: { user, lifetimeSeconds: lifetime, token } })
    return 'printed'
  },
})

/** Prints a shopper's token and nothing else, or makes one of an operator. */
export const tokenCommand: Command = {
  help: shopperTokenCommand.help,
  run: ([word = '', ...words], streams) =>
    word === 'operator'
      ? operatorTokenCommand.run(words, streams)
      : shopperTokenCommand.run(word === '' ? [] : [word, ...words], streams),
}
