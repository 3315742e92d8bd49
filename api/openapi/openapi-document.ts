import type { z } from 'zod'
import { type Operation, pathParameters } from '../contract/operation.ts'
import { type DescribedRoute, problemsOf } from './implied-problems.ts'
import { componentExamples, componentHeaders, componentResponses, responseOf } from './openapi-responses.ts'
import { componentSchemas, inlineSchema, type JsonObject, schemaReference } from './openapi-schemas.ts'
import { usedComponents } from './used-components.ts'

const description = `firstcome issues coupons when a hundred thousand people press one button at once.

**Credentials.** Shoppers and operators each send a Bearer token, and each is valid only on the operations of its kind.

**Errors.** Every error is a problem document (RFC 9457). Decide by its \`code\`, and expect codes that are new to you.

**Compatibility.** Answers can get more fields and states: ignore what you do not know. Unknown fields in a body are rejected.

**Methods.** Every \`GET\` also answers \`HEAD\`. Another method on a path is 405 with \`Allow\`, and any other path is 404.

**Tracing.** Send an \`X-Request-Id\`: its answer and the lines of the logs have the same one.`

const tags = {
  shoppers: { name: 'Shoppers', description: 'What a person does who wants a coupon.' },
  operators: { name: 'Operators', description: 'What runs a sale.' },
  anyone: { name: 'Anyone', description: 'What needs no credential.' },
}

/** Who calls: the tag of an operation, and which credential with which role admits to it. */
const callers: Record<DescribedRoute['caller'], { tag: keyof typeof tags; security: JsonObject[] }> = {
  shopper: { tag: 'shoppers', security: [{ shopper: [] }] },
  'shopper or orders': { tag: 'shoppers', security: [{ shopper: [] }, { operator: ['orders'] }] },
  anyone: { tag: 'anyone', security: [] },
  viewer: { tag: 'operators', security: [{ operator: ['viewer'] }] },
  operator: { tag: 'operators', security: [{ operator: ['operator'] }] },
  orders: { tag: 'operators', security: [{ operator: ['orders'] }] },
}

const securitySchemes = {
  shopper: {
    ...{ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
    description: 'A JWT whose `sub` is the shopper: 1 to 64 characters of `A-Z a-z 0-9 . _ ~ @ | : + -`.',
  },
  operator: {
    ...{ type: 'http', scheme: 'bearer' },
    description:
      'A token of an operator. Its roles are `viewer`, `operator`, which includes it, and `orders`. An operation ' +
      'names the role that it needs.',
  },
}

const openapiPath = (path: string): string => path.replace(/:(\w+)/g, '{$1}')

const isOptional = (schema: z.ZodType): boolean => schema.safeParse(undefined).success

/** The description stands beside the schema, where readers look for it. */
const parameterOf = (name: string, place: 'path' | 'query' | 'header', given: z.ZodType): JsonObject => {
  const { description: text, ...schema } = inlineSchema(given)
  return {
    ...{ name, in: place, required: place === 'path' || !isOptional(given) },
    ...(text === undefined ? {} : { description: text }),
    schema,
  }
}

const parametersOf = (path: string, { query = {}, headers = {} }: Operation): JsonObject[] => {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => {
    const schema = pathParameters[name]
    if (schema === undefined) throw new Error(`${path}: pathParameters has no ${name}`)
    return parameterOf(name, 'path', schema)
  })
  return [
    ...inPath,
    ...Object.entries(query).map(([name, schema]) => parameterOf(name, 'query', schema)),
    ...Object.entries(headers).map(([name, schema]) => parameterOf(name, 'header', schema)),
  ]
}

const responsesOf = (route: DescribedRoute): JsonObject => {
  const problems = problemsOf(route)
  const answers = new Map(
    Object.entries(route.operation.answers).map(([status, answer]) => [Number(status), answer]),
  )
  const statuses = [...new Set([...answers.keys(), ...problems.keys()])].sort((one, other) => one - other)
  return Object.fromEntries(
    statuses.map((status) => [status, responseOf(answers.get(status), problems.get(status) ?? [])]),
  )
}

const operationOf = (route: DescribedRoute): JsonObject => {
  const { path, caller, operation } = route
  const parameters = parametersOf(path, operation)
  return {
    ...{ operationId: operation.id, summary: operation.summary },
    ...(operation.description === undefined ? {} : { description: operation.description }),
    tags: [tags[callers[caller].tag].name],
    security: callers[caller].security,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(operation.body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemaReference(operation.body) } },
          },
        }),
    responses: responsesOf(route),
  }
}

const pathsOf = (routes: readonly DescribedRoute[]): JsonObject =>
  Object.fromEntries(
    [...Map.groupBy(routes, ({ path }) => openapiPath(path))].map(([path, ofPath]) => [
      path,
      Object.fromEntries(ofPath.map((route) => [route.method.toLowerCase(), operationOf(route)])),
    ]),
  )

/** The OpenAPI 3.1 document of these routes. It takes some 10 ms: make it once. */
export const createOpenApiDocument = (routes: readonly DescribedRoute[]) => {
  const paths = pathsOf(routes)
  return {
    openapi: '3.1.0',
    info: {
      title: 'firstcome',
      version: '1',
      description,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: Object.values(tags),
    paths,
    components: {
      securitySchemes,
      ...usedComponents(paths, {
        schemas: componentSchemas(),
        headers: componentHeaders(),
        examples: componentExamples(),
        responses: componentResponses(),
      }),
    },
  }
}
