import { join } from 'node:path'
import { serverTable } from '../server-table.ts'
import { shellWord } from '../shell-word.ts'
import { shortPath } from '../short-path.ts'
import type { LaunchFacts } from './launch-facts.ts'
import { environmentFile } from './launch-folder.ts'

export type BannerOptions = {
  headline: string
  /** A token of the user of the facts. */
  token: string
  /** Absolute: where the commands are pasted. */
  workingFolder: string
  /** Whether each process answers that it is ready. Not shown when left out. */
  health?: { api: string; worker: string }
}

// The scripts of package.json read the default folder; another one has to be named.
const isDefault = (folder: string): boolean => folder === '.firstcome'

const burstCommand = (folder: string): string =>
  isDefault(folder)
    ? 'npm run load -- burst'
    : `npx node --env-file=${shellWord(environmentFile(folder))} load/main.ts burst`

const statusCommand = (folder: string): string =>
  isDefault(folder) ? 'npm run status' : `FIRSTCOME_FOLDER=${shellWord(folder)} npm run status`

/** What a user needs while everything runs. Each command can be pasted into a shell as it is. */
export const banner = (
  facts: LaunchFacts,
  { headline, token, workingFolder, health }: BannerOptions,
): string => {
  const { api, worker, servers, campaign, user } = facts
  const folder = shortPath(facts.folder, workingFolder)
  const row = (name: string, value: string): string => `  ${name.padEnd(10)}${value}`
  const authorization = `-H 'Authorization: Bearer ${token}'`
  const state = (name: 'api' | 'worker'): string => (health === undefined ? '' : `   ${health[name]}`)
  const opens = `${campaign.opensAt.slice(11, 19)} UTC`
  const secrets = environmentFile(folder)
  return [
    '',
    headline,
    '',
    row('shop page', `${api.url}/c/${campaign.id}   (opens at ${opens})`),
    row('console', `${api.url}/console   (sign in with what the next line prints)`),
    row('token', `(. ${shellWord(secrets)}; echo "$ADMIN_TOKEN")`),
    row('burst', `${burstCommand(folder)}   (in a second terminal: the console shows it)`),
    row('rehearsal', `"Rehearse" at a campaign of the console   (shoppers for 20 s, to watch and to pause)`),
    '',
    row('API', `${api.url}${state('api')}`),
    row('worker', `${worker.url}${state('worker')}`),
    row('metrics', `${api.metricsUrl}  ${worker.metricsUrl}`),
    ...serverTable([servers.redis, servers.kafka, servers.database]),
    row('campaign', `${campaign.name}, ${campaign.stock.toLocaleString('en')} coupons, id ${campaign.id}`),
    '',
    `Win a coupon as ${user}, from ${opens} on:`,
    '',
    `curl -X POST ${authorization} \\`,
    `${api.url}/v1/campaigns/${campaign.id}/coupons`,
    '',
    `List the coupons of ${user}:`,
    '',
    `curl ${authorization} \\`,
    `${api.url}/v1/coupons`,
    '',
    row('status', statusCommand(folder)),
    row('data', `${folder}   (npm start -- --fresh deletes it first)`),
    row('logs', join(folder, '{api,worker,redis,kafka,database}', 'log')),
    row('secrets', secrets),
    row('stop', 'Ctrl-C'),
    '',
  ].join('\n')
}
