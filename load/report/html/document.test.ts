import { describe, expect, test } from 'vitest'
import { benchRunOf, brokenBurst, soundBurst } from '../../../test/harness/values/bench-runs.ts'
import { htmlReport } from './document.ts'

const sound = [soundBurst(12_345), soundBurst(12_111), soundBurst(13_000)]

describe('the report as a page', () => {
  test('says the verdict before the speed, and the speed before the promises', async () => {
    const page = await htmlReport(benchRunOf(sound))
    const places = ['<h1>PASS</h1>', '12,345</strong>', '<h2>'].map((text) => page.indexOf(text))
    expect(places).toEqual([...places].sort((left, right) => left - right))
    expect(places).not.toContain(-1)
  })

  test('of a run with a broken promise says INVALID, names what is wrong, and has no speed on top', async () => {
    const page = await htmlReport(benchRunOf([...sound, brokenBurst(soundBurst(99_999))]))
    expect(page).toContain('<h1>INVALID</h1>')
    expect(page).not.toContain('class="speed"')
    expect(page).toMatch(/no-lost-win[^]*&lt;user&gt; has no row[^]*class="fail"[^]*1 of 80,000/)
  })

  test('of a run whose generator was at work all the time says so beside the speed', async () => {
    expect(await htmlReport(benchRunOf(sound))).not.toContain('class="undecided bound"')
    const page = await htmlReport(benchRunOf(sound.map((one) => ({ ...one, generatorShare: 0.99 }))))
    expect(page.indexOf('class="undecided bound"')).toBeLessThan(page.indexOf('<h2>'))
  })

  test('needs no network and no script, and escapes what it shows', async () => {
    const page = await htmlReport(benchRunOf(sound))
    expect(page).not.toMatch(/<script|<link|src=|url\(|https?:/)
    expect(page).toContain('2 × A &lt;processor&gt;')
  })

  test('says everything in English and in Korean', async () => {
    const page = await htmlReport(benchRunOf(sound))
    expect(page.match(/<(span|ul) lang="en">/g)?.length).toBeGreaterThan(20)
    expect(page.match(/<(span|ul) lang="ko">/g)?.length).toBe(page.match(/<(span|ul) lang="en">/g)?.length)
  })

  test('has a line of latency and a dot for every round', async () => {
    const page = await htmlReport(benchRunOf(sound))
    expect(page.match(/<polyline class="granted"/g)).toHaveLength(sound.length)
    expect(page.match(/<circle/g)).toHaveLength(3 * sound.length)
  })
})
