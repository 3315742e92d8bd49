import { expect, test } from 'vitest'
import { describedRoutes } from '../../test/harness/contract/described-routes.ts'
import { createOpenApiDocument } from './openapi-document.ts'

const openApi = createOpenApiDocument(describedRoutes)
const text = JSON.stringify(openApi, null, 2)

/** All values under one key, wherever it stands. */
const valuesOf = (part: unknown, key: string): unknown[] => {
  if (part === null || typeof part !== 'object') return []
  return Object.entries(part).flatMap(([name, value]) => [
    ...(name === key ? [value] : []),
    ...valuesOf(value, key),
  ])
}

test('docs/openapi.json is the document of the routes: npm run openapi writes it', async () => {
  await expect(`${text}\n`).toMatchFileSnapshot('../../docs/openapi.json')
})

test('every route is in it by its method and path, and nothing else is', () => {
  const paths = openApi['paths'] as Record<string, Record<string, unknown>>
  const inDocument = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  const mounted = describedRoutes.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`)
  expect(inDocument.toSorted()).toEqual(mounted.toSorted())
})

test('every operation has an id of its own', () => {
  const ids = describedRoutes.map(({ operation }) => operation.id)
  expect(ids).toEqual([...new Set(ids)])
  expect(ids).toEqual(expect.arrayContaining(['issue', 'listUsableCoupons']))
})

test('every reference leads somewhere, and everything shared is referred to', () => {
  const references = new Set(valuesOf(openApi, '$ref').map(String))
  const components = openApi['components'] as Record<string, Record<string, unknown>>
  const shared = ['schemas', 'headers', 'examples', 'responses'].flatMap((kind) =>
    Object.keys(components[kind] ?? {}).map((name) => `#/components/${kind}/${name}`),
  )
  expect([...references].filter((reference) => !shared.includes(reference))).toEqual([])
  expect(shared.filter((name) => name.includes('/schemas/') && !references.has(name))).toEqual([])
})

/** Every schema in the document, by its type. */
const ofType = (part: unknown, type: string): Record<string, unknown>[] => {
  if (part === null || typeof part !== 'object') return []
  const { type: own } = part as { type?: unknown }
  return [
    ...(own === type ? [part as Record<string, unknown>] : []),
    ...Object.values(part).flatMap((value) => ofType(value, type)),
  ]
}

test('integers have bounds, and times have no pattern of 300 characters', () => {
  const unbounded = ofType(openApi, 'integer').filter(
    (schema) => !('const' in schema) && (!('minimum' in schema) || !('maximum' in schema)),
  )
  expect(unbounded).toEqual([])
  const patterns = valuesOf(openApi, 'pattern').map(String)
  expect(patterns.length).toBeGreaterThan(3)
  expect(patterns.filter((pattern) => pattern.length > 100)).toEqual([])
})
