import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { expect, test } from 'vitest'
import { findBreakingChanges } from '../../test/harness/contract/breaking-changes.ts'
import { describedRoutes } from '../../test/harness/contract/described-routes.ts'
import { createOpenApiDocument } from './openapi-document.ts'

const root = join(import.meta.dirname, '..', '..')
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
  const inDocument = Object.entries(openApi.paths).flatMap(([path, methods]) =>
    Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path}`),
  )
  const mounted = describedRoutes.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`)
  expect(inDocument.toSorted()).toEqual(mounted.toSorted())
})

test('every operation has an id of its own', () => {
  const ids = describedRoutes.map(({ operation }) => operation.id)
  expect(ids).toEqual([...new Set(ids)])
  expect(ids).toEqual(expect.arrayContaining(['issue', 'listUsableCoupons']))
})

test('redocly has nothing to say about it', async () => {
  const config = await createConfig({ extends: ['recommended'] })
  const findings = await lintFromString({ source: text, absoluteRef: '/openapi.json', config })
  expect(findings.map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([])
})

test('what redocly finds fails: a reference that leads nowhere', async () => {
  const config = await createConfig({ extends: ['recommended'] })
  const source = text.replaceAll('"Coupon":', '"Voucher":')
  const findings = await lintFromString({ source, absoluteRef: '/openapi.json', config })
  expect(findings.map(({ ruleId }) => ruleId)).toContain('no-unresolved-refs')
})

test('nothing in it breaks a client of the last release', () => {
  const released = JSON.parse(readFileSync(join(root, 'docs', 'openapi.released.json'), 'utf8'))
  expect(findBreakingChanges(released, JSON.parse(text))).toEqual([])
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

test('a stream is described by its events, with the shape of their data', () => {
  const events = valuesOf(openApi, 'text/event-stream').map((content) => valuesOf(content, 'data')[0])
  expect(events).toEqual(
    ['CampaignEvent', 'ConsoleFrame'].map((name) => ({
      ...{ type: 'string', contentMediaType: 'application/json' },
      contentSchema: { $ref: `#/components/schemas/${name}` },
    })),
  )
})
