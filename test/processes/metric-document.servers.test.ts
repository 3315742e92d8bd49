import { describe, expect, inject, test } from 'vitest'
import { alerts, documented, served } from '../harness/metrics/metric-document.ts'
import { lintMetrics } from '../harness/metrics/metric-lint.ts'
import { scrape } from '../harness/metrics/metric-text.ts'

const urls = inject('metricsUrls')

describe('docs/metrics.md', () => {
  test('lists every metric of API and worker as it is served, by the rules of Prometheus', async () => {
    const [ofApi, ofWorker] = [await scrape(urls.api), await scrape(urls.worker)]
    expect(lintMetrics([...ofApi.families.values(), ...ofWorker.families.values()])).toEqual([])
    expect(served(ofApi, ofWorker)).toEqual(documented())
  })

  test('has alerts only on metrics and labels that exist', async () => {
    const [ofApi, ofWorker] = [await scrape(urls.api), await scrape(urls.worker)]
    const wanted = ['OutboxOld', 'LedgerBehind', 'DeadLetters', 'CampaignsRecovering', 'EventLoopLate']
    expect(alerts().map(({ alert }) => alert)).toEqual(expect.arrayContaining(wanted))
    for (const { alert, expr, annotations } of alerts()) {
      const names = expr.match(/\b(?:firstcome|nodejs)_\w+/g) ?? []
      const families = names.flatMap((name) => ofApi.families.get(name) ?? ofWorker.families.get(name) ?? [])
      expect([alert, families.map(({ name }) => name)]).toEqual([alert, names])
      const labels = families.flatMap(({ samples }) =>
        samples.flatMap((sample) => Object.keys(sample.labels)),
      )
      const used = [...annotations.summary.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label)
      expect([alert, used.filter((label) => label !== 'instance' && !labels.includes(label ?? ''))]).toEqual([
        alert,
        [],
      ])
    }
  })
})
