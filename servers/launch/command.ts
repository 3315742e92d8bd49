import { resolve } from 'node:path'
import { defineCommand } from '../../platform/command.ts'
import { flag } from '../../platform/option.ts'
import type { ProgressDisplay } from '../../platform/progress-display.ts'
import { banner } from './banner.ts'
import { createDemoToken } from './demo-campaign.ts'
import { onFreePorts } from './free-ports.ts'
import { launchConfigurationOf, launchSettings } from './launch-configuration.ts'
import { forgetOwnAddresses } from './launch-folder.ts'
import { runUntilStopped } from './run-until-stopped.ts'
import { startAll } from './start-all.ts'

/** Installs what is missing, starts everything, prints the banner, and stops everything on a signal. */
export const createStartCommand = (progress: ProgressDisplay) =>
  defineCommand({
    name: 'npm start --',
    summary: 'Installs what is missing, starts everything on this machine, and stops it on Ctrl-C.',
    options: {
      fresh: flag('deletes the data and the secrets of earlier runs first'),
      'free-ports': flag('takes ports that are free, and not those of the settings'),
      'no-install': flag('installs nothing: when something is missing, prints the commands that install it'),
    },
    jsonHelp: 'prints what runs as one JSON document, without secrets, and not the banner',
    settings: launchSettings,
    exitCodes: {
      stopped: [0, 'stopped by a signal'],
      failed: [1, 'something is missing or did not start, or a process exited unexpectedly'],
      killed: [130, 'killed by a second signal'],
    },
    async run(
      { fresh, 'free-ports': hasFreePorts, 'no-install': isForbidden },
      { settings, environment: given, print },
    ): Promise<'stopped' | 'failed' | 'killed'> {
      const stale = await forgetOwnAddresses(resolve(settings.FIRSTCOME_FOLDER), given)
      const environment = { ...given, ...stale }
      const configured = launchConfigurationOf(
        { ...settings, ...stale },
        { isFresh: fresh, mayInstall: !isForbidden },
      )
      const configuration = hasFreePorts ? await onFreePorts(configured) : configured
      const exitCode = await runUntilStopped(progress, async (scope) => {
        const { facts, jwtSecret } = await startAll({ configuration, environment, progress }, scope)
        const text = banner(facts, {
          headline: 'firstcome is running.',
          token: createDemoToken(jwtSecret),
          workingFolder: process.cwd(),
        })
        // With a closed output, as in `npm start | head`, what was started keeps running.
        await print({ text: `${text}\n`, json: facts }).catch(() => undefined)
      })
      return exitCode === 0 ? 'stopped' : 'failed'
    },
  })
