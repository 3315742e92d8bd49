import { randomBytes, randomUUIDv7 } from 'node:crypto'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { expectNoViolations } from '../harness/browser/expect-accessible.ts'
import { button, type OperatorTab, openConsole } from '../harness/browser/operator-tab.ts'
import { sharedBrowser } from '../harness/browser/shared-browser.ts'
import { expectClean } from '../harness/browser/watch-page.ts'
import { ask, operatorToken } from '../harness/processes/http-client.ts'
import { type ForeignWriter, openForeignWriter } from '../harness/values/foreign-writer.ts'
import { namedTokens } from '../harness/values/named-tokens.ts'
import { until } from '../harness/values/until.ts'

let browser: Browser
let writer: ForeignWriter
let url: string

beforeAll(async () => {
  ;[url] = inject('apiUrls')
  writer = openForeignWriter()
  browser = await sharedBrowser()
})
afterAll(() => writer.close())

const readLetter = async (id: string) => {
  const path = `${url}/v1/admin/dead-letters/${id.replace(':', '/')}`
  return (await ask(path, { token: operatorToken() })).body
}
/** Writes bytes that are not JSON into the log, and waits until their letter is listed. */
const buryBytes = async (bytes: Buffer): Promise<string> => {
  await writer.toLog(bytes)
  return until('it is a dead letter', async () => {
    const list = `${url}/v1/admin/dead-letters?reason=undecodable&limit=100`
    const { items } = (await ask(list, { token: operatorToken() })).body as { items: { id: string }[] }
    for (const { id } of items) {
      const { content = '' } = ((await readLetter(id))['value'] ?? {}) as { content?: string }
      const start = bytes.subarray(0, 40)
      if (content.startsWith(String(start)) || content.startsWith(start.toString('hex'))) return id
    }
    return undefined
  })
}
const bury = async (text = ''): Promise<{ id: string; value: string }> => {
  const value = `${randomUUIDv7()} is no JSON ${text}`
  return { id: await buryBytes(Buffer.from(value)), value }
}
/** Answers of the API, instead of those of the topic that other tests write to. */
const answerWith = (tab: OperatorTab, changes: object) =>
  tab.page.route('**/v1/admin/dead-letters?*', (route) =>
    route.fulfill({
      json: {
        ...{ readAt: '2026-11-21T10:00:00.000Z', complete: true, open: 0, groups: [], items: [] },
        ...changes,
      },
    }),
  )

test('the tile of the live view leads to the letters, which are there by reason with what to do', async () => {
  const { id } = await bury()
  const tab = await openConsole(browser, url, operatorToken())
  await tab.page.locator('.tiles').getByRole('link', { name: 'dead letters' }).click()
  await tab.page.getByRole('heading', { name: 'Dead letters', level: 1 }).waitFor()
  const group = tab.page.locator('[data-reason=undecodable]')
  await group.getByText('Find the writer; a redrive would fail again.').waitFor()
  await tab.page.getByLabel('Reason').selectOption('undecodable')
  await tab.page.getByRole('link', { name: id, exact: true }).first().click()
  await tab.page.getByRole('heading', { name: `Dead letter ${id}` }).waitFor()
  expect(await tab.page.getByRole('navigation').locator('[aria-current=page]').getAttribute('href')).toBe(
    '#/letters',
  )
  expectClean(tab, url)
})

test('an operator tries a redrive, which writes nothing, and redrives after typing the letter and a reason', async () => {
  const { id } = await bury()
  const tab = await openConsole(browser, url, operatorToken())
  await tab.show(`/letters/${id}`)
  await button(tab, `Dry run: ${id}`).click()
  await tab.page.getByText('Dry run: nothing was written. 1 would go to the log again.').waitFor()
  await tab.page.locator('td', { hasText: 'becomes a dead letter again: undecodable' }).waitFor()
  expect((await readLetter(id))['state']).toBe('open')
  await button(tab, `Redrive: ${id}`).click()
  await tab.confirm('0:0000', 'looking for the writer')
  await tab.page.getByText('That is not what has to be typed.').waitFor()
  expect((await readLetter(id))['state']).toBe('open')
  await tab.confirm(id, 'looking for the writer')
  await tab.page.getByText('Redriven: 1.').waitFor()
  await tab.page.locator('.facts').getByText('by operator: looking for the writer').waitFor()
  expect(await button(tab, `Redrive: ${id}`).count()).toBe(0)
  expect(await readLetter(id)).toMatchObject({ state: 'redriven', redriven: { by: 'operator' } })
  expectClean(tab, url)
})

test('a group is tried as a whole', async () => {
  await bury()
  const tab = await openConsole(browser, url, operatorToken())
  await tab.show('/letters')
  await button(tab, 'Dry run: undecodable').click()
  const group = tab.page.locator('[data-reason=undecodable]')
  await group.getByText(/Dry run: nothing was written\. \d+ would go to the log again\./).waitFor()
  await group.getByText(/✕ becomes a dead letter again: \d+/).waitFor()
  expectClean(tab, url)
})

test('who comes second hears that the letter was redriven before', async () => {
  const { id } = await bury()
  const tab = await openConsole(browser, url, operatorToken())
  await tab.show(`/letters/${id}`)
  await button(tab, `Redrive: ${id}`).click()
  const path = `${url}/v1/admin/dead-letters/${id.replace(':', '/')}/redrive`
  const json = { dryRun: false, reason: 'first' }
  expect((await ask(path, { method: 'POST', token: operatorToken(), json })).status).toBe(200)
  await tab.confirm(id, 'second')
  await tab.page.locator('dialog').getByText(`${id} was redriven before`).waitFor()
  await tab.page.keyboard.press('Escape')
  expectClean(tab, url)
})

describe('what anybody may have written', () => {
  test('is shown as text, with what is not seen written out, and is cut where it is long', async () => {
    const { id, value } = await bury(`<img src=x onerror="alert(1)"> \u202e${'y'.repeat(9_000)}`)
    const tab = await openConsole(browser, url, operatorToken())
    await tab.show(`/letters/${id}`)
    const shown = await tab.page.locator('pre').first().innerText()
    expect(shown).toContain('<img src=x onerror="alert(1)"> \\u{202e}yyy')
    expect(await tab.page.locator('pre img').count()).toBe(0)
    expect(value.length).toBeGreaterThan(shown.length)
    await tab.page.getByText(`npm run dlq -- show ${id} --json has all of it.`).waitFor()
    expectClean(tab, url)
  })

  test('is hexadecimal when it is no text', async () => {
    const bytes = Buffer.concat([Buffer.from([0xff, 0]), randomBytes(8)])
    const id = await buryBytes(bytes)
    const tab = await openConsole(browser, url, namedTokens.viewer)
    await tab.show(`/letters/${id}`)
    await tab.page.getByText('10 bytes, not text: hexadecimal').waitFor()
    expect(await tab.page.locator('pre').first().innerText()).toBe(bytes.toString('hex'))
    expectClean(tab, url)
  })
})

test('a viewer sees letters and advice, and has nothing to redrive them with', async () => {
  const { id } = await bury()
  const tab = await openConsole(browser, url, namedTokens.viewer)
  await tab.show('/letters')
  await tab.page.locator('[data-reason=undecodable]').waitFor()
  await tab.page.locator('tbody tr').first().waitFor()
  expect(await tab.page.getByRole('button', { name: /^(Dry run|Redrive)/ }).count()).toBe(0)
  await tab.show(`/letters/${id}`)
  await tab.page.locator('.facts').waitFor()
  expect(await tab.page.getByRole('button', { name: /^(Dry run|Redrive)/ }).count()).toBe(0)
  expectClean(tab, url)
})

describe('the view says', () => {
  test('that there are none, and that a healthy system has none', async () => {
    const tab = await openConsole(browser, url, operatorToken())
    await answerWith(tab, {})
    await tab.show('/letters')
    await tab.page.getByText('✓ There are none. That is how it should be').waitFor()
    expect(await tab.page.locator('table').count()).toBe(0)
  })

  test('that older letters are not looked at', async () => {
    const tab = await openConsole(browser, url, operatorToken())
    await answerWith(tab, { complete: false })
    await tab.show('/letters')
    await tab.page.getByText('older letters are missing. npm run dlq -- list has all of them.').waitFor()
    expect(await tab.page.getByText('There are none.').count()).toBe(0)
  })

  test('that they cannot be read, and reads them when it is asked again', async () => {
    const tab = await openConsole(browser, url, operatorToken())
    await tab.page.route('**/v1/admin/dead-letters?*', (route) => route.fulfill({ status: 500, body: 'x' }))
    await tab.show('/letters')
    await tab.page.getByText('It cannot be read:').waitFor()
    await tab.page.unroute('**/v1/admin/dead-letters?*')
    await button(tab, 'Read again').click()
    await until('they are read', async () => (await tab.page.getByText(/^As of /).count()) === 1)
  })

  test('everything in Korean too', async () => {
    const { id } = await bury()
    const tab = await openConsole(browser, url, operatorToken(), { locale: 'ko-KR' })
    await tab.show('/letters')
    await tab.page.getByText('쓴 프로그램을 찾으세요.').waitFor()
    await tab.show(`/letters/${id}`)
    await tab.page.getByText('조치 방법').waitFor()
    await button(tab, `미리 확인: ${id}`).click()
    await tab.page.getByText('미리 확인만 했고 아무것도 쓰지 않았습니다.').waitFor()
    expectClean(tab, url)
  })
})

test.each(['light', 'dark'] as const)(
  'a reader of the screen can use the letters, in the %s theme',
  async (colorScheme) => {
    const { id } = await bury()
    const tab = await openConsole(browser, url, operatorToken(), { colorScheme })
    await tab.show('/letters')
    await tab.page.locator('tbody tr').first().waitFor()
    await expectNoViolations(tab.page, 'letters')
    await tab.show(`/letters/${id}`)
    await button(tab, `Dry run: ${id}`).click()
    await tab.page.getByText('Dry run: nothing was written.').waitFor()
    await expectNoViolations(tab.page, 'letter')
    await button(tab, `Redrive: ${id}`).click()
    await tab.page.locator('dialog').waitFor()
    await expectNoViolations(tab.page, 'dialog')
    expectClean(tab, url)
  },
)

test('on a phone nothing is wider than the screen', async () => {
  const { id } = await bury('z'.repeat(300))
  const tab = await openConsole(browser, url, operatorToken(), { viewport: { width: 390, height: 844 } })
  for (const view of ['/letters', `/letters/${id}`]) {
    await tab.show(view)
    await tab.page
      .locator(view === '/letters' ? 'tbody tr' : '.facts')
      .first()
      .waitFor()
    const [page, screen] = await tab.page.evaluate<[number, number]>(
      '[document.documentElement.scrollWidth, innerWidth]',
    )
    expect([view, page]).toEqual([view, screen])
  }
})
