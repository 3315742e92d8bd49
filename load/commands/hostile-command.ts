import { hostileCommandLine, hostileOptions, hostilePlanOf } from '../arguments/hostile.ts'
import { hostileReport } from '../report/hostile.ts'
import { runHostile } from '../scenarios/hostile.ts'
import { defineLoad } from './define-load.ts'

export const hostileCommand = defineLoad({
  name: 'hostile',
  summary: 'Measures how much longer people wait beside each kind of bad client.',
  options: hostileOptions,
  planOf: hostilePlanOf,
  commandLine: hostileCommandLine,
  run: runHostile,
  report: hostileReport,
  bar: {
    outcome: 'harmed',
    exitCode: [1, 'HARMED: beside a bad client somebody was not served, or the p99 more than tripled'],
    isMissed: ({ harmful }) => harmful.length > 0,
  },
})
