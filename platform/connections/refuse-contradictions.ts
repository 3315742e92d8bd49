import type { z } from 'zod'

/** Settings that contradict each other: `setting` is named in the fault. */
export type ContradictionRule<Values> = {
  setting: string
  error: string
  /** `values` as they were read; those with a fault of their own are missing. */
  isBroken(values: Values): boolean
}

/** Refuses settings that break one of the rules. All faults are reported at once. */
export const refuseContradictions = <Shape extends z.ZodRawShape, Values>(
  schema: z.ZodObject<Shape>,
  rules: readonly ContradictionRule<Values>[],
): z.ZodObject<Shape> => {
  let checked = schema
  for (const { setting, error, isBroken } of rules)
    checked = checked.refine((values) => !isBroken(values as Values), {
      path: [setting],
      error,
      // Also when other settings are wrong.
      when: () => true,
    })
  return checked
}
