import { checkMasher, masherCommandLine, masherOptions, masherPlanOf } from '../arguments/masher.ts'
import { masherReport } from '../report/masher.ts'
import { runMasher } from '../scenarios/masher.ts'
import { defineLoad } from './define-load.ts'

export const masherCommand = defineLoad({
  name: 'masher',
  summary: 'Lets every shopper press many times at once: each has one coupon, and is shown no other.',
  options: masherOptions,
  check: checkMasher,
  planOf: masherPlanOf,
  commandLine: masherCommandLine,
  run: runMasher,
  report: masherReport,
})
