import { resolve } from 'node:path'
import { z } from 'zod'
import { defineCommand } from '../../platform/command.ts'
import { launchSettings } from '../launch/launch-configuration.ts'
import { readStatus } from './read-status.ts'
import { statusDocument, statusText } from './report.ts'

/** Prints the banner of what `npm start` runs. */
export const statusCommand = defineCommand({
  name: 'npm run status --',
  summary: 'Prints the banner of npm start again, with the health of the API and the worker.',
  options: {},
  settings: z.object({ FIRSTCOME_FOLDER: launchSettings.shape.FIRSTCOME_FOLDER }),
  exitCodes: { running: [0, 'everything runs'], notRunning: [1, 'nothing runs, or not yet everything'] },
  async run(_, { settings, print }) {
    const status = await readStatus(resolve(settings.FIRSTCOME_FOLDER))
    await print({ text: await statusText(status), json: statusDocument(status) })
    return status.state === 'running' ? 'running' : 'notRunning'
  },
})
