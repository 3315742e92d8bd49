import { checkSoldOut, soldOutCommandLine, soldOutOptions, soldOutPlanOf } from '../arguments/sold-out.ts'
import { withBaselines } from '../baselines/press-baseline.ts'
import { soldOutReport } from '../report/sold-out.ts'
import { runSoldOut } from '../scenarios/sold-out.ts'
import { metricsUrlOf } from './common-to-loads.ts'
import { defineLoad } from './define-load.ts'

export const soldOutCommand = defineLoad({
  name: 'sold-out',
  summary: 'Measures presses for a campaign that is sold out, and of winners who press again between them.',
  options: soldOutOptions,
  check: checkSoldOut,
  planOf: soldOutPlanOf,
  commandLine: soldOutCommandLine,
  run: (plan, dependencies, { values, settings }) =>
    withBaselines(
      { ...dependencies, jwtSecret: settings.JWT_SECRET },
      (pressBaseline) =>
        runSoldOut(plan, {
          ...dependencies,
          metricsUrl: metricsUrlOf(values.metrics, settings),
          pressNode: (presses) => pressBaseline('node', presses),
        }),
      ['node'],
    ),
  report: soldOutReport,
})
