import { hash, randomBytes } from 'node:crypto'
import { formatOperatorToken, operatorNamePattern, parseOperatorRoles } from '../../coupon/operator.ts'
import { defineCommand } from '../../platform/command.ts'
import { required } from '../../platform/option.ts'

const names = '1 to 60 of A-Z a-z 0-9 . _ ~ @ -'
const rolesExpected = 'viewer, operator or orders, several with + between'

/** Makes a named token of an operator. Nothing keeps it: only its hash goes into the configuration. */
export const operatorTokenCommand = defineCommand({
  name: 'npm run token -- operator',
  summary: "Makes an operator's token, and the entry of OPERATORS that lets it in.",
  options: {
    name: required({
      placeholder: 'NAME',
      help: `stands beside every change that this operator makes: ${names}`,
      expected: names,
      parse: (text) => (operatorNamePattern.test(text) ? text : undefined),
    }),
    roles: required({
      placeholder: 'ROLES',
      help: `what it may do: ${rolesExpected}`,
      expected: rolesExpected,
      parse: parseOperatorRoles,
    }),
  },
  notes: ['The token is shown once. Put the entry into OPERATORS of every API process, and restart it.'],
  exitCodes: { printed: [0, 'token and entry are printed'] },
  async run({ name, roles }, { print }) {
    const token = randomBytes(32).toString('base64url')
    const entry = formatOperatorToken(name, roles, hash('sha256', token))
    await print({ text: `token      ${token}\nOPERATORS  ${entry}\n`, json: { name, roles, token, entry } })
    return 'printed'
  },
})
