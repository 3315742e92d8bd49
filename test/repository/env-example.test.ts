import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { expect, test } from 'vitest'
import { apiSettings } from '../../api/settings.ts'
import { migrateSettings } from '../../migrations/settings.ts'
import { launchConfigurationOf, launchSettings, portUses } from '../../servers/launch/launch-configuration.ts'
import { workerSettings } from '../../worker/settings.ts'

const startOptions = { isFresh: false, mayInstall: true }

const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')
const example = parseEnv(read('.env.example'))

const given = Object.fromEntries(Object.entries(example).filter(([, value]) => value !== ''))
const addresses = {
  REDIS_URL: 'redis://127.0.0.1',
  KAFKA_BROKERS: '127.0.0.1:9092',
  DATABASE_URL: 'mysql://127.0.0.1/firstcome',
}
const required = { ...addresses, JWT_SECRET: 'x'.repeat(32), ADMIN_TOKEN: 'a token of operators' }

test.each([
  { part: 'API', schema: apiSettings },
  { part: 'worker', schema: workerSettings },
  { part: 'migration', schema: migrateSettings },
])(
  '.env.example names every setting of the $part, with the value it has when it is left out',
  ({ schema }) => {
    expect(Object.keys(example)).toEqual(expect.arrayContaining(Object.keys(schema.shape)))
    expect(schema.parse({ ...given, ...required })).toEqual(schema.parse(required))
  },
)

test('.env.example names every setting of npm start, with the value it has when it is left out', () => {
  const configuration = launchConfigurationOf(launchSettings.parse({}), startOptions)
  const names = portUses(configuration).map(({ setting }) => setting)
  expect(Object.keys(example)).toEqual(expect.arrayContaining([...names, 'FIRSTCOME_FOLDER']))
  expect(launchConfigurationOf(launchSettings.parse(given), startOptions)).toEqual(configuration)
})

test('.env.example holds no address and no secret', () => {
  expect(Object.keys(given).filter((name) => /URL|BROKERS|SECRET|TOKEN|PASSWORD/.test(name))).toEqual([])
})
