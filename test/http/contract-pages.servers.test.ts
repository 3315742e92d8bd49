import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, inject, test } from 'vitest'
import { repositoryRoot } from '../harness/repository-files.ts'

const urls = inject('apiUrls')

describe('the contract is served by the API itself', () => {
  test.each(urls)('/openapi.json is docs/openapi.json, on every process: %s', async (url) => {
    const answer = await fetch(`${url}/openapi.json`)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json'])
    const committed = JSON.parse(readFileSync(join(repositoryRoot, 'docs', 'openapi.json'), 'utf8'))
    expect(await answer.json()).toEqual(committed)
  })

  test.each(urls)('/docs is a page that loads nothing of another origin: %s', async (url) => {
    const answer = await fetch(`${url}/docs`)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8'])
    expect(answer.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; .*frame-ancestors 'none'$/,
    )
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(await answer.text()).toContain('<article id="issue">')
  })

  test('whoever has read it may keep it for an hour, and needs no credential', async () => {
    for (const path of ['/openapi.json', '/docs']) {
      const answer = await fetch(`${urls[0]}${path}`, { method: 'HEAD' })
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'public, max-age=3600'])
    }
  })
})
