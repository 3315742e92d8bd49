import { z } from 'zod'

const resultShape = z.object({
  title: z.string(),
  status: z.string(),
  failureMessages: z.array(z.string()).nullish(),
})
const reportShape = z.object({
  testResults: z.array(
    z.object({ name: z.string(), message: z.string().optional(), assertionResults: z.array(resultShape) }),
  ),
})

/** The parts of the runner's JSON report that are read here. */
export type TestReport = z.infer<typeof reportShape>

/** Reads the JSON report of a run; throws for anything else. */
export const parseTestReport = (text: string): TestReport => reportShape.parse(JSON.parse(text))
