import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { defineCommand } from '../../platform/command.ts'
import type { ValuesOf } from '../../platform/command-words.ts'
import { flag, integer, path } from '../../platform/option.ts'
import { originOption } from '../arguments/address.ts'
import type { BurstArguments } from '../arguments/burst.ts'
import { withBaselines } from '../baselines/press-baseline.ts'
import { commonToLoads } from '../commands/common-to-loads.ts'
import { readCheckout } from '../measure/checkout.ts'
import { burstReport } from '../report/burst.ts'
import { htmlReport } from '../report/html/document.ts'
import { markdownReport } from '../report/markdown.ts'
import { inThousands } from '../report/numbers.ts'
import type { BenchRun } from '../scenarios/bench-run.ts'
import { runBurst } from '../scenarios/burst.ts'
import { runBursts } from '../scenarios/burst-run.ts'
import { withWiring } from '../wiring.ts'

const connections = 256
const sizes = { quick: { shoppers: 20_000, rounds: 5 }, full: { shoppers: 100_000, rounds: 7 } }

const benchOptions = {
  quick: flag(`${sizes.quick.rounds} rounds of ${inThousands(sizes.quick.shoppers)} presses`),
  shoppers: integer({
    ...{ min: 2, max: 500_000 },
    help: `presses of a round, as many coupons: ${inThousands(sizes.full.shoppers)} when left out`,
  }),
  rounds: integer({ min: 1, max: 100, help: `measured rounds, ${sizes.full.rounds} when left out` }),
  reports: path('FOLDER', 'where the folder of the report is made, reports when left out'),
  url: originOption,
}

type BenchValues = ValuesOf<typeof benchOptions>

const planOf = (values: BenchValues): BurstArguments & { rounds: number } => {
  const size = sizes[values.quick ? 'quick' : 'full']
  const { shoppers = size.shoppers, rounds = size.rounds } = values
  const warmUp = Math.min(shoppers, 20_000)
  return { shoppers, stock: shoppers, connections: Math.min(connections, shoppers), warmUp, rounds }
}

/** The command that does the same again, without the names of folders and hosts. */
const benchCommandLine = ({ shoppers, rounds }: Pick<BurstArguments, 'shoppers' | 'rounds'>): string =>
  `npm run bench -- --shoppers ${shoppers} --rounds ${rounds}`

/** `2026-11-29T15-20-00Z-0123456789`: folders sort by time. */
const folderName = ({ startedAt, checkout: { commit } }: BenchRun): string =>
  `${startedAt.slice(0, 19).replaceAll(':', '-')}Z-${commit ?? 'unknown'}`

/** Measures a running system against bare web servers, and writes a report whose headline is the verdict. */
export const benchCommand = defineCommand({
  ...commonToLoads,
  name: 'npm run bench --',
  summary: 'Measures a running system (npm start) and writes a report whose headline is the verdict.',
  options: benchOptions,
  run: (values, { settings, stdout, stderr, print }) =>
    withWiring({ url: values.url, settings, stderr }, async ({ machine, ...wiring }) => {
      const plan = planOf(values)
      const [startedAt, checkout] = [new Date().toISOString(), await readCheckout()]
      const burst = await runBursts(plan, {
        burst: (one) => runBurst(one, wiring),
        withBaselines: (work) => withBaselines({ ...wiring, jwtSecret: settings.JWT_SECRET }, work),
      })
      const command = benchCommandLine(plan)
      const run: BenchRun = { schema: 1, startedAt, command, checkout, machine, burst }
      const folder = join(values.reports ?? 'reports', folderName(run))
      await mkdir(folder, { recursive: true })
      await writeFile(join(folder, 'run.json'), `${JSON.stringify(run, undefined, 2)}\n`)
      await writeFile(join(folder, 'report.html'), await htmlReport(run))
      await writeFile(join(folder, 'report.md'), markdownReport(burst, machine, command))
      await print({
        text: `${burstReport(burst, machine, stdout)}\n  ${join(folder, 'report.html')}\n`,
        json: run,
      })
      return burst.verdict
    }),
})
