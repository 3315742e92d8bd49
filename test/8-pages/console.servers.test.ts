import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import type { Browser } from 'playwright-core'
import { beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest'
import { createProxy } from '../../servers/network/proxy.ts'
import { expectNoViolations } from '../harness/browser/expect-accessible.ts'
import { button, type OperatorTab, openConsole } from '../harness/browser/operator-tab.ts'
import { sharedBrowser } from '../harness/browser/shared-browser.ts'
import { expectClean } from '../harness/browser/watch-page.ts'
import { ask, createTestCampaign, newUser, operatorToken, press } from '../harness/processes/http-client.ts'
import { namedTokens } from '../harness/values/named-tokens.ts'
import { until } from '../harness/values/until.ts'

let browser: Browser
let url: string

beforeAll(async () => {
  browser = await sharedBrowser()
  url = inject('apiUrls')[0]
})

const adminAsk = (path: string, options: Parameters<typeof ask>[1] = {}) =>
  ask(`${url}/v1/admin/${path}`, { token: operatorToken(), ...options })
/** Wins a coupon, and waits until it has a row. */
const win = async (campaignId: string, userId: string): Promise<string> => {
  const couponId = String((await press(url, campaignId, userId)).body['id'])
  await until('it is recorded', async () => (await adminAsk(`coupons/${couponId}`)).status === 200)
  return couponId
}
const uniqueName = (): string => `Sale ${newUser().slice(-12)}`

describe('signing in', () => {
  test('needs a token of an operator, which is in no address and no cookie, and ends with the sign-out', async () => {
    const tab = await openConsole(browser, url, '')
    await tab.page.locator('.sign-in input').fill('no token')
    await button(tab, 'Sign in').click()
    await tab.page.getByText('This is no token of an operator').waitFor()
    await tab.page.locator('.sign-in input').fill(operatorToken())
    await tab.page.keyboard.press('Enter')
    await tab.page.getByText('operator · may change').waitFor()
    expect(tab.page.url()).not.toContain(operatorToken())
    expect(await tab.page.context().cookies()).toEqual([])
    await tab.page.reload()
    await tab.page.getByText('operator · may change').waitFor()
    await button(tab, 'Sign out').click()
    await tab.page.locator('.sign-in').waitFor()
    await tab.page.reload()
    await tab.page.locator('.sign-in').waitFor()
    expectClean(tab, url)
  })

  test('with the token of a shopper is refused', async () => {
    const tab = await openConsole(browser, url, '')
    await tab.page.locator('.sign-in input').fill(namedTokens.orders)
    await button(tab, 'Sign in').click()
    await tab.page.getByText('This is no token of an operator').waitFor()
    expectClean(tab, url)
  })
})

test('the view of a campaign shows live what the API says of it, and that its promises hold', async () => {
  const name = uniqueName()
  const campaignId = await createTestCampaign(url, { name, stock: 50 })
  for (let presses = 0; presses < 7; presses += 1) await press(url, campaignId, newUser())
  const tab = await openConsole(browser, url, operatorToken())
  // Many others are live: its own view has it among them however active they are.
  await tab.show(`/campaigns/${campaignId}`)
  const card = tab.page.locator('.own-live .campaign', { hasText: name })
  const { body } = await adminAsk(`campaigns/${campaignId}`)
  expect([body['granted'], body['remaining']]).toEqual([7, 43])
  await card.getByText('43 of 50 left').waitFor()
  await press(url, campaignId, newUser())
  await card.getByText('42 of 50 left').waitFor()
  expect(await card.locator('.badge').innerText()).toBe('open')
  const banner = tab.page.locator('.own-live .banner')
  await banner.locator('.verdict', { hasText: 'Holds' }).waitFor()
  const values = banner.locator('.value')
  await until('all grants are rows', async () => (await values.allInnerTexts()).join() === '0,0,8,8,0')
  await until('the age is shown', async () =>
    /^Live, \d+\.\d s old$/.test(await tab.page.locator('.own-live .stream').innerText()),
  )
  // Its lines go on where they were when the live view comes back to it.
  await tab.show('/live')
  await tab.page.locator('.live .banner').waitFor()
  await tab.show(`/campaigns/${campaignId}`)
  await card.getByText('42 of 50 left').waitFor()
  expectClean(tab, url)
})

test('the live view has every process, with what it takes and whether it keeps up', async () => {
  const tab = await openConsole(browser, url, operatorToken())
  const rows = tab.page.locator('.system tbody tr')
  await until('two API processes and a worker are there', async () => {
    const texts = await rows.allInnerTexts()
    return (
      texts.filter((text) => text.startsWith('API ')).length >= 2 &&
      texts.some((text) => text.startsWith('worker '))
    )
  })
  expect(await rows.first().innerText()).toMatch(/^API \S+:\d+\t\d+%\t\d+%\t[\d,]+ MB\t\d+\t\d+\t/)
  await tab.page.getByText(/^Answers and durations are those of all \d+ processes together\./).waitFor()
  // Under the load of other tests the ledger may fall behind.
  await tab.page.locator('.tiles small', { hasText: /OK|WARN|STALL|STOP|half a minute/ }).waitFor()
  await tab.page.locator('.legend', { hasText: 'p99.9' }).waitFor()
  expectClean(tab, url)
})

describe('an operator', () => {
  test('pauses a campaign from the page, which stops its presses, and resumes it', async () => {
    const name = uniqueName()
    const campaignId = await createTestCampaign(url, { name })
    const tab = await openConsole(browser, url, operatorToken())
    await tab.show(`/campaigns/${campaignId}`)
    await button(tab, 'Pause').click()
    await tab.confirm('another name', 'too many')
    await tab.page.getByText('That is not what has to be typed.').waitFor()
    expect((await press(url, campaignId, newUser())).status).toBe(201)
    await tab.confirm(name, 'too many')
    await tab.page.getByText('Done.').waitFor()
    expect((await press(url, campaignId, newUser())).body['code']).toBe('paused')
    // The effect is seen beside the button, by what the gate itself says.
    await tab.page.locator('.own-live .badge', { hasText: 'paused' }).waitFor()
    await tab.page.locator('#changes').getByText('too many').waitFor()
    await button(tab, 'Resume').click()
    await tab.confirm(name, 'fewer')
    await button(tab, 'Pause').waitFor()
    expect((await press(url, campaignId, newUser())).status).toBe(201)
    expectClean(tab, url)
  })

  test('raises the stock and closes for good, by the keyboard alone', async () => {
    const name = uniqueName()
    const campaignId = await createTestCampaign(url, { name, stock: 5 })
    const tab = await openConsole(browser, url, operatorToken())
    const { keyboard } = tab.page
    await tab.show(`/campaigns/${campaignId}`)
    await button(tab, 'More stock').focus()
    await keyboard.press('Enter')
    await tab.page.locator('dialog').waitFor()
    for (const text of ['9', 'more', name]) {
      await keyboard.press('Control+A')
      await keyboard.type(text)
      await keyboard.press(text === name ? 'Enter' : 'Tab')
    }
    await tab.page.locator('#changes').getByText('stock raised').waitFor()
    expect((await adminAsk(`campaigns/${campaignId}`)).body['stock']).toBe(9)
    await button(tab, 'Close for good').focus()
    await keyboard.press('Enter')
    await keyboard.press('Escape')
    expect((await adminAsk(`campaigns/${campaignId}`)).body['state']).toBe('open')
    await keyboard.press('Enter')
    await tab.confirm(name, 'over')
    await tab.page.locator('h1 .badge', { hasText: 'closed' }).waitFor()
    expect((await adminAsk(`campaigns/${campaignId}`)).body['state']).toBe('closed')
  })

  test('who looked at another version hears of it, and changes nothing', async () => {
    const name = uniqueName()
    const campaignId = await createTestCampaign(url, { name, stock: 5 })
    const tab = await openConsole(browser, url, operatorToken())
    await tab.show(`/campaigns/${campaignId}`)
    await button(tab, 'Pause').click()
    const json = { reason: 'first', stock: 6 }
    const headers = { 'if-match': '*' }
    expect((await adminAsk(`campaigns/${campaignId}/stock`, { method: 'PUT', json, headers })).status).toBe(
      200,
    )
    await tab.confirm(name, 'second')
    await tab.page.getByText('Somebody changed it since you looked.').waitFor()
    await tab.page.locator('#changes').getByText('first').waitFor()
    expect((await adminAsk(`campaigns/${campaignId}`)).body['state']).toBe('open')
  })

  test('creates a campaign only after typing what it can cost', async () => {
    const name = uniqueName()
    const tab = await openConsole(browser, url, operatorToken())
    await tab.show('/new')
    await button(tab, 'Review').click()
    await tab.page.getByText('Fill in: Name, Title of the coupon').waitFor()
    await tab.page.getByLabel('Name').fill(name)
    await tab.page.getByLabel('Title of the coupon').fill('10,000 won off')
    await tab.page.getByLabel('Stock').fill('100000')
    await button(tab, 'Review').click()
    await tab.page.getByText('100,000 × 10,000 KRW = 1,000,000,000 KRW').waitFor()
    await tab.confirm('100,000,000 KRW')
    await tab.page.getByText('That is not what has to be typed.').waitFor()
    expect((await adminAsk(`campaigns?text=${encodeURIComponent(name)}`)).body['items']).toEqual([])
    await tab.confirm('1000000000 KRW')
    await tab.page.locator('h1', { hasText: name }).waitFor()
    await tab.page.locator('#preflight li').first().waitFor()
    const { body } = await adminAsk(`campaigns?text=${encodeURIComponent(name)}`)
    expect(body['items']).toMatchObject([{ name, stock: 100_000, state: 'scheduled' }])
    await tab.show('/campaigns')
    await tab.page.getByLabel('Name contains').fill(name)
    await tab.page.keyboard.press('Enter')
    await until('one is found', async () => (await tab.page.locator('tbody tr').count()) === 1)
    expectClean(tab, url)
  })

  test('reads the audit, takes the winners home, finds a coupon and revokes it', async () => {
    const campaignId = await createTestCampaign(url, { name: uniqueName(), stock: 3 })
    const user = newUser()
    const couponId = await win(campaignId, user)
    const tab = await openConsole(browser, url, operatorToken())
    await tab.show(`/campaigns/${campaignId}`)
    await until('it is audited', async () => {
      await button(tab, 'Audit now').click()
      await tab.page.locator('#audit p[role=status]', { hasNotText: 'Comparing' }).waitFor()
      return (await tab.page.locator('#audit').innerText()).includes('✓ pass')
    })
    const downloading = tab.page.waitForEvent('download')
    await button(tab, 'Download as CSV').click()
    const file = await downloading
    expect(file.suggestedFilename()).toBe(`winners-${campaignId}.csv`)
    expect(readFileSync(await file.path(), 'utf8')).toContain(`1,${couponId},${user}`)
    await tab.show('/coupons')
    await tab.page.getByLabel('User id').fill(user)
    await tab.page.keyboard.press('Enter')
    await tab.page.getByRole('link', { name: couponId }).click()
    await button(tab, 'Revoke').click()
    await tab.confirm(user, 'a robot')
    await tab.page.getByText('a robot').waitFor()
    expect((await adminAsk(`coupons/${couponId}`)).body['state']).toBe('revoked')
    expectClean(tab, url)
  })
})

test('a viewer sees everything and has nothing to change it with', async () => {
  const campaignId = await createTestCampaign(url)
  const couponId = await win(campaignId, newUser())
  const tab = await openConsole(browser, url, namedTokens.viewer)
  await tab.page.getByText('reads only').waitFor()
  await tab.show(`/campaigns/${campaignId}`)
  await tab.page.locator('#changes table').waitFor()
  for (const name of ['Pause', 'Resume', 'More stock', 'Close for good'])
    expect([name, await button(tab, name).count()]).toEqual([name, 0])
  await tab.show(`/coupons/${couponId}`)
  await tab.page.locator('.facts').waitFor()
  expect(await button(tab, 'Revoke').count()).toBe(0)
  await tab.show('/campaigns')
  await tab.page.locator('tbody tr').first().waitFor()
  expect(await tab.page.getByText('New campaign').count()).toBe(0)
  await tab.show('/new')
  await tab.page.locator('.banner').waitFor()
  expectClean(tab, url)
})

test('what the API forbids is said in words', async () => {
  const name = uniqueName()
  const campaignId = await createTestCampaign(url, { name })
  const tab = await openConsole(browser, url, '')
  // A role that was taken away while the page was open.
  await tab.page.route('**/v1/admin/me', (route) =>
    route.fulfill({ json: { name: 'vera', roles: ['viewer', 'operator'], rehearsals: null } }),
  )
  await tab.page.locator('.sign-in input').fill(namedTokens.viewer)
  await tab.page.keyboard.press('Enter')
  await tab.page.getByText('vera · may change').waitFor()
  await tab.show(`/campaigns/${campaignId}`)
  await button(tab, 'Pause').click()
  await tab.confirm(name, 'why not')
  await tab.page.locator('dialog').getByText('This token may only read.').waitFor()
  expect((await adminAsk(`campaigns/${campaignId}`)).body['state']).toBe('open')
})

/** A process as it says what it does, at a second of the frames that a test makes. */
const processAt = (second: number, changes: object = {}) => ({
  ...{ id: 'a', name: 'host:1', kind: 'api', eventLoop: 0.1, cpu: 0.1, memoryBytes: 1_000_000, rows: 0 },
  ...{ queue: 0, publishQueue: 0, isPublisherOpen: false, outcomes: {}, issueDurations: [] },
  sampledAt: new Date(1_700_000_000_000 + second * 1_000).toISOString(),
  ...changes,
})
const campaign = {
  ...{ id: 'c', name: 'Winter', state: 'open', version: 1, epoch: 1, stock: 9, granted: 7, outbox: 0 },
  ...{ outboxOldestMs: 0, recorded: 7, holds: true, oversold: 0 },
}
/**
 * One frame an answer, and then the stream ends: the page asks for the next. The last one comes again, and
 * changes nothing.
 */
const showFrames = async (frames: object[]): Promise<OperatorTab> => {
  const tab = await openConsole(browser, url, '')
  let sent = 0
  await tab.page.route(/\/v1\/admin\/events/, (route) => {
    const second = Math.min(sent, frames.length - 1)
    const frame = {
      serverTime: new Date(1_700_000_000_000 + second * 1_000).toISOString(),
      ...{ ageMs: { gates: 9, log: 9, ledger: 9 }, campaigns: [campaign], otherCampaigns: 0, watched: [] },
      ...{ otherWatched: 0, events: [], lag: { records: 0, ms: 0, state: 'ok' } },
      ...{ oldestUnrecordedMs: 0, deadLetters: 0 },
      ...{ processId: 'a', processes: [processAt(second)], otherProcesses: 0 },
      ...frames[second],
    }
    sent += 1
    return route.fulfill({
      contentType: 'text/event-stream',
      body: `event: console\ndata: ${JSON.stringify(frame)}\n\n`,
    })
  })
  await tab.page.locator('.sign-in input').fill(operatorToken())
  await tab.page.keyboard.press('Enter')
  return tab
}

describe('the system on the live view', () => {
  const tile = ({ page }: OperatorTab, text: string) => page.locator('.tiles > div', { hasText: text })

  test.each([
    ['ok', 'OK: the ledger keeps up', false],
    ['warn', 'WARN: the ledger falls behind', true],
    ['stop', 'STOP: no worker lives', true],
    ['stall', 'STALL: a worker lives and records nothing', true],
    ['rewind', 'REWIND: the ledger went back', true],
    [null, 'known after half a minute', false],
  ])('says of a lag with the state %s what it means', async (state, hint, isWarning) => {
    const tab = await showFrames([{ lag: { records: 12, ms: 400, state } }])
    const lag = tile(tab, 'log not in the ledger')
    await lag.getByText(hint).waitFor()
    expect(await lag.locator('span').innerText()).toBe(isWarning ? '⚠ 12 · 0.4 s' : '12 · 0.4 s')
    expect(await lag.getAttribute('data-warning')).toBe(isWarning ? '' : null)
  })

  test('marks a saturated process, and says when others are not shown', async () => {
    const busy = processAt(1, { id: 'b', name: 'host:2', eventLoop: 0.97, cpu: 1.02, queue: 40 })
    const tab = await showFrames([{ processes: [processAt(1), busy], otherProcesses: 3 }])
    const rows = tab.page.locator('.system tbody tr')
    await rows.nth(1).waitFor()
    expect((await rows.allInnerTexts()).map((text) => text.split('\t'))).toEqual([
      ['API host:1', '10%', '10%', '1 MB', '0', '0', 'works'],
      ['API host:2', '97%', '102%', '1 MB', '40', '0', '⚠ saturated'],
    ])
    await tab.page.getByText('3 more are not shown and not counted.').waitFor()
  })

  test('adds up answers and durations over processes, also over one that starts anew', async () => {
    const pressed = (id: string, second: number, count: number) => {
      const issueDurations = [
        { le: '0.01', count },
        { le: '+Inf', count: 0 },
      ]
      return processAt(second, { id, outcomes: { granted: count }, issueDurations })
    }
    const tab = await showFrames([
      { processes: [pressed('a', 0, 5_000), pressed('b', 0, 100)] },
      { processes: [pressed('a', 1, 5_100), pressed('b', 1, 150)] },
      { processes: [pressed('new', 2, 3), pressed('b', 2, 200)] },
    ])
    const answers = tab.page.locator('.chart', { hasText: 'Answers a second' }).locator('.legend')
    await answers.getByText('50', { exact: true }).waitFor()
    const durations = tab.page.locator('.chart', { hasText: 'Duration of a press' })
    await durations.getByText('200 presses in 2 s: too few for a p99.9').waitFor()
    const legend = durations.locator('.legend li')
    expect(await legend.allInnerTexts()).toEqual(['p50 ≤ 10 ms', 'p99 ≤ 10 ms', 'p99.9 ≤ 10 ms'])
    expect(await legend.evaluateAll((items) => items.map(({ className }) => className))).toEqual([
      ...['', '', 'thin'],
    ])
  })

  test('says when Redis hides the other processes', async () => {
    const tab = await showFrames([{ otherProcesses: null }])
    await tab.page.getByText('Redis does not answer: only the process').waitFor()
    expect(await tab.page.locator('.system tbody tr').count()).toBe(1)
  })
})

describe('the view of a campaign', () => {
  const id = '0199fe69-7d10-770e-92dc-168166463406'
  test.each([
    ['is not live', { watched: [id] }, 'This campaign is not live.'],
    [
      'has no place in a frame',
      { watched: ['0199fe69-7d10-770e-92dc-168166463407'], otherWatched: 1 },
      'This process shows the 1 campaigns',
    ],
  ])('says when it %s', async (_, frame, text) => {
    const tab = await showFrames([frame])
    await tab.page.locator('nav').waitFor()
    await tab.show(`/campaigns/${id}`)
    await tab.page.locator('.own-live').getByText(text).waitFor()
    expect(await tab.page.locator('.own-live .banner').isVisible()).toBe(false)
  })
})

test('a token that expires while the page is open leads back to the sign-in, which says so', async () => {
  const tab = await showFrames([{}])
  await tab.page.locator('.verdict', { hasText: 'Holds' }).waitFor()
  await tab.page.route(/\/v1\/admin\/events/, (route) =>
    route.fulfill({ status: 401, json: { code: 'unauthorized', detail: 'The token has expired.' } }),
  )
  await tab.page.getByText('You were signed out: the token has expired').waitFor()
  await tab.page.reload()
  await tab.page.locator('.sign-in').waitFor()
  expect(tab.page.url()).toBe(`${url}/console`)
})

describe('the promises on the live view', () => {
  const verdict = ({ page }: OperatorTab, text: string) =>
    page.locator('.verdict', { hasText: text }).waitFor()

  test('turn red after two frames that do not fit, with what to do', async () => {
    const broken = { campaigns: [{ ...campaign, holds: false, granted: 8 }] }
    const tab = await showFrames([{}, broken, broken])
    await verdict(tab, 'Holds')
    await verdict(tab, 'One reading does not fit')
    await verdict(tab, 'npm run audit -- c')
    expect(await tab.page.locator('.banner').getAttribute('data-standing')).toBe('broken')
    expect(await tab.page.locator('.sign').first().innerText()).toBe('≠')
  })

  test('are unknown, and never 0, when a server does not answer', async () => {
    const unknown = { granted: null, stock: null, outbox: null, holds: null, oversold: null, state: 'silent' }
    const tab = await showFrames([{ campaigns: [{ ...campaign, ...unknown }] }])
    await verdict(tab, 'Cannot be told')
    const values = await tab.page.locator('.banner .value').allInnerTexts()
    expect(values).toEqual(['unknown', 'unknown', 'unknown', '7', 'unknown'])
    await tab.page.locator('.campaign', { hasText: 'no answer' }).waitFor()
  })
})

test('figures that no longer come are shown as old, and come again by themselves', async () => {
  const toApi = await createProxy({ host: '127.0.0.1', port: Number(new URL(url).port) })
  onTestFinished(() => toApi.close())
  const tab = await openConsole(browser, `http://127.0.0.1:${toApi.port}`, operatorToken())
  await tab.page.getByText(/^Live, /).waitFor()
  toApi.hold('answers')
  await tab.page.getByText('These are old.').waitFor()
  toApi.release()
  await tab.page.getByText(/^Live, /).waitFor()
  toApi.cut()
  await tab.page.getByText(/Next try in \d+ s/).waitFor()
  toApi.restore()
  await tab.page.getByText(/^Live, /).waitFor()
  expect(tab.complaints).toEqual([])
})

describe('a reader of the screen can use', () => {
  const views = ['/live', '/wall', '/campaigns', '/campaigns/CAMPAIGN', '/new', '/coupons', 'sign-in']

  test.each(['light', 'dark'] as const)('every view, in the %s theme', async (colorScheme) => {
    const campaignId = await createTestCampaign(url, { name: 'A sale to look at' })
    const tab = await openConsole(browser, url, operatorToken(), { colorScheme })
    const visit = async (view: string): Promise<void> => {
      if (view === 'sign-in') return button(tab, 'Sign out').click()
      await tab.show(view.replace('CAMPAIGN', campaignId))
      await tab.page.locator('.banner, table, form').first().waitFor()
    }
    await tab.page.locator('.campaign').first().waitFor()
    for (const view of views) {
      await visit(view)
      await expectNoViolations(tab.page, view)
    }
    expectClean(tab, url)
  })
})

test('nobody may embed the console, and its policy has no exception', async () => {
  const { headers } = await ask(`${url}/console`)
  const policy = headers.get('content-security-policy')
  expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'/)
  expect(policy).not.toContain('unsafe')
  expect(policy).toContain("frame-ancestors 'none'")
})

test('the console weighs at most 60 KB with its style and its script', async () => {
  const page = await ask(`${url}/console`)
  const text = String(page.body['text'])
  const files = [...text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path)
  expect(files).toEqual(expect.arrayContaining(['/assets/console.js', '/assets/console.css']))
  const bodies = await Promise.all(
    files.map(async (path) => Buffer.from(await (await fetch(`${url}${path}`)).arrayBuffer())),
  )
  const bytes = [Buffer.from(text), ...bodies].map((body) => gzipSync(body, { level: 9 }).length)
  const sum = bytes.reduce((all, own) => all + own, 0)
  expect(sum).toBeGreaterThan(10_000)
  expect(sum).toBeLessThanOrEqual(60 * 1_024)
})

test('everything is there in Korean too', async () => {
  const tab = await openConsole(browser, url, operatorToken(), { locale: 'ko-KR' })
  await tab.page.getByText('실시간, ').waitFor()
  await tab.show('/campaigns')
  await tab.page.getByRole('button', { name: '찾기' }).waitFor()
  // The switch of languages keeps the view.
  await tab.page.getByRole('link', { name: 'English' }).click()
  await tab.page.getByRole('heading', { name: 'Campaigns' }).waitFor()
  expectClean(tab, url)
})
