import { defineCommand } from '../../platform/command.ts'
import { argument, required } from '../../platform/option.ts'
import { compareRuns } from '../measure/compare-runs.ts'
import { comparedReport } from '../report/compared-runs.ts'
import { readBenchRun } from './read-run.ts'

const report = (placeholder: 'A' | 'B') =>
  argument(
    required({
      placeholder,
      help: 'the folder of a report, or its run.json',
      expected: `report ${placeholder}`,
      parse: (text) => text,
    }),
  )

/** Prints the figures of two reports beside each other. A run that is not sound has none. */
export const compareCommand = defineCommand({
  name: 'npm run bench -- compare',
  summary: 'Prints the figures of two reports, and which differences are more than noise.',
  options: { a: report('A'), b: report('B') },
  exitCodes: {
    compared: [0, 'both runs are PASS'],
    unsound: [1, 'a run is not PASS, and its speed is not shown'],
  },
  async run({ a, b }, { stdout, print }) {
    const runs = [await readBenchRun(a), await readBenchRun(b)] as const
    const compared = compareRuns(...runs)
    await print({ text: comparedReport(compared, runs, stdout), json: compared })
    const { verdicts } = compared
    return verdicts.a === 'pass' && verdicts.b === 'pass' ? 'compared' : 'unsound'
  },
})
