import { fileURLToPath } from 'node:url'
import { type ServingProcess, startServingProcess } from '../processes/serving-process.ts'
import type { DesignSale } from './design-store.ts'

export type DesignName = 'naive-mysql' | 'send-and-forget'

/** What reports call the designs. */
export const designLabels: Record<DesignName, string> = {
  'naive-mysql': 'MySQL FOR UPDATE',
  'send-and-forget': 'send and forget',
}

const program = fileURLToPath(new URL('main.ts', import.meta.url))

/** Starts a part of a design. Rejects `unavailable` when it does not start. */
export const startDesign = (
  part: DesignName | 'consumer',
  sale: DesignSale,
  environment: NodeJS.ProcessEnv,
): Promise<ServingProcess> =>
  startServingProcess({
    ...{ name: `the design ${part}`, program },
    environment: { ...environment, DESIGN_PART: part, DESIGN_SALE: JSON.stringify(sale) },
  })
