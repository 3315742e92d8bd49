import { defineCommand } from '../../platform/command.ts'
import type { ExitCode } from '../../platform/command-help.ts'
import type { ValuesOf } from '../../platform/command-words.ts'
import type { Options } from '../../platform/option.ts'
import type { originOption } from '../arguments/address.ts'
import type { Machine } from '../measure/machine.ts'
import type { ReportOutput } from '../report/lines.ts'
import { type LoadVerdict, outcomeWithBar } from '../scenarios/load-verdict.ts'
import type { ScenarioDependencies } from '../scenarios/prepare.ts'
import { type Target, withWiring } from '../wiring.ts'
import { commonToLoads } from './common-to-loads.ts'

/** What a scenario may need beside its plan and its dependencies. */
type LoadContext<Declared extends Options> = {
  values: ValuesOf<Declared>
  settings: Target['settings']
  environment: NodeJS.ProcessEnv
}

/** A command that makes a plan of its options, runs it, and prints the report or the result. */
type LoadDefinition<Declared extends Options, Plan, Result, Bar extends string> = {
  /** As it is typed behind `npm run load --`. */
  name: string
  summary: string
  options: Declared
  /** Finds what is wrong with options that are accepted one by one. */
  check?(values: Partial<ValuesOf<Declared>>): string[]
  planOf(values: ValuesOf<Declared>): Plan
  /** The command that does the same again. */
  commandLine(plan: Plan): string
  /** Rejects before anything is connected when this machine cannot run the plan. */
  requireRoom?(plan: Plan): Promise<void>
  run(plan: Plan, dependencies: ScenarioDependencies, context: LoadContext<Declared>): Promise<Result>
  report(result: Result, machine: Machine, stream: ReportOutput): string
  /** How it ends when the verdict is PASS and the figures miss the bar of the scenario, if it has one. */
  bar?: { outcome: Bar; exitCode: ExitCode; isMissed(result: Result): boolean }
}

/** Declares the command of a scenario. Its exit code is that of the verdict; a missed bar exits with 1. */
export const defineLoad = <
  Declared extends Options & { url: typeof originOption },
  Plan,
  Result extends { verdict: LoadVerdict },
  Bar extends string = never,
>({
  name,
  summary,
  options,
  bar,
  ...definition
}: LoadDefinition<Declared, Plan, Result, Bar>) =>
  defineCommand({
    ...commonToLoads,
    name: `npm run load -- ${name}`,
    summary,
    options,
    ...(definition.check === undefined ? {} : { check: definition.check }),
    exitCodes: {
      ...commonToLoads.exitCodes,
      ...(bar === undefined ? {} : { [bar.outcome]: bar.exitCode }),
    } as Record<LoadVerdict | Bar, ExitCode>,
    async run(values, { settings, environment, stdout, stderr, print }) {
      const plan = definition.planOf(values)
      await definition.requireRoom?.(plan)
      // Every scenario has this option; the compiler cannot look into a generic one.
      const { url } = values as { url: string | undefined }
      return withWiring({ url, settings, stderr }, async ({ machine, ...dependencies }) => {
        const result = await definition.run(plan, dependencies, { values, settings, environment })
        const command = definition.commandLine(plan)
        await print({
          text: `${definition.report(result, machine, stdout)}\n`,
          json: { command, machine, ...result },
        })
        return outcomeWithBar(result.verdict, bar?.isMissed(result) ? bar.outcome : undefined)
      })
    },
  })
