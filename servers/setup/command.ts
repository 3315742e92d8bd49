import { resolve } from 'node:path'
import { z } from 'zod'
import { defineCommand } from '../../platform/command.ts'
import { flag } from '../../platform/option.ts'
import type { ProgressDisplay } from '../../platform/progress-display.ts'
import { findServerSources, serverNames } from '../install/find-servers.ts'
import { detectHost } from '../install/host.ts'
import { obtainServerSources } from '../install/obtain-servers.ts'
import { launchSettings } from '../launch/launch-configuration.ts'
import { forgetOwnAddresses, requireWritableFolder } from '../launch/launch-folder.ts'
import { serverTable } from '../server-table.ts'
import { describeServers } from './describe-servers.ts'

const settings = z.object({
  FIRSTCOME_FOLDER: launchSettings.shape.FIRSTCOME_FOLDER,
  REDIS_URL: launchSettings.shape.REDIS_URL,
  KAFKA_BROKERS: launchSettings.shape.KAFKA_BROKERS,
  DATABASE_URL: launchSettings.shape.DATABASE_URL,
})

type SetupOptions = { progress: ProgressDisplay; signal: AbortSignal }

/** Lists the servers that this machine has and installs those that are missing. */
export const createSetupCommand = ({ progress, signal }: SetupOptions) =>
  defineCommand({
    name: 'npm run setup --',
    summary: 'Installs the servers that npm start needs and that this machine lacks. Starts nothing.',
    options: { 'no-install': flag('installs nothing and prints the commands that do') },
    settings,
    exitCodes: { complete: [0, 'nothing is missing'] },
    failureExitCode: [1, 'something is missing'],
    async run({ 'no-install': isDryRun }, { settings: { FIRSTCOME_FOLDER }, environment, print }) {
      const logFolder = resolve(FIRSTCOME_FOLDER)
      const host = detectHost({ ...environment, ...(await forgetOwnAddresses(logFolder, environment)) })
      const found = await findServerSources(host)
      const table = serverTable(await describeServers(found)).join('\n')
      await print({ text: `\nServers of this machine:\n\n${table}\n\n` })
      await requireWritableFolder(logFolder)
      const obtained = await obtainServerSources({ host, mayInstall: !isDryRun, progress, logFolder, signal })
      const servers = await describeServers(obtained)
      const isChanged = serverNames.some((name) => found[name] === undefined)
      const newTable = isChanged ? `Servers now:\n\n${serverTable(servers).join('\n')}\n\n` : ''
      await print({
        text: `${newTable}Nothing is missing. npm start starts everything.\n`,
        json: { servers },
      })
      return 'complete'
    },
  })
