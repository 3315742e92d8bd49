import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { apiSettings } from '../../api/settings.ts'
import { auditSettings } from '../../commands/audit/settings.ts'
import { dlqSettings } from '../../commands/dlq/settings.ts'
import { doctorSettings } from '../../commands/doctor/settings.ts'
import { redisSettings } from '../../commands/redis/settings.ts'
import { loadSettings } from '../../load/settings.ts'
import { migrateSettings } from '../../migrations/settings.ts'
import { serverConnectionSettings } from '../../platform/connections/server-connections.ts'
import { launchSettings } from '../../servers/launch/launch-configuration.ts'
import { workerSettings } from '../../worker/settings.ts'

// docs/settings.md and .env.example, made from the schemas that validate the environment of each program.

const root = join(import.meta.dirname, '..', '..')

/** Read by Docker Compose alone, which has no schema. */
const composeSettings = z.object({
  DATABASE_PASSWORD: z
    .string()
    .describe(
      'Password of its database, of characters that need no escaping in a URL. Make one: openssl rand -hex 24',
    ),
})

/** Programs in the order in which a document names them. */
const programs: readonly (readonly [name: string, schema: z.ZodObject])[] = [
  ['API', apiSettings],
  ['worker', workerSettings],
  ['npm start', launchSettings],
  ['migrate', migrateSettings],
  ['doctor', doctorSettings],
  ['audit', auditSettings],
  ['redis', redisSettings],
  ['dlq', dlqSettings],
  ['token', z.object({ JWT_SECRET: apiSettings.shape.JWT_SECRET })],
  ['load', loadSettings],
  ['Docker Compose', composeSettings],
]

/** What JSON Schema says of one variable, as far as it is read here. */
const propertyShape = z.object({
  type: z.string().optional(),
  description: z.string().optional(),
  default: z.union([z.string(), z.number()]).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  enum: z.array(z.string()).optional(),
  bytesMin: z.number().optional(),
})

type Property = z.infer<typeof propertyShape>

/** One environment variable, as all programs that read it have it. */
type Variable = {
  name: string
  readers: string[]
  /** Defaults by program; more than one entry only where they differ. */
  defaults: Map<string, string>
  property: Property
}

const propertiesOf = (schema: z.ZodObject): Record<string, Property> =>
  z
    .object({ properties: z.record(z.string(), propertyShape) })
    .parse(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })).properties

const composeReads = (name: string): boolean =>
  new RegExp(String.raw`[^$]\$\{${name}[:}]`).test(readFileSync(join(root, 'docker-compose.yml'), 'utf8'))

const readVariables = (): Map<string, Variable> => {
  const variables = new Map<string, Variable>()
  for (const [program, schema] of programs) {
    for (const [name, property] of Object.entries(propertiesOf(schema))) {
      const variable: Variable = variables.get(name) ?? {
        name,
        readers: [],
        defaults: new Map(),
        property: {},
      }
      variable.readers.push(program)
      variable.property = { ...property, ...variable.property }
      const standard = String(property.default ?? '')
      if (standard !== '' && ![...variable.defaults.values()].includes(standard))
        variable.defaults.set(program, standard)
      variables.set(name, variable)
    }
  }
  for (const variable of variables.values())
    if (!variable.readers.includes('Docker Compose') && composeReads(variable.name))
      variable.readers.push('Docker Compose')
  return variables
}

const unitOf = (name: string): string => (name.endsWith('_MS') ? ' ms' : '')

const limitsOf = ({ name, property }: Variable): string => {
  const { minimum, maximum, enum: choices, bytesMin } = property
  if (choices !== undefined) return choices.join(', ')
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}${unitOf(name)}`
  return bytesMin === undefined ? '' : `at least ${bytesMin} bytes`
}

const defaultOf = ({ name, defaults }: Variable): string => {
  const entries = [...defaults]
  if (entries.length <= 1) return entries.map(([, value]) => `${value}${unitOf(name)}`).join('')
  return entries.map(([program, value]) => `${value}${unitOf(name)} (${program})`).join(', ')
}

/** The sections of both documents: what is read by many first, then program by program. */
const sections: readonly (readonly [title: string, is: (variable: Variable) => boolean])[] = [
  ['Where the servers are', ({ name }) => /^(REDIS_URL|KAFKA_BROKERS|DATABASE_URL)$/.test(name)],
  ['TLS and users of the servers', ({ name }) => Object.hasOwn(serverConnectionSettings, name)],
  ['Secrets', ({ name }) => name === 'OPERATORS' || /(_SECRET|_TOKEN|_PASSWORD)$/.test(name)],
  [
    'Where processes listen',
    ({ name }) => /^(API|WORKER|METRICS)_.*(HOST|PORT|PROCESSES)$|^METRICS_HOST$/.test(name),
  ],
  ['npm start and Docker Compose', ({ readers }) => readers.includes('npm start')],
  ['API and worker', ({ readers }) => readers.includes('API') && readers.includes('worker')],
  ['API', ({ readers }) => readers.includes('API')],
  ['Worker', ({ readers }) => readers.includes('worker')],
  ['Migrate', ({ readers }) => readers.includes('migrate')],
  ['Load', () => true],
]

const bySection = (): [string, Variable[]][] => {
  const left = new Set(readVariables().values())
  return sections.map(([title, is]) => {
    const own = [...left].filter(is)
    for (const variable of own) left.delete(variable)
    return [title, own]
  })
}

const described = ({ name, property }: Variable): string => {
  if (property.description === undefined) throw new Error(`${name} has no description in its schema`)
  return property.description
}

/** docs/settings.md. */
export const settingsDocument = (): string =>
  [
    '# Settings',
    '',
    'Every program reads its settings from the environment. An empty value counts as not set. A wrong value is',
    'refused at the start, with all faults at once.',
    '',
    'This page and [.env.example](../.env.example) are made from the schemas that validate the settings.',
    '`npx vitest run -u test/repository/settings-reference.test.ts` writes them.',
    ...bySection().flatMap(([title, variables]) => [
      '',
      `## ${title}`,
      '',
      '| variable | read by | default | limits | what |',
      '| --- | --- | --- | --- | --- |',
      ...variables.map(
        (variable) =>
          `| \`${variable.name}\` | ${variable.readers.join(', ')} | ${defaultOf(variable)} | ${limitsOf(variable)} | ` +
          `${described(variable)} |`,
      ),
    ]),
    '',
  ].join('\n')

/** The text in comment lines of at most 110 columns. */
const commented = (text: string): string[] => {
  const lines = ['#']
  for (const word of text.split(' ')) {
    if (`${lines.at(-1)} ${word}`.length > 110) lines.push('#')
    lines[lines.length - 1] += ` ${word}`
  }
  return lines
}

/** .env.example: every variable with its default. */
export const environmentExample = (): string =>
  [
    ...commented(
      'Every variable, with its default. An empty value counts as not set. Copy this file to .env and fill in what has ' +
        'no default.',
    ),
    ...commented(
      'docker compose reads .env by itself, and so does `node --env-file=.env api/main.ts`. `npm start` reads only its ' +
        'environment.',
    ),
    ...bySection().flatMap(([title, variables]) => [
      '',
      `# --- ${title} ---`,
      ...variables.flatMap((variable) => {
        const limits = limitsOf(variable)
        const standard = variable.defaults.size === 1 ? defaultOf(variable).replace(' ms', '') : ''
        const several = variable.defaults.size > 1 ? ` Not set: ${defaultOf(variable)}.` : ''
        return [
          ...commented(
            `${variable.readers.join(', ')}. ${described(variable)}${limits === '' ? '' : ` (${limits})`}${several}`,
          ),
          `${variable.name}=${standard}`,
        ]
      }),
    ]),
    '',
  ].join('\n')
