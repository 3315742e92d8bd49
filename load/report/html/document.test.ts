import { describe, expect, test } from 'vitest'
import {
  benchRunOf,
  brokenBurst,
  comparedBurst,
  soundBurst,
  steadyStep,
} from '../../../test/harness/values/bench-runs.ts'
import type { BenchRun } from '../../scenarios/bench-run.ts'
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

  test('shows the processor time of every process as one bar, beside a bar of each baseline', async () => {
    const page = await htmlReport(benchRunOf(sound))
    const bars = [...page.matchAll(/<rect class="(\w+)" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"/g)]
    const names = bars.map(([, name]) => name)
    expect(names).toEqual(['api', 'redis', 'kafka', 'worker', 'database', 'baseline', 'baseline'])
    // Each part of a bar begins where the one before it ends.
    const [api, redis] = bars.map(([, , x, , width]) => [Number(x), Number(width)])
    expect(redis?.[0]).toBeCloseTo((api?.[0] ?? 0) + (api?.[1] ?? 0), 0)
    // 60 + 12.5 + 20 + 15 + 10 microseconds.
    expect(page).toMatch(/>118<\/text>/)
    expect(page).not.toContain('Not measured')
  })

  test('names the processes whose time is not known, and has no such bar when none is', async () => {
    const without = (cpuMicroseconds: object) => sound.map((one) => ({ ...one, cpuMicroseconds }))
    expect(await htmlReport(benchRunOf(without({ api: 60 })))).toMatch(/Not measured[^]*Redis[^]*database/)
    expect(await htmlReport(benchRunOf(without({})))).not.toContain('<rect')
  })

  test('shows grants and rows over time of the middle burst, and shades what lies between', async () => {
    const page = await htmlReport(benchRunOf(sound))
    for (const shape of ['polygon class="backlog"', 'polyline class="grants"', 'polyline class="rows"'])
      expect(page.split(`<${shape}`)).toHaveLength(2)
    expect(page).toMatch(/<td>1,280<\/td><td class="number">16,000<\/td><td class="number">14,000<\/td>/)
    // 12,345 lies between 12,111 and 13,000: that of the first round.
    expect(page).toMatch(/Rows are read[^]{0,300}1\)<\/figcaption>/)
  })

  test('of a run without these figures, as an older one, has none of their pictures', async () => {
    const older = sound.map(({ timeline: _, cpuMicroseconds: __, ...one }) => one)
    expect(await htmlReport(benchRunOf(older))).not.toMatch(/<rect|<polygon/)
  })

  test('lists the files of latencies beside it', async () => {
    expect(await htmlReport(benchRunOf(sound))).toContain('<code>granted.hgrm</code>')
  })

  test('lists the file of all answers', async () => {
    expect(await htmlReport(benchRunOf(sound))).toContain('<code>burst-1.answers.gz</code>')
  })
})

const fairness: BenchRun['fairness'] = {
  plan: { shoppers: 1_000, stock: 1_000, connections: 64, rounds: 1, warmUp: 0 },
  bursts: [comparedBurst('one process', 0), comparedBurst('two processes', 230)],
  verdict: 'pass',
  unfair: [],
}
const openModel: BenchRun['openModel'] = {
  plan: { pressesPerSecond: 1_000, seconds: 5, warmUpSeconds: 3, connections: 64, sweepP99Ms: 50 },
  verdict: 'pass',
  steps: [steadyStep(1_000, 5), steadyStep(1_250, 70), steadyStep(1_250, 60)],
  knee: { pressesPerSecond: 1_000, endedBy: 'api' },
}

describe('the order of arrival in the report', () => {
  test('says that nobody was overtaken who should not be, and shows widths beside the time of a press', async () => {
    const page = await htmlReport({ ...benchRunOf(sound), fairness })
    expect(page).toContain('Within a process and within an address, nobody was overtaken.')
    expect(page.match(/<rect class="worker"[^>]+width="0\.0"/g)).toHaveLength(1)
    expect(page).toMatch(/>23\.0<\/text>/)
    expect(page).toMatch(/two processes[^]*2,760<\/td><td class="number">23\.00 %/)
    expect(page.match(/– process 1<\/td><td class="number">0</g)).toHaveLength(2)
  })

  test('names a bar that was missed', async () => {
    const unfair = ['one process: 3 inversions within process 1']
    const page = await htmlReport({ ...benchRunOf(sound), fairness: { ...fairness, unfair } })
    expect(page).toMatch(/class="fail">[^]*A bar was missed:[^]*3 inversions within process 1/)
    expect(page).not.toContain('nobody was overtaken.')
  })
})

describe('the rates of an open model in the report', () => {
  test('say which one was the highest that was kept, and draw the others hollow', async () => {
    const page = await htmlReport({ ...benchRunOf(sound), openModel })
    expect(page).toMatch(/<strong>1,000<\/strong>[^]*presses a second is the highest rate[^]*50\.0 ms\./)
    expect(page.match(/<circle class="kept"/g)).toHaveLength(1)
    // Tried twice, drawn once.
    expect(page.match(/<circle class="missed"/g)).toHaveLength(1)
    expect(page).not.toContain('What ended the search')
  })

  test('say that the knee is not that of the API when the generator was late', async () => {
    const late = { ...steadyStep(1_250, 20), generatorFaults: ['presses were sent late: p99 9 ms'] }
    const ended: BenchRun['openModel'] = {
      ...{ ...openModel, steps: [steadyStep(1_000, 5), late] },
      knee: { pressesPerSecond: 1_000, endedBy: 'generator' },
    }
    const page = await htmlReport({ ...benchRunOf(sound), openModel: ended })
    expect(page).toMatch(/What ended the search:[^]*at 1250 \/s presses were sent late: p99 9 ms/)
  })
})

test('a promise that was broken in any campaign makes the report INVALID, although every burst held', async () => {
  const broken = { ...comparedBurst('one process', 0), verdict: 'fail' } as const
  const page = await htmlReport({ ...benchRunOf(sound), fairness: { ...fairness, bursts: [broken] } })
  expect(page).toContain('<h1>INVALID</h1>')
})
