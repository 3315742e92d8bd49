import type { Browser, Request } from 'playwright-core'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { expectNoViolations } from '../harness/browser/expect-accessible.ts'
import { button, type OperatorTab, openConsole } from '../harness/browser/operator-tab.ts'
import { sharedBrowser } from '../harness/browser/shared-browser.ts'
import { expectClean } from '../harness/browser/watch-page.ts'
import { ask, createTestCampaign, newUser, operatorToken, press } from '../harness/processes/http-client.ts'
import { namedTokens } from '../harness/values/named-tokens.ts'
import { until } from '../harness/values/until.ts'

const hourMs = 3_600_000
let browser: Browser
let url: string

beforeAll(async () => {
  browser = await sharedBrowser()
  url = inject('apiUrls')[0]
})

const adminAsk = (path: string, options: Parameters<typeof ask>[1] = {}) =>
  ask(`${url}/v1/admin/${path}`, { token: operatorToken(), ...options })
const uniqueName = (): string => `Form ${newUser().slice(-12)}`
const inHours = (hours: number): string => new Date(Date.now() + hours * hourMs).toISOString()
const input = ({ page }: OperatorTab, label: string) =>
  page.locator('.form').getByLabel(label, { exact: true })
/** What is said beside a field. */
const faultBeside = async (tab: OperatorTab, label: string): Promise<string> =>
  input(tab, label).locator('xpath=..').locator('.fault').innerText()
const createScheduled = (name: string): Promise<string> =>
  createTestCampaign(url, {
    ...{ name, stock: 500, opensAt: inHours(2), closesAt: inHours(3) },
    coupon: {
      ...{ title: 'Off', discount: { kind: 'amount', value: 5_000, currency: 'KRW' } },
      usableUntil: inHours(9),
    },
  })
const openEdit = async (campaignId: string, options = {}): Promise<OperatorTab> => {
  const tab = await openConsole(browser, url, operatorToken(), options)
  await tab.show(`/campaigns/${campaignId}/edit`)
  await tab.page.locator('.form').waitFor()
  return tab
}
const fillNew = async (tab: OperatorTab, name: string): Promise<void> => {
  await tab.show('/new')
  await input(tab, 'Name').fill(name)
  await input(tab, 'Title of the coupon').fill('Off')
  await input(tab, 'Stock').fill('100')
}
const found = async (name: string) =>
  (await adminAsk(`campaigns?text=${encodeURIComponent(name)}`)).body['items'] as Record<string, unknown>[]

describe('an edit', () => {
  test('sends the changed fields alone, with the version that was seen, and shows the preflight after it', async () => {
    const name = uniqueName()
    const campaignId = await createScheduled(name)
    const tab = await openConsole(browser, url, operatorToken())
    const sent: Request[] = []
    tab.page.on('request', (request) => request.method() === 'PATCH' && sent.push(request))
    await tab.show(`/campaigns/${campaignId}`)
    await tab.page.getByRole('link', { name: 'Edit' }).click()
    await input(tab, 'Stock').fill('750')
    await input(tab, 'Claim 1').fill('tier')
    await input(tab, 'Any of 1').fill('gold, silver')
    await button(tab, 'Review').click()
    const dialog = tab.page.locator('dialog')
    await dialog.getByText('Stock: 500 → 750').waitFor()
    await dialog.getByText('Who may have one: none → tier: gold, silver').waitFor()
    await dialog.getByText('750 × 5,000 KRW = 3,750,000 KRW').waitFor()
    await tab.confirm('another name', 'more came')
    await dialog.getByText('That is not what has to be typed.').waitFor()
    await tab.confirm(name, 'more came')
    await tab.page.locator('.result', { hasText: 'Done.' }).waitFor()
    await tab.page.locator('#preflight li', { hasText: 'tier: gold or silver' }).waitFor()
    expect(sent.map((request) => request.postDataJSON() as unknown)).toEqual([
      { reason: 'more came', stock: 750, eligibility: [{ claim: 'tier', anyOf: ['gold', 'silver'] }] },
    ])
    expect(await sent[0]?.headerValue('if-match')).toBe('"1"')
    expect((await adminAsk(`campaigns/${campaignId}`)).body).toMatchObject({ stock: 750, version: 2 })
    expectClean(tab, url)
  })

  test('can be made by the keyboard alone, and one of nothing is not sent', async () => {
    const name = uniqueName()
    const campaignId = await createScheduled(name)
    const tab = await openEdit(campaignId)
    const { keyboard } = tab.page
    await input(tab, 'Name').focus()
    await keyboard.press('Enter')
    await tab.page.getByText('Nothing differs from the campaign.').waitFor()
    await input(tab, 'Name').focus()
    await keyboard.press('Tab')
    await keyboard.press('Control+A')
    await keyboard.type('600')
    await keyboard.press('Enter')
    await tab.page.locator('dialog').waitFor()
    await keyboard.type('by keys')
    await keyboard.press('Tab')
    await keyboard.type(name)
    await keyboard.press('Enter')
    await tab.page.locator('.result', { hasText: 'Done.' }).waitFor()
    expect((await adminAsk(`campaigns/${campaignId}`)).body['stock']).toBe(600)
  })

  test('that would take back a promise is refused beside each field, and changes nothing', async () => {
    const name = uniqueName()
    const campaignId = await createTestCampaign(url, {
      ...{ name, stock: 9, closesAt: inHours(3) },
      coupon: { title: 'Off', discount: { kind: 'percent', value: 10 }, usableUntil: inHours(9) },
    })
    const tab = await openEdit(campaignId)
    // What nobody can change any more cannot be typed.
    for (const label of ['Opens', 'Title of the coupon', 'Value', 'Claim 1'])
      expect([label, await input(tab, label).isDisabled()]).toEqual([label, true])
    await input(tab, 'Stock').fill('8')
    // An hour earlier; the input has the time of this machine.
    const earlier = new Date(Date.parse(`${await input(tab, 'Usable until').inputValue()}Z`) - hourMs)
    await input(tab, 'Usable until').fill(earlier.toISOString().slice(0, 19))
    await button(tab, 'Review').click()
    await tab.confirm(name, 'fewer')
    await tab.page.getByText('Nothing was changed: that would take back a promise.').waitFor()
    expect(await faultBeside(tab, 'Stock')).toContain('Can only be raised')
    expect(await faultBeside(tab, 'Usable until')).toContain('Can only become later')
    expect(await faultBeside(tab, 'Closes')).toBe('')
    expect(await input(tab, 'Stock').getAttribute('aria-invalid')).toBe('true')
    await until('the first of them has the focus', () =>
      tab.page.evaluate<boolean>(`document.activeElement?.value === '8'`),
    )
    expect((await adminAsk(`campaigns/${campaignId}`)).body).toMatchObject({ stock: 9, version: 1 })
    expectClean(tab, url)
  })

  test('of a version that is gone says what somebody else changed, keeps what was typed, and can be saved then', async () => {
    const name = uniqueName()
    const campaignId = await createScheduled(name)
    const tab = await openEdit(campaignId)
    await input(tab, 'Stock').fill('700')
    const json = { reason: 'first', stock: 600, perUserLimit: 3 }
    const headers = { 'if-match': '*' }
    const other = await adminAsk(`campaigns/${campaignId}`, { method: 'PATCH', json, headers })
    expect(other.status).toBe(200)
    await button(tab, 'Review').click()
    await tab.confirm(name, 'second')
    await tab.page.getByText('somebody else changed the campaign meanwhile').waitFor()
    expect(await faultBeside(tab, 'Stock')).toContain('Somebody else changed it meanwhile: 600')
    expect(await faultBeside(tab, 'Coupons per person')).toContain('Somebody else changed it meanwhile: 3')
    expect(await input(tab, 'Stock').inputValue()).toBe('700')
    expect(await input(tab, 'Coupons per person').inputValue()).toBe('3')
    await button(tab, 'Review').click()
    await tab.page.locator('dialog').getByText('Stock: 600 → 700').waitFor()
    await tab.confirm(name, 'second')
    await tab.page.locator('.result', { hasText: 'Done.' }).waitFor()
    const { body } = await adminAsk(`campaigns/${campaignId}`)
    expect(body).toMatchObject({ stock: 700, perUserLimit: 3, version: 3 })
  })

  test('to what no campaign may be is refused beside the field', async () => {
    const name = uniqueName()
    const tab = await openEdit(await createScheduled(name))
    await input(tab, 'Coupons per person').fill('11')
    await button(tab, 'Review').click()
    await tab.confirm(name, 'many')
    await tab.page.getByText('Not accepted: Coupons per person').waitFor()
    expect(await faultBeside(tab, 'Coupons per person')).not.toBe('')
  })

  test('is offered to nobody who may not, and of no campaign that is closed', async () => {
    const campaignId = await createScheduled(uniqueName())
    const viewer = await openConsole(browser, url, namedTokens.viewer)
    await viewer.show(`/campaigns/${campaignId}/edit`)
    await viewer.page.locator('#preflight').waitFor()
    expect(await viewer.page.locator('.form').count()).toBe(0)
    expect(await viewer.page.getByRole('link', { name: 'Edit' }).count()).toBe(0)
    await adminAsk(`campaigns/${campaignId}/close`, {
      ...{ method: 'POST', json: { reason: 'over' }, headers: { 'if-match': '*' } },
    })
    const tab = await openConsole(browser, url, operatorToken())
    await tab.show(`/campaigns/${campaignId}`)
    await tab.page.locator('#preflight').waitFor()
    expect(await tab.page.getByRole('link', { name: 'Edit' }).count()).toBe(0)
    await tab.show(`/campaigns/${campaignId}/edit`)
    await tab.page.getByText('It is closed and stays as it is.').waitFor()
  })
})

describe('a new campaign', () => {
  test('is shown as it would be before it is confirmed, and then has its rules and its times', async () => {
    const name = uniqueName()
    const tab = await openConsole(browser, url, operatorToken())
    await fillNew(tab, name)
    await input(tab, 'Usable not before').fill(await input(tab, 'Closes').inputValue())
    await input(tab, 'Claim 1').fill('tier')
    await input(tab, 'Any of 1').fill('gold')
    await button(tab, 'Add a rule').click()
    await tab.page.keyboard.type('country')
    await input(tab, 'Any of 2').fill('KR, JP')
    await button(tab, 'Review').click()
    const dialog = tab.page.locator('dialog')
    await dialog.getByText('Only people whose token has tier: gold; country: KR or JP.').waitFor()
    await dialog.getByText('Its coupons can be used only after the sale has ended.').waitFor()
    await dialog.locator('summary', { hasText: 'Findings about the servers' }).waitFor()
    expect(await found(name)).toEqual([])
    await tab.confirm('1000000 KRW')
    await tab.page.locator('h1', { hasText: name }).waitFor()
    const [campaign] = await found(name)
    expect(campaign).toMatchObject({
      eligibility: [
        { claim: 'tier', anyOf: ['gold'] },
        { claim: 'country', anyOf: ['KR', 'JP'] },
      ],
      coupon: { usableFrom: campaign?.['closesAt'] },
    })
    expectClean(tab, url)
  })

  test('has five rules at most', async () => {
    const tab = await openConsole(browser, url, operatorToken())
    await tab.show('/new')
    for (let rules = 1; rules < 5; rules += 1) await button(tab, 'Add a rule').click()
    await input(tab, 'Claim 5').waitFor()
    expect(await button(tab, 'Add a rule').isVisible()).toBe(false)
  })

  test('that the API would refuse is refused beside the field, and there is nothing to confirm', async () => {
    const tab = await openConsole(browser, url, operatorToken())
    await fillNew(tab, uniqueName())
    await input(tab, 'Usable until').fill(await input(tab, 'Opens').inputValue())
    await input(tab, 'Claim 1').fill('with spaces')
    await input(tab, 'Any of 1').fill('x')
    await button(tab, 'Review').click()
    await tab.page.getByText('Not accepted: Who may have one').waitFor()
    await input(tab, 'Claim 1').fill('')
    await input(tab, 'Any of 1').fill('')
    await button(tab, 'Review').click()
    await tab.page.getByText('Not accepted: Usable until').waitFor()
    expect(await faultBeside(tab, 'Usable until')).not.toBe('')
    expect(await tab.page.locator('dialog').count()).toBe(0)
  })

  test('whose preflight failed says so above everything else, before it is confirmed', async () => {
    const tab = await openConsole(browser, url, operatorToken())
    await tab.page.route('**/v1/admin/preflight', async (route) => {
      const response = await route.fetch()
      await route.fulfill({ response, json: { ...(await response.json()), verdict: 'failed' } })
    })
    await fillNew(tab, uniqueName())
    await button(tab, 'Review').click()
    await tab.page.getByRole('alert').getByText('The check failed.').waitFor()
    expect(await tab.page.locator('dialog .alarm').isVisible()).toBe(true)
  })

  test('that could not be checked cannot be confirmed', async () => {
    const tab = await openConsole(browser, url, operatorToken())
    await tab.page.route('**/v1/admin/preflight', (route) =>
      route.fulfill({ status: 500, json: { code: 'internal', detail: 'A defect.' } }),
    )
    await fillNew(tab, uniqueName())
    await button(tab, 'Review').click()
    await tab.page.getByText('Not checked, so nothing can be confirmed yet: A defect.').waitFor()
    expect(await tab.page.locator('dialog').count()).toBe(0)
  })
})

describe('the servers', () => {
  const server = (name: string, level: string, version: string | null) => ({
    ...{ name, level, version, address: `${name}.example` },
    findings: [
      {
        ...{ place: name, name: 'reachable', level: level === 'ok' ? 'ok' : 'failed', found: 'as it is' },
        ...{ expected: 'an answer', fix: 'start it', why: 'a promise' },
      },
    ],
  })

  test('are below the system, with what the API says of them', async () => {
    const tab = await openConsole(browser, url, operatorToken())
    const list = await until('they are examined', async () => {
      const answer = await adminAsk('servers')
      return answer.status === 200 && (answer.body['servers'] as { name: string; version: string }[])
    })
    const redis = tab.page.locator('#servers [data-server="Redis"]')
    const version = String(list.find(({ name }) => name === 'Redis')?.version)
    await redis.locator('p', { hasText: version }).waitFor()
    expect(await redis.locator('.badge').first().innerText()).toMatch(/^[✓⚠✕] (?:OK|warning|failed)$/)
    expect(await redis.locator('li').first().isVisible()).toBe(false)
    await redis.locator('summary').focus()
    await tab.page.keyboard.press('Enter')
    await redis.locator('li', { hasText: 'maxmemory-policy is' }).waitFor()
    await tab.page.getByText(/^Examined \d+ s ago$/).waitFor()
    const order = await tab.page.locator('.live > section').evaluateAll((all) => all.map(({ id }) => id))
    expect(order.at(-1)).toBe('servers')
    expectClean(tab, url)
  })

  test('that did not answer are said to be so, each by a mark and a word', async () => {
    const tab = await openConsole(browser, url, '')
    const all = [server('Redis', 'ok', '8.0'), server('Kafka', 'unread', null)]
    const others = [server('database', 'failed', '5.7'), server('machine', 'warning', null)]
    await tab.page.route('**/v1/admin/servers', (route) =>
      route.fulfill({ json: { examinedAt: inHours(0), ageMs: 7_000, servers: [...all, ...others] } }),
    )
    await tab.page.locator('.sign-in input').fill(operatorToken())
    await tab.page.keyboard.press('Enter')
    await tab.page.locator('#servers li').first().waitFor()
    const badges = await tab.page.locator('.servers > li > p .badge').allInnerTexts()
    expect(badges).toEqual(['✓ OK', '? unread', '✕ failed', '⚠ warning'])
    expect(await tab.page.locator('[data-server="Kafka"]').innerText()).toContain('version not reported')
  })

  test('are asked for once a minute while somebody looks, and a failure is said beside what was known', async () => {
    const tab = await openConsole(browser, url, '')
    const answers: ('fail' | 'good')[] = ['good', 'fail', 'good']
    let asked = 0
    await tab.page.route('**/v1/admin/servers', (route) => {
      asked += 1
      return answers[asked - 1] === 'fail'
        ? route.fulfill({ status: 500, json: { code: 'internal', detail: 'A defect.' } })
        : route.fulfill({ json: { examinedAt: inHours(0), ageMs: 0, servers: [server('Redis', 'ok', '8')] } })
    })
    await tab.page.clock.install()
    await tab.page.reload()
    await tab.page.locator('.sign-in input').fill(operatorToken())
    await tab.page.keyboard.press('Enter')
    await tab.page.locator('[data-server="Redis"]').waitFor()
    await tab.page.clock.fastForward(40_000)
    expect(asked).toBe(1)
    await tab.page.evaluate(
      `Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => 'hidden' })`,
    )
    await tab.page.clock.fastForward(60_000)
    await tab.page.getByText(/^Examined 1\d\d s ago$|^Examined 2 min ago$/).waitFor()
    expect(asked).toBe(1)
    await tab.page.evaluate('delete document.visibilityState')
    await tab.page.getByText('The servers could not be examined: A defect.').waitFor()
    expect(await tab.page.locator('[data-server="Redis"]').count()).toBe(1)
    await tab.page.clock.fastForward(11_000)
    await until('it is asked again', () => asked === 3)
    await until('the failure is gone', async () => (await tab.page.getByText('A defect.').count()) === 0)
  })
})

describe('while figures are hidden', () => {
  /** Figures that nothing else has: in no id, no time and no other campaign. */
  const secret = { stock: 77_789, worth: 65_431 }
  const leaks = /77[.,\s]?7[789]\d|65[.,\s]?431/

  /** Everything that a person can see or hear: texts, and the attributes that are read out. */
  const perceived = ({ page }: OperatorTab): Promise<string> =>
    page.evaluate<string>(`[
      document.body.innerText,
      ...[...document.querySelectorAll('body *')]
        .filter((element) => element.checkVisibility())
        .flatMap((element) => [...element.attributes].map(({ name, value }) => name === 'd' ? '' : name + '=' + value)),
      ...[...document.querySelectorAll('input, select')]
        .filter((control) => control.checkVisibility()).map(({ value }) => value),
    ].join('\\n')`)

  test('no view has one, and every promise is still there', async () => {
    const name = uniqueName()
    const campaignId = await createTestCampaign(url, {
      ...{ name, stock: secret.stock },
      coupon: {
        ...{ title: `${secret.worth} won off`, usableUntil: inHours(900) },
        discount: { kind: 'amount', value: secret.worth, currency: 'KRW' },
      },
    })
    const winner = newUser()
    await press(url, campaignId, winner)
    const more = { stock: secret.stock + 1, reason: `${secret.stock + 1} for now` }
    const headers = { 'if-match': '*' }
    await adminAsk(`campaigns/${campaignId}/stock`, { method: 'PUT', json: more, headers })
    const tab = await openConsole(browser, url, operatorToken())
    const card = tab.page.locator('.campaign', { hasText: name })
    await card.getByText('77,789 of 77,790 left').waitFor()
    expect(await perceived(tab)).toMatch(leaks)
    await button(tab, 'Hide figures').click()
    await card.getByText('99% left').first().waitFor()
    const visit = async (view: string, ready: string): Promise<void> => {
      await tab.show(view)
      await tab.page.locator(ready).first().waitFor()
      expect([view, leaks.exec(await perceived(tab))?.[0]]).toEqual([view, undefined])
    }
    await visit('/live', '.campaign')
    expect(await tab.page.locator('.banner .value').first().innerText()).toBe('0')
    expect(await tab.page.locator('.banner .value').nth(2).innerText()).toMatch(/^(?:< 1|\d+)%$/)
    expect(await tab.page.locator('.banner .verdict').innerText()).toMatch(/^[✓…?] /)
    await visit('/wall', '.campaign')
    await visit('/campaigns', 'tbody tr')
    await visit(`/campaigns/${campaignId}`, '#changes tbody tr')
    await button(tab, 'Check').click()
    await tab.page.locator('#preflight li').first().waitFor()
    await button(tab, 'Audit now').click()
    await tab.page.locator('#audit .verdict').first().waitFor()
    expect(leaks.exec(await perceived(tab))?.[0]).toBeUndefined()
    expect(await button(tab, 'More stock').isVisible()).toBe(false)
    expect(await button(tab, 'Pause').isVisible()).toBe(true)
    await visit(`/campaigns/${campaignId}/replay`, '#replay-events li')
    await visit(`/campaigns/${campaignId}/edit`, '.figures-note')
    await visit('/new', '.figures-note')
    await visit(`/users/${winner}`, 'tbody tr')
    await tab.page.reload()
    await button(tab, 'Show figures').waitFor()
    await visit(`/campaigns/${campaignId}`, '#changes tbody tr')
    await button(tab, 'Show figures').click()
    await tab.page.locator('.facts', { hasText: '77,790' }).waitFor()
    expectClean(tab, url)
  })

  test('a key switches them, also on the wall, but not where something is typed', async () => {
    const name = uniqueName()
    await createTestCampaign(url, { name, stock: secret.stock })
    const tab = await openConsole(browser, url, operatorToken())
    const { keyboard } = tab.page
    await tab.show('/wall')
    const card = tab.page.locator('.campaign', { hasText: name })
    await card.getByText('77,789 of 77,789 left').waitFor()
    await keyboard.press('n')
    await card.getByText('100% left').first().waitFor()
    await keyboard.press('n')
    await card.getByText('77,789 of 77,789 left').waitFor()
    await tab.show('/campaigns')
    await tab.page.getByLabel('Name contains').fill('')
    await tab.page.getByLabel('Name contains').press('n')
    expect(await tab.page.getByLabel('Name contains').inputValue()).toBe('n')
    await button(tab, 'Hide figures').waitFor()
  })

  test('a form keeps what was typed, and is there again with them', async () => {
    const tab = await openConsole(browser, url, operatorToken())
    await fillNew(tab, 'Kept')
    await button(tab, 'Hide figures').click()
    await tab.page.getByText('Figures are hidden, and this needs them.').waitFor()
    expect(await tab.page.locator('.form').isVisible()).toBe(false)
    await button(tab, 'Show figures').click()
    expect(await input(tab, 'Name').inputValue()).toBe('Kept')
  })
})

test('a list that is longer than a page goes on, and one of many is found by its name or its id', async () => {
  const name = uniqueName()
  const ids: string[] = []
  for (let made = 0; made < 26; made += 1)
    ids.push(await createTestCampaign(url, { name: `${name} ${made}` }))
  const tab = await openConsole(browser, url, operatorToken())
  await tab.show('/campaigns')
  const rows = tab.page.locator('tbody tr')
  await tab.page.getByLabel('Name contains').fill(name)
  await tab.page.keyboard.press('Enter')
  await until('a page is there', async () => (await rows.count()) === 25)
  await button(tab, 'Show more').click()
  await until('the rest is there', async () => (await rows.count()) === 26)
  expect(await button(tab, 'Show more').isVisible()).toBe(false)
  await tab.page.getByLabel('Name contains').fill(`${name} 7`)
  await tab.page.keyboard.press('Enter')
  await until('one is found', async () => (await rows.count()) === 1)
  await tab.page.getByLabel('Name contains').fill(` ${ids[3]} `)
  await tab.page.keyboard.press('Enter')
  await tab.page.locator('h1', { hasText: `${name} 3` }).waitFor()
})

test.each(['light', 'dark'] as const)(
  'a reader of the screen can use the forms and the servers, in the %s theme',
  async (colorScheme) => {
    const name = uniqueName()
    const campaignId = await createScheduled(name)
    const tab = await openEdit(campaignId, { colorScheme })
    await expectNoViolations(tab.page, 'edit')
    await input(tab, 'Stock').fill('none')
    await button(tab, 'Review').click()
    await tab.page.getByText('Fill in: Stock').waitFor()
    await expectNoViolations(tab.page, 'a fault beside a field')
    await tab.page.route('**/v1/admin/preflight', async (route) => {
      const response = await route.fetch()
      await route.fulfill({ response, json: { ...(await response.json()), verdict: 'failed' } })
    })
    await fillNew(tab, name)
    await button(tab, 'Add a rule').click()
    await expectNoViolations(tab.page, 'new')
    await button(tab, 'Review').click()
    await tab.page.locator('dialog .alarm').waitFor()
    await expectNoViolations(tab.page, 'the confirmation')
    await tab.page.keyboard.press('Escape')
    await tab.show('/live')
    await tab.page.locator('#servers summary').first().click()
    await expectNoViolations(tab.page, 'the servers')
    await tab.page.keyboard.press('n')
    await button(tab, 'Show figures').waitFor()
    await expectNoViolations(tab.page, 'hidden figures')
    await tab.show('/new')
    await tab.page.locator('.figures-note').waitFor()
    await expectNoViolations(tab.page, 'a form while figures are hidden')
  },
)

test('the forms and the servers are there in Korean too', async () => {
  const name = uniqueName()
  const campaignId = await createScheduled(name)
  const tab = await openEdit(campaignId, { locale: 'ko-KR' })
  await tab.page.getByText('발급 대상', { exact: true }).waitFor()
  await tab.show('/live')
  await tab.page.locator('#servers [data-server="database"]', { hasText: '데이터베이스' }).waitFor()
  await tab.page.getByRole('button', { name: '수치 숨기기' }).click()
  await tab.page.getByRole('button', { name: '수치 보기' }).waitFor()
  expectClean(tab, url)
})
