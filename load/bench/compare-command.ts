import { defineCommand } from '../../platform/command.ts'
import { argument, flag, required } from '../../platform/option.ts'
import { compareRuns } from '../measure/compare-runs.ts'
import { comparedReport } from '../report/compared-runs.ts'
import { watchedRatio } from '../report/watched-ratio.ts'
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
  options: {
    a: report('A'),
    b: report('B'),
    watch: flag('prints one line, which warns when B is slower than A beyond noise; exit code 0'),
  },
  exitCodes: {
    compared: [0, 'both runs are PASS, or --watch'],
    unsound: [1, 'a run is not PASS, and its speed is not shown'],
  },
  async run({ a, b, watch }, { stdout, print }) {
    const runs = [await readBenchRun(a), await readBenchRun(b)] as const
    const compared = compareRuns(...runs)
    const text = watch ? `${watchedRatio(compared)}\n` : comparedReport(compared, runs, stdout)
    await print({ text, json: compared })
    if (watch) return 'compared'
    const { verdicts } = compared
    return verdicts.a === 'pass' && verdicts.b === 'pass' ? 'compared' : 'unsound'
  },
})
