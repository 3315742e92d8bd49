import { asShare, inMs, inThousands } from '../report/numbers.ts'
import type { GeneratorFigures } from '../steady/open-model.ts'

/** From here on the generator may have been slower than what it measured. */
export const generatorShareMax = 0.9

const latenessFloorMs = 1

/** The bar for the p99 of lateness: a tenth of the p99 that was measured, and at least a millisecond. */
export const latenessMaxMs = (p99Ms: number | undefined): number =>
  Math.max(latenessFloorMs, (p99Ms ?? 0) / 10)

/** Why figures are the generator's own, and not those of the API; nothing for a sound generator. */
export const generatorFaults = (
  { cpuShare, lateness, heldBack, unsent }: GeneratorFigures,
  p99Ms: number | undefined,
): string[] => {
  const barMs = latenessMaxMs(p99Ms)
  const lateMs = lateness?.p99Ms ?? 0
  const waited =
    heldBack === 0 ? '' : `; ${inThousands(heldBack)} found no free connection: use more --connections`
  return [
    ...(cpuShare > generatorShareMax
      ? [`the generator was at work all the time: latencies are its own (${asShare(cpuShare)})`]
      : []),
    ...(lateMs > barMs
      ? [`presses were sent late: p99 ${inMs(lateMs)} ms, above ${inMs(barMs)} ms${waited}`]
      : []),
    ...(unsent > 0 ? [`${inThousands(unsent)} presses were never sent`] : []),
  ]
}
