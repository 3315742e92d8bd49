import { resolve } from 'node:path'
import { z } from 'zod'
import { defineCommand } from '../../platform/command.ts'
import { fitTogether, serverConnections } from '../../platform/connections/server-connections.ts'
import { flag } from '../../platform/option.ts'
import type { ProgressDisplay } from '../../platform/progress-display.ts'
import { findServerSources, serverNames } from '../install/find-servers.ts'
import { detectHost } from '../install/host.ts'
import { obtainServerSources } from '../install/obtain-servers.ts'
import { givenServerSettings, launchSettings } from '../launch/launch-configuration.ts'
import { forgetOwnAddresses, requireWritableFolder } from '../launch/launch-folder.ts'
import { serverTable } from '../server-table.ts'
import { describeServers } from './describe-servers.ts'

const setupSettings = fitTogether(
  z.object({ FIRSTCOME_FOLDER: launchSettings.shape.FIRSTCOME_FOLDER, ...givenServerSettings }),
)

type SetupOptions = { progress: ProgressDisplay; signal: AbortSignal }

/** Lists the servers that this machine has and installs those that are missing. */
export const createSetupCommand = ({ progress, signal }: SetupOptions) =>
  defineCommand({
    name: 'npm run setup --',
    summary: 'Installs the servers that npm start needs and that this machine lacks. Starts nothing.',
    options: { 'no-install': flag('installs nothing and prints the commands that do') },
    settings: setupSettings,
    exitCodes: { complete: [0, 'nothing is missing'] },
    failureExitCode: [1, 'something is missing'],
    async run({ 'no-install': isDryRun }, { settings: { FIRSTCOME_FOLDER, ...given }, environment, print }) {
      const logFolder = resolve(FIRSTCOME_FOLDER)
      // Of a server without an address nothing is asked.
      const connections = serverConnections({
        ...given,
        REDIS_URL: given.REDIS_URL ?? '',
        KAFKA_BROKERS: given.KAFKA_BROKERS ?? [],
        DATABASE_URL: given.DATABASE_URL ?? '',
      })
      const host = detectHost({ ...environment, ...(await forgetOwnAddresses(logFolder, environment)) })
      const found = await findServerSources(host)
      const table = serverTable(await describeServers(found, connections)).join('\n')
      await print({ text: `\nServers of this machine:\n\n${table}\n\n` })
      await requireWritableFolder(logFolder)
      const obtained = await obtainServerSources({ host, mayInstall: !isDryRun, progress, logFolder, signal })
      const servers = await describeServers(obtained, connections)
      const isChanged = serverNames.some((name) => found[name] === undefined)
      const newTable = isChanged ? `Servers now:\n\n${serverTable(servers).join('\n')}\n\n` : ''
      await print({
        text: `${newTable}Nothing is missing. npm start starts everything.\n`,
        json: { servers },
      })
      return 'complete'
    },
  })
