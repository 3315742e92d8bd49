import { isAbsolute, join, relative } from 'node:path'
import type { DemoCampaign } from './demo-campaign.ts'

export type BannerFacts = {
  apiUrl: string
  workerUrl: string
  metricsUrls: readonly string[]
  redisUrl: string
  kafkaBrokers: string
  databaseUrl: string
  campaign: DemoCampaign
  user: string
  token: string
  /** Absolute: where everything is kept. */
  folder: string
  /** Absolute: where the commands are pasted. */
  workingFolder: string
}

// Passwords stay in the file that is there for them.
const withoutPassword = (address: string): string => address.replace(/:\/\/[^@/]*@/, '://')

const nearest = (path: string, workingFolder: string): string => {
  const short = relative(workingFolder, path)
  return short.startsWith('..') || isAbsolute(short) ? path : short
}

// The scripts of package.json read .firstcome/environment; of another folder they have to be told.
const burstCommand = (folder: string): string =>
  folder === '.firstcome'
    ? 'npm run load -- burst'
    : `npx node --env-file=${join(folder, 'environment')} load/main.ts burst`

/** What a user needs once everything runs. Each command is one shell command as it stands. */
export const banner = (facts: BannerFacts): string => {
  const { apiUrl, campaign, user, token } = facts
  const folder = nearest(facts.folder, facts.workingFolder)
  const row = (name: string, value: string): string => `  ${name.padEnd(10)}${value}`
  const authorization = `-H 'Authorization: Bearer ${token}'`
  return [
    '',
    'firstcome is running.',
    '',
    row('API', apiUrl),
    row('worker', facts.workerUrl),
    row('metrics', facts.metricsUrls.join('  ')),
    row('Redis', withoutPassword(facts.redisUrl)),
    row('Kafka', facts.kafkaBrokers),
    row('MySQL', withoutPassword(facts.databaseUrl)),
    row('campaign', `${campaign.name}, ${campaign.stock.toLocaleString('en')} coupons, id ${campaign.id}`),
    '',
    `Win a coupon as ${user}:`,
    '',
    `curl -X POST ${authorization} \\`,
    `${apiUrl}/v1/campaigns/${campaign.id}/coupons`,
    '',
    `List the coupons of ${user}:`,
    '',
    `curl ${authorization} \\`,
    `${apiUrl}/v1/coupons`,
    '',
    row('burst', `${burstCommand(folder)}   (in a second terminal)`),
    row('data', `${folder}   (npm start -- --fresh begins anew)`),
    row('logs', join(folder, '{api,worker,redis,kafka,database}', 'log')),
    row('secrets', join(folder, 'environment')),
    row('stop', 'Ctrl-C'),
    '',
  ].join('\n')
}
