import { expect, test } from 'vitest'
import { describedRoutes } from '../../test/harness/contract/described-routes.ts'
import { problemKinds } from '../problem.ts'
import { createOpenApiDocument } from './openapi-document.ts'
import { referencePage } from './reference-page.ts'

const html = await referencePage(createOpenApiDocument(describedRoutes))
const all = (pattern: RegExp): string[] => [...html.matchAll(pattern)].map(([, found = '']) => found)
const anchors = all(/ id="([^"]*)"/g)

test('every operation has an anchor of its own, with its method and path', () => {
  expect(anchors).toEqual([...new Set(anchors)])
  for (const { method, path, operation } of describedRoutes) {
    expect(anchors).toContain(operation.id)
    expect(html).toContain(
      `<span class="method ${method.toLowerCase()}">${method}</span> <code>${path.replace(/:(\w+)/g, '{$1}')}</code>`,
    )
  }
})

test('every link leads to a part of the page, a problem page or the document', () => {
  const links = all(/ href="([^"]*)"/g)
  const astray = links.filter((link) => {
    const code = /^\/problems\/(.+)$/.exec(link)?.[1]
    if (code !== undefined) return !Object.hasOwn(problemKinds, code)
    const others = ['/', '/openapi.json', '/assets/icon.svg', '/assets/style.css', '/assets/reference.css']
    return !others.includes(link) && !(link.startsWith('#') && anchors.includes(link.slice(1)))
  })
  expect(astray).toEqual([])
  expect(links).toContain('/problems/sold-out')
})

test('it has no script, no form, and no style in itself', () => {
  expect(all(/<(script|style|img|form|iframe|svg)\b/g)).toEqual([])
  expect(all(/ (style|on\w+)="/g)).toEqual([])
})

test('nothing in it is written by accident: undefined, an object, or code that was not turned into a mark', () => {
  expect(html).not.toMatch(/undefined|\[object|NaN/)
  const text = html.replaceAll(/<pre[\s\S]*?<\/pre>/g, '')
  expect(text).not.toContain('`')
})

test('every example of a body is accepted by its schema', () => {
  const bodies = describedRoutes.flatMap(({ operation }) => (operation.body === undefined ? [] : [operation]))
  expect(bodies.length).toBeGreaterThan(3)
  for (const { id, body } of bodies) {
    const example =
      new RegExp(`<article id="${id}">[\\s\\S]*?-d &#39;([\\s\\S]*?)&#39;</code>`).exec(html)?.[1] ?? ''
    const sent = JSON.parse(example.replaceAll('&quot;', '"').replaceAll('&#39;', "'"))
    expect([id, body?.safeParse(sent).success]).toEqual([id, true])
  }
})
