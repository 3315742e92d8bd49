import { createOperatorClient } from '../../client/operator-client.ts'
import { checkLife, lifeCommandLine, lifeOptions, lifePlanOf } from '../arguments/life.ts'
import { lifeReport } from '../report/life.ts'
import { runLife } from '../scenarios/life.ts'
import { defineLoad } from './define-load.ts'

export const lifeCommand = defineLoad({
  name: 'life',
  summary: 'Pauses a campaign and raises its stock while people press, redeem and give back.',
  options: lifeOptions,
  check: checkLife,
  planOf: lifePlanOf,
  commandLine: lifeCommandLine,
  run: (plan, dependencies, { settings }) =>
    runLife(plan, {
      ...dependencies,
      // A change that had to be repeated would not tell when it was answered.
      operator: createOperatorClient({
        ...{ url: dependencies.url, token: settings.ADMIN_TOKEN, attemptsMax: 1 },
      }),
    }),
  report: lifeReport,
  bar: {
    outcome: 'leaked',
    exitCode: [1, 'LEAKED: a press that was sent after the answer of the pause got a coupon'],
    isMissed: ({ grantsWhilePaused }) => grantsWhilePaused > 0,
  },
})
