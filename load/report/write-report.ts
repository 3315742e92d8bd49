import { writeFile } from 'node:fs/promises'
import { type BurstArguments, commandOf } from '../arguments/load.ts'
import { overloadCommand } from '../arguments/overload.ts'
import type { Machine } from '../measure/machine.ts'
import type { BurstRun } from '../scenarios/burst-run.ts'
import type { OverloadResult } from '../scenarios/overload.ts'
import { burstReport } from './burst.ts'
import type { ReportOutput } from './lines.ts'
import { markdownReport } from './markdown.ts'
import { overloadReport } from './overload.ts'

/** Prints the bursts, the verdict first, and writes the files that were asked for. */
export const writeBurstReport = async (
  run: BurstRun,
  asked: BurstArguments,
  machine: Machine,
  output: ReportOutput,
): Promise<void> => {
  output.write(`${burstReport(run, machine, output)}\n`)
  const command = commandOf(asked)
  if (asked.report !== undefined) await writeFile(asked.report, markdownReport(run, machine, command))
  if (asked.json !== undefined)
    await writeFile(asked.json, `${JSON.stringify({ command, machine, ...run }, undefined, 2)}\n`)
}

/** Prints an overload, the verdict first, and writes its figures to `json`. */
export const writeOverloadReport = async (
  result: OverloadResult,
  machine: Machine,
  output: ReportOutput,
  json: string | undefined,
): Promise<void> => {
  output.write(`${overloadReport(result, machine, output)}\n`)
  const command = overloadCommand(result.plan)
  if (json !== undefined)
    await writeFile(json, `${JSON.stringify({ command, machine, ...result }, undefined, 2)}\n`)
}
